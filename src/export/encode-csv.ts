import { stringify } from 'csv-stringify/sync';
import type { Article } from '../domain/article.js';

const BYTE_ORDER_MARK = '\ufeff';

/**
 * Comma-separated values (RFC 4180): a line of names, CRLF, every cell in quotes, so that no other separator cuts one
 * in two.
 *
 * A text that begins with `=`, `+`, `-`, `@`, tab, CR, LF, one of the four in wide form, or `'` gets a `'` in front; a
 * program that reads the file removes one leading `'` to get the original text. Empty cells are null or empty.
 *
 * @param withMark  Whether to begin with a byte order mark, by which some spreadsheets recognise UTF-8.
 *
 * @param fields Names of the columns to write, in the order of the columns; null: all.
 */
export function* encodeCsv(
  articles: Iterable<Article>,
  withMark: boolean,
  fields: readonly string[] | null,
): Generator<string> {
  const columns = CSV_COLUMNS.filter(({ name }) => fields === null || fields.includes(name));
  yield (withMark ? BYTE_ORDER_MARK : '') + lineOf(columns.map(({ name }) => name));
  for (const article of articles) yield lineOf(columns.map(({ of }) => guarded(of(article))));
}

function lineOf(cells: readonly (string | number | null)[]): string {
  return stringify([cells], { quoted: true, quoted_empty: true, record_delimiter: 'windows' });
}

/** One column of the table: text, a number or an instant; null where the article has none. */
interface CsvColumn {
  readonly name: string;
  readonly of: (article: Article) => string | number | null;
}

type PlainKey = { [Key in keyof Article]-?: Article[Key] extends string | null ? Key : never }[keyof Article];

/** Columns that hold a text of the record as it is. */
function plain(...names: readonly PlainKey[]): CsvColumn[] {
  return names.map((name) => ({ name, of: (article) => article[name] }));
}

/** Names hold no line ends, so lists keep their members apart by them. */
const LINE = '\n';
const BLANK_LINE = '\n\n';

/**
 * The columns in order. Nested parts (earlier texts, renditions, provenance) are counted or named here, and complete
 * only in NDJSON.
 */
export const CSV_COLUMNS: readonly CsvColumn[] = [
  ...plain('id', 'url', 'edition', 'family', 'language', 'publishedAt', 'modifiedAt', 'title', 'lead'),
  { name: 'body', of: ({ body }) => body.map(({ text }) => text).join(BLANK_LINE) },
  ...plain('dateline'),
  { name: 'topics', of: ({ topics }) => topics.join(LINE) },
  { name: 'tags', of: ({ tags }) => tags.map(({ name }) => name).join(LINE) },
  ...plain('section'),
  { name: 'authors', of: ({ authors }) => authors.join(LINE) },
  ...plain('format'),
  { name: 'images', of: ({ images }) => images.map(({ url }) => url).join(LINE) },
  ...plain('copyrightHolder'),
  { name: 'renditions', of: ({ renditions }) => renditions.map(({ edition }) => edition).join(LINE) },
  { name: 'revisions', of: ({ revisions }) => revisions.length },
  { name: 'duplicateOf', of: ({ duplicateOf }) => duplicateOf?.id ?? null },
  { name: 'duplicateKind', of: ({ duplicateOf }) => duplicateOf?.kind ?? null },
  { name: 'similarity', of: ({ duplicateOf }) => duplicateOf?.similarity ?? null },
  ...plain('contentHash', 'goneAt', 'firstSeenAt', 'lastSeenAt'),
];

/**
 * A spreadsheet treats a cell that begins with one of these as a formula, which can send the data beside it to anybody.
 * East Asian ones accept the wide forms too. A cell that begins with the guard is guarded as well, so that the guard
 * can be removed again.
 */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠']/;
const GUARD = "'";

/** @returns the cell, with the guard in front if a spreadsheet would treat it as a formula. */
export function guarded(value: string | number | null): string | number | null {
  return typeof value === 'string' && FORMULA.test(value) ? GUARD + value : value;
}
