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

function text(name: string, of: (article: Article) => string | null): CsvColumn {
  return { name, of };
}

function instant(name: 'publishedAt' | 'modifiedAt' | 'goneAt' | 'firstSeenAt' | 'lastSeenAt'): CsvColumn {
  return { name, of: (article) => article[name] };
}

function whole(name: string, of: (article: Article) => number): CsvColumn {
  return { name, of };
}

/** Names hold no line ends, so lists keep their members apart by them. */
const LINE = '\n';
const BLANK_LINE = '\n\n';

/**
 * The columns in order. Nested parts (earlier texts, renditions, provenance) are counted or named here, and complete
 * only in NDJSON.
 */
export const CSV_COLUMNS: readonly CsvColumn[] = [
  text('id', ({ id }) => id),
  text('url', ({ url }) => url),
  text('edition', ({ edition }) => edition),
  text('family', ({ family }) => family),
  text('language', ({ language }) => language),
  instant('publishedAt'),
  instant('modifiedAt'),
  text('title', ({ title }) => title),
  text('lead', ({ lead }) => lead),
  text('body', ({ body }) => body.map((block) => block.text).join(BLANK_LINE)),
  text('dateline', ({ dateline }) => dateline),
  text('topics', ({ topics }) => topics.join(LINE)),
  text('tags', ({ tags }) => tags.map(({ name }) => name).join(LINE)),
  text('section', ({ section }) => section),
  text('authors', ({ authors }) => authors.join(LINE)),
  text('format', ({ format }) => format),
  text('images', ({ images }) => images.map(({ url }) => url).join(LINE)),
  text('copyrightHolder', ({ copyrightHolder }) => copyrightHolder),
  text('renditions', ({ renditions }) => renditions.map(({ edition }) => edition).join(LINE)),
  whole('revisions', ({ revisions }) => revisions.length),
  text('duplicateOf', ({ duplicateOf }) => duplicateOf?.id ?? null),
  text('duplicateKind', ({ duplicateOf }) => duplicateOf?.kind ?? null),
  { name: 'similarity', of: ({ duplicateOf }) => duplicateOf?.similarity ?? null },
  text('contentHash', ({ contentHash }) => contentHash),
  instant('goneAt'),
  instant('firstSeenAt'),
  instant('lastSeenAt'),
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
