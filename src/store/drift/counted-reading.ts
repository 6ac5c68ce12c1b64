import { isGuessedBody, type ExtractedArticle } from '../../domain/extraction.js';
import type { PageId } from '../../domain/page.js';

/** Fields of an article whose reading is counted. Each is a bit by its position: the list is only ever added to, at its end. */
export const READING_FIELDS = [
  'title',
  'lead',
  'body',
  'dateline',
  'publishedAt',
  'modifiedAt',
  'tags',
  'section',
  'authors',
  'images',
  'related',
  'copyrightHolder',
  'language',
  'articleId',
] as const satisfies readonly (keyof ExtractedArticle)[];
export type ReadingField = (typeof READING_FIELDS)[number];

/** A body taken from here is the copy in the metadata, which the site is known to cut: what holds the text was not found. */
const COPY_IN_METADATA = /^(?:microdata|json-ld) /;

/** @returns the fields that hold something, as bits; a body of last resort counts as not found. Pure. */
export function filledBits(article: ExtractedArticle): number {
  const source = article.provenance['body'] ?? '';
  const isLastResort = COPY_IN_METADATA.test(source) || isGuessedBody(source);
  return bitsOf(
    READING_FIELDS.filter((field) => {
      if (field === 'body' && isLastResort) return false;
      const value = article[field];
      return value !== null && value.length > 0;
    }),
  );
}

/** @returns the named fields as bits; other names, of fields that are not counted, have none. Pure. */
export function bitsOf(fields: readonly string[]): number {
  const names = new Set(fields);
  return READING_FIELDS.reduce((bits, field, index) => (names.has(field) ? bits | (1 << index) : bits), 0);
}

/** The inverse of {@link bitsOf}. Pure. */
export function fieldsOf(bits: number): ReadingField[] {
  return READING_FIELDS.filter((_, index) => (bits & (1 << index)) !== 0);
}

/** Stands for the extractor of pages in which none found an article although they were to hold one. */
export const NO_READER = 'none';

/** A page that shows how it was read. */
export interface ReadingExample {
  readonly pageId: PageId;
  readonly url: string;
  /** Its capture. */
  readonly file: string;
  readonly offset: number;
}

/** Pages of one edition that one extractor read on one day with the same fields. */
export interface CountedReading {
  /** Day of the fetch, UTC: `2026-07-29`. */
  readonly day: string;
  readonly edition: string;
  /** Name of the extractor; {@link NO_READER} where none found an article. */
  readonly reader: string;
  readonly filled: readonly ReadingField[];
  /** Fields about which the pages contradicted themselves. */
  readonly disagreed: readonly ReadingField[];
  readonly pages: number;
  readonly example: ReadingExample;
}
