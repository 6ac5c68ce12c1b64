import type { ExtractedArticle } from '../../domain/extraction.js';

/** Fields of an article whose reading is counted. Each is a bit by its place: the list is only ever added to, at its end. */
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

/** A body taken from here is the copy in the metadata, which the site is known to cut: the text itself was not found. */
const COPIED_BODY = /^(?:microdata|json-ld) /;

/** @returns the fields that hold something, as bits; a body that is only the metadata's copy counts as not found. Pure. */
export function filledBits(article: ExtractedArticle): number {
  const isCopy = COPIED_BODY.test(article.provenance['body'] ?? '');
  return bitsOf(
    READING_FIELDS.filter((field) => {
      if (field === 'body' && isCopy) return false;
      const value = article[field];
      return value !== null && value.length > 0;
    }),
  );
}

/** @returns the named fields as bits; other names, of fields that are not counted, have none. Pure. */
export function bitsOf(fields: readonly string[]): number {
  const names = new Set(fields);
  return READING_FIELDS.reduce((bits, field, place) => (names.has(field) ? bits | (1 << place) : bits), 0);
}

/** The inverse of {@link bitsOf}. Pure. */
export function fieldsOf(bits: number): ReadingField[] {
  return READING_FIELDS.filter((_, place) => (bits & (1 << place)) !== 0);
}
