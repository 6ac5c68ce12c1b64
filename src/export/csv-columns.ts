import type { Article } from '../domain/article.js';

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

/** The columns in order. What is nested deeper (earlier texts, renditions, provenance) is counted or named here, and whole in NDJSON. */
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
 * Spreadsheets take a cell that begins so for a formula, which may send what stands beside it to anybody. East Asian ones take the wide
 * forms too. A cell that begins with the guard is guarded as well, so that the guard can be taken off again.
 */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠']/;
const GUARD = "'";

/** @returns the cell, with the guard in front where a spreadsheet would take it for a formula. */
export function guarded(value: string | number | null): string | number | null {
  return typeof value === 'string' && FORMULA.test(value) ? GUARD + value : value;
}
