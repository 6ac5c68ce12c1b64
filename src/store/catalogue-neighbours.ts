import type { ArticleKey } from '../domain/page.js';
import type { ComparableText } from '../dedupe/comparable-text.js';
import type { Entry, NeighbourIndex } from '../dedupe/neighbour-index.js';
import type { Batch } from './batch.js';
import { toSeconds } from './catalogue/instants.js';

const DAY_SECONDS = 86_400;

/** A text that is near to nothing: stands for a record whose file is missing or damaged, so that its neighbours can still be decided. */
const NO_TEXT: ComparableText = { title: '', lead: null, body: [], dateline: null, language: '' };

/** The set of all articles as a batch sees it: rows of the catalogue, texts of the article files. */
export class CatalogueNeighbours implements NeighbourIndex {
  constructor(
    private readonly batch: Batch,
    private readonly windowDays: number,
  ) {}

  sameContent(contentHash: string): readonly Entry[] {
    return this.batch.tables.articles.sameContent(contentHash);
  }

  candidates(entry: Entry): readonly Entry[] {
    if (entry.publishedAt === null || entry.bands.length === 0) return [];
    const at = toSeconds(entry.publishedAt);
    const window = this.windowDays * DAY_SECONDS;
    return this.batch.tables.articles.sharingBand(entry, Math.ceil(at - window), Math.floor(at + window));
  }

  textOf(key: ArticleKey): ComparableText {
    const row = this.batch.tables.articles.get(key);
    const working = row && this.batch.load(key, row);
    return working?.record ?? NO_TEXT;
  }

  entry(key: ArticleKey): Entry | null {
    return this.batch.tables.articles.get(key)?.entry ?? null;
  }
}
