import { readMember } from '../captures/read-capture.js';
import type { Article } from '../domain/article.js';
import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';

/** Where captures are read from. */
export interface CaptureSources {
  readonly dataDir: string;
  readonly queries: CatalogueQueries;
}

/**
 * The captures of the articles as they stand in the data directory: WARC 1.1, one gzip member per record, in the order of the articles and of
 * the fetches. What the record refers to comes even where the journal does not know it.
 *
 * @throws {PermanentError} `capture.missing`, `capture.damaged`.
 */
export function* encodeWarc(articles: Iterable<Article>, { dataDir, queries }: CaptureSources): Generator<Uint8Array> {
  for (const { id, capture } of articles) {
    const known = queries.journal(id).captures.map(({ location }) => location);
    for (const location of known) yield readMember(dataDir, location);
    const isKnown = known.some(({ file, offset }) => file === capture?.file && offset === capture.offset);
    if (capture !== null && !isKnown) yield readMember(dataDir, capture);
  }
}
