import type { Article } from '../domain/article.js';

/** The form of a value: a list has members of one form, a structure named ones. */
export type ColumnForm =
  | 'text'
  | 'whole'
  | 'fraction'
  | 'instant'
  | { readonly list: ColumnForm }
  | { readonly of: Readonly<Record<string, ColumnForm>> };

/** One column of the Parquet table; instants as text, as in the record. */
export interface ParquetColumn {
  readonly name: string;
  readonly form: ColumnForm;
  readonly of: (article: Article) => unknown;
}

function plain(name: keyof Article, form: ColumnForm): ParquetColumn {
  return { name, form, of: (article) => article[name] };
}

const TEXTS: ColumnForm = { list: 'text' };
const BLOCKS: ColumnForm = { list: { of: { type: 'text', text: 'text' } } };

/** The columns in order: keys of the record under their own names; `text` and `revisions` are for those who want no nesting. */
export const PARQUET_COLUMNS: readonly ParquetColumn[] = [
  plain('id', 'text'),
  plain('url', 'text'),
  plain('aliases', TEXTS),
  plain('edition', 'text'),
  plain('family', 'text'),
  plain('language', 'text'),
  plain('publishedAt', 'instant'),
  plain('modifiedAt', 'instant'),
  plain('title', 'text'),
  plain('lead', 'text'),
  { name: 'text', form: 'text', of: ({ body }) => body.map(({ text }) => text).join('\n\n') },
  plain('body', BLOCKS),
  plain('dateline', 'text'),
  plain('topics', TEXTS),
  plain('tags', { list: { of: { name: 'text', url: 'text', kind: 'text' } } }),
  plain('section', 'text'),
  plain('authors', TEXTS),
  plain('format', 'text'),
  plain('images', { list: { of: { url: 'text', caption: 'text', credit: 'text' } } }),
  plain('related', { list: { of: { url: 'text', title: 'text' } } }),
  plain('copyrightHolder', 'text'),
  plain('renditions', {
    list: {
      of: {
        edition: 'text',
        url: 'text',
        language: 'text',
        title: 'text',
        lead: 'text',
        body: BLOCKS,
        publishedAt: 'instant',
      },
    },
  }),
  { name: 'revisions', form: 'whole', of: ({ revisions }) => revisions.length },
  plain('duplicates', TEXTS),
  plain('duplicateOf', { of: { id: 'text', kind: 'text', similarity: 'fraction' } }),
  plain('contentHash', 'text'),
  plain('goneAt', 'instant'),
  plain('firstSeenAt', 'instant'),
  plain('lastSeenAt', 'instant'),
  plain('capture', { of: { file: 'text', offset: 'whole', length: 'whole', sha256: 'text', fetchedAt: 'instant' } }),
];
