import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import type { Article } from '../domain/article.js';

/**
 * Maximum number of articles in one row group, and of characters in their bodies, which are held in memory at the same
 * time.
 */
const GROUP_ROWS_MAX = 5_000;
const GROUP_CHARACTERS_MAX = 8_000_000;

/**
 * Apache Parquet, compressed with Snappy: lists as lists, structures as structures, instants as timestamps in UTC.
 *
 * @param fields  Names of the columns that are wanted, in their own order; null: all.
 * @param groupRowsMax  Each row group is one piece.
 */
export function* encodeParquet(
  articles: Iterable<Article>,
  fields: readonly string[] | null,
  groupRowsMax = GROUP_ROWS_MAX,
): Generator<Uint8Array> {
  const columns = PARQUET_COLUMNS.filter(({ name }) => fields === null || fields.includes(name));
  const writer = new ByteWriter();
  const parquet = new ParquetWriter({
    writer,
    schema: [
      { name: 'article', num_children: columns.length },
      ...columns.flatMap(({ name, form }) => elementsOf(name, form)),
    ],
    createdBy: 'sputnik-harvester',
  });
  let group: Article[] = [];
  let characters = 0;
  for (const article of articles) {
    group.push(article);
    characters += article.body.reduce((sum, { text }) => sum + text.length, 0);
    if (group.length < groupRowsMax && characters < GROUP_CHARACTERS_MAX) continue;
    writeGroup(parquet, columns, group);
    yield taken(writer);
    group = [];
    characters = 0;
  }
  if (group.length > 0) writeGroup(parquet, columns, group);
  void parquet.finish();
  yield taken(writer);
}

function writeGroup(parquet: ParquetWriter, columns: readonly ParquetColumn[], group: readonly Article[]): void {
  const columnData = columns.map(({ name, form, of }) => {
    return { name, data: group.map((article) => valueOf(form, of(article))) };
  });
  // Resolved at once: the writer below has nothing to wait for.
  void parquet.write({ columnData, rowGroupSize: GROUP_ROWS_MAX });
}

function valueOf(form: ColumnForm, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (form === 'instant') return new Date(value as string);
  if (form === 'whole') return BigInt(value as number);
  if (typeof form === 'string') return value;
  if ('list' in form) return (value as readonly unknown[]).map((member) => valueOf(form.list, member));
  const members = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.entries(form.of).map(([name, one]) => [name, valueOf(one, members[name])]));
}

/** @returns the column's entry in the schema with its nested columns; a list takes Parquet's three levels. */
function elementsOf(name: string, form: ColumnForm): SchemaElement[] {
  const element = { name, repetition_type: 'OPTIONAL' } as const;
  if (typeof form !== 'string') {
    if (!('list' in form)) {
      const members = Object.entries(form.of);
      return [{ ...element, num_children: members.length }, ...members.flatMap(([one, of]) => elementsOf(one, of))];
    }
    const list: SchemaElement = { ...element, num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } };
    return [list, { name: 'list', repetition_type: 'REPEATED', num_children: 1 }, ...elementsOf('element', form.list)];
  }
  switch (form) {
    case 'text':
      return [{ ...element, type: 'BYTE_ARRAY', converted_type: 'UTF8' }];
    case 'whole':
      return [{ ...element, type: 'INT64' }];
    case 'fraction':
      return [{ ...element, type: 'DOUBLE' }];
    case 'instant':
      return [{ ...element, type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' }];
  }
}

/** @returns the bytes written since the last call; offsets in the footer still count from the start of the file. */
function taken(writer: ByteWriter): Uint8Array {
  const bytes = writer.getBytes().slice();
  writer.index = 0;
  return bytes;
}

/** The form of a value: a list has members of one form, a structure named ones. */
export type ColumnForm =
  | 'text'
  | 'whole'
  | 'fraction'
  | 'instant'
  | { readonly list: ColumnForm }
  | { readonly of: Readonly<Record<string, ColumnForm>> };

/** One column of the Parquet table; instants as text, as in the record. */
interface ParquetColumn {
  readonly name: string;
  readonly form: ColumnForm;
  readonly of: (article: Article) => unknown;
}

/** Columns of one form that are keys of the record. */
function plain(form: ColumnForm, ...names: readonly (keyof Article)[]): ParquetColumn[] {
  return names.map((name) => ({ name, form, of: (article) => article[name] }));
}

const TEXTS: ColumnForm = { list: 'text' };
const BLOCKS: ColumnForm = { list: { of: { type: 'text', text: 'text' } } };
const RENDITION: ColumnForm = {
  of: {
    edition: 'text',
    url: 'text',
    language: 'text',
    title: 'text',
    lead: 'text',
    body: BLOCKS,
    publishedAt: 'instant',
  },
};

/** The columns in order: keys of the record under their own names; `text` and `revisions` are for those who want no nesting. */
export const PARQUET_COLUMNS: readonly ParquetColumn[] = [
  ...plain('text', 'id', 'url'),
  ...plain(TEXTS, 'aliases'),
  ...plain('text', 'edition', 'family', 'language'),
  ...plain('instant', 'publishedAt', 'modifiedAt'),
  ...plain('text', 'title', 'lead'),
  { name: 'text', form: 'text', of: ({ body }) => body.map(({ text }) => text).join('\n\n') },
  ...plain(BLOCKS, 'body'),
  ...plain('text', 'dateline'),
  ...plain(TEXTS, 'topics'),
  ...plain({ list: { of: { name: 'text', url: 'text', kind: 'text' } } }, 'tags'),
  ...plain('text', 'section'),
  ...plain(TEXTS, 'authors'),
  ...plain('text', 'format'),
  ...plain({ list: { of: { url: 'text', caption: 'text', credit: 'text' } } }, 'images'),
  ...plain({ list: { of: { url: 'text', title: 'text' } } }, 'related'),
  ...plain('text', 'copyrightHolder'),
  ...plain({ list: RENDITION }, 'renditions'),
  { name: 'revisions', form: 'whole', of: ({ revisions }) => revisions.length },
  ...plain(TEXTS, 'duplicates'),
  ...plain({ of: { id: 'text', kind: 'text', similarity: 'fraction' } }, 'duplicateOf'),
  ...plain('text', 'contentHash'),
  ...plain('instant', 'goneAt', 'firstSeenAt', 'lastSeenAt'),
  ...plain({ of: { file: 'text', offset: 'whole', length: 'whole', sha256: 'text', fetchedAt: 'instant' } }, 'capture'),
];
