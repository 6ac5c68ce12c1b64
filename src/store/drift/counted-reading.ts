import type { PageId } from '../../domain/page.js';
import type { ReadingField } from './reading-fields.js';

/** Stands for the reader of pages in which none found an article although they were to hold one. */
export const NO_READER = 'none';

/** A page that shows how it was read. */
export interface ReadingExample {
  readonly pageId: PageId;
  readonly url: string;
  /** Its capture. */
  readonly file: string;
  readonly offset: number;
}

/** Pages of one edition that one reader read on one day with the same fields. */
export interface CountedReading {
  /** Of the fetch, UTC: `2026-07-29`. */
  readonly day: string;
  readonly edition: string;
  /** Name of the reader; {@link NO_READER} where none found an article. */
  readonly reader: string;
  readonly filled: readonly ReadingField[];
  /** Fields about which the pages contradicted themselves. */
  readonly disagreed: readonly ReadingField[];
  readonly pages: number;
  readonly example: ReadingExample;
}
