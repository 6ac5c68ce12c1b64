import { setImmediate } from 'node:timers/promises';
import type { Article } from '../../domain/article.js';
import { UsageError } from '../../domain/errors.js';
import { isKey } from '../../domain/page.js';
import { openCatalogueQueries } from '../../store/catalogue/catalogue-queries.js';
import type { CorpusSelection, SearchRequest, SearchResult } from '../../store/catalogue/search-corpus.js';

/** A data directory, read-only, beside whatever service writes it. */
export interface Corpus {
  /**
   * Chooses articles at this moment and walks them; other work of the process goes on in between.
   *
   * @throws {QueryError} `search.syntax`; {UsageError} `usage.cursor`; {PermanentError} `record.…` for a damaged record.
   */
  readonly articles: (selection?: CorpusSelection) => AsyncIterable<Article>;
  /** @returns how many articles these are, and where the next reading of changes begins. */
  count(selection?: CorpusSelection): { readonly articles: number; readonly nextCursor: string };
  /** @returns null for an id, `sputniknews.cn/1049499304`, that is not known. */
  article(id: string): Article | null;
  /** As `sputnik search`. */
  search(request: SearchRequest): SearchResult;
  readonly close: () => void;
}

/** Articles between which other work gets its turn. */
const AT_ONCE = 20;

/**
 * Opens a data directory for reading.
 *
 * @throws {UsageError} `usage.nothingStored`; {FatalError} `catalogue.…`.
 */
export function openCorpus(dataDir: string): Corpus {
  const opened = openCatalogueQueries(dataDir);
  if (opened === null) throw new UsageError(`nothing is stored in ${dataDir}`, { code: 'usage.nothingStored' });
  const { queries } = opened;
  return {
    articles: async function* (selection = {}) {
      let given = 0;
      for (const article of queries.select(selection).articles) {
        yield article;
        given += 1;
        if (given % AT_ONCE === 0) await setImmediate();
      }
    },
    count: (selection = {}) => {
      const { keys, nextCursor } = queries.select(selection);
      return { articles: keys.length, nextCursor };
    },
    article: (id) => (isKey(id) ? queries.article(id) : null),
    search: (request) => queries.search(request),
    close: () => {
      opened.close();
    },
  };
}
