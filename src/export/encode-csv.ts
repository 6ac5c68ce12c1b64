import { stringify } from 'csv-stringify/sync';
import type { Article } from '../domain/article.js';
import { CSV_COLUMNS, guarded } from './csv-columns.js';

const BYTE_ORDER_MARK = '\ufeff';

/**
 * Comma-separated values (RFC 4180): a line of names, CRLF, every cell in quotes, so that no other separator cuts one in two.
 *
 * A text that begins with `=`, `+`, `-`, `@`, tab, CR, LF, one of the four in wide form, or `'` gets a `'` in front; whoever reads the
 * file with a program takes one leading `'` away to have the text back. Empty cells are null or empty.
 *
 * @param withMark  Begins with the byte order mark, by which some spreadsheets tell UTF-8.
 * @param fields    Names of the columns that are wanted, in their own order; null: all.
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
