import type { DuplicateOf } from '../../domain/article.js';
import type { ArticleKey } from '../../domain/page.js';
import type { ComparableText } from '../../dedupe/comparable-text.js';
import type { CandidatePart, Entry, NeighbourIndex } from '../../dedupe/neighbour-index.js';
import { leastSimilarity, type DedupeSettings } from '../../dedupe/settings.js';
import type { Batch } from './batch.js';

const DAY_SECONDS = 86_400;

/** A text that is near to nothing: stands for a record whose file is missing or damaged, so that its neighbours can still be decided. */
const NO_TEXT: ComparableText = { title: '', lead: null, body: [], dateline: null, language: '' };

/** The set of all articles as a batch sees it: rows of the catalogue, texts of the article files. */
export class CatalogueNeighbours implements NeighbourIndex {
  constructor(
    private readonly batch: Batch,
    private readonly settings: DedupeSettings,
  ) {}

  entry(key: ArticleKey): Entry | null {
    return this.batch.tables.articles.get(key)?.entry ?? null;
  }

  firstOfContent(contentHash: string): Entry | null {
    return this.batch.tables.neighbours.firstOfContent(contentHash);
  }

  sameContent(contentHash: string): readonly Entry[] {
    return this.batch.tables.neighbours.sameContent(contentHash);
  }

  candidates(entry: Entry, part: CandidatePart): readonly Entry[] {
    return this.batch.tables.neighbours.candidates(
      entry,
      part,
      this.settings.windowDays * DAY_SECONDS,
      leastSimilarity(this.settings),
    );
  }

  textOf(key: ArticleKey): ComparableText {
    const working = this.batch.records.get(key);
    if (working) return working.record;
    return this.batch.recentTexts.get(key, () => {
      const row = this.batch.tables.articles.get(key);
      return (row && this.batch.load(key, row))?.record ?? NO_TEXT;
    });
  }

  link(key: ArticleKey, link: DuplicateOf | null): void {
    this.batch.tables.articles.setLink(key, link);
  }
}
