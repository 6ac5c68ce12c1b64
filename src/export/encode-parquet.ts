import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import type { Article } from '../domain/article.js';
import { ARTICLE_COLUMNS, type Column } from './article-columns.js';

/** Most articles of one row group, and most characters of their bodies: what is held in memory at a time. */
const GROUP_ROWS_MAX = 5_000;
const GROUP_CHARACTERS_MAX = 8_000_000;

/** Apache Parquet, compressed with Snappy: the columns of the CSV, instants as timestamps in UTC, lists as lines of one text. */
export function* encodeParquet(articles: Iterable<Article>): Generator<Uint8Array> {
  const writer = new ByteWriter();
  const parquet = new ParquetWriter({
    writer,
    schema: [{ name: 'article', num_children: ARTICLE_COLUMNS.length }, ...ARTICLE_COLUMNS.map(elementOf)],
    createdBy: 'sputnik-harvester',
  });
  let group: Article[] = [];
  let characters = 0;
  for (const article of articles) {
    group.push(article);
    characters += article.body.reduce((sum, { text }) => sum + text.length, 0);
    if (group.length < GROUP_ROWS_MAX && characters < GROUP_CHARACTERS_MAX) continue;
    writeGroup(parquet, group);
    yield taken(writer);
    group = [];
    characters = 0;
  }
  if (group.length > 0) writeGroup(parquet, group);
  void parquet.finish();
  yield taken(writer);
}

function writeGroup(parquet: ParquetWriter, group: readonly Article[]): void {
  const columnData = ARTICLE_COLUMNS.map((column) => ({
    name: column.name,
    data: group.map((article) => valueOf(column, article)),
  }));
  // Resolved at once: the writer below has nothing to wait for.
  void parquet.write({ columnData, rowGroupSize: GROUP_ROWS_MAX });
}

function valueOf({ kind, of }: Column, article: Article): string | number | Date | null {
  const value = of(article);
  return kind === 'instant' && typeof value === 'string' ? new Date(value) : value;
}

function elementOf({ name, kind }: Column): SchemaElement {
  const element = { name, repetition_type: 'OPTIONAL' } as const;
  switch (kind) {
    case 'text':
      return { ...element, type: 'BYTE_ARRAY', converted_type: 'UTF8' };
    case 'whole':
      return { ...element, type: 'INT32' };
    case 'fraction':
      return { ...element, type: 'DOUBLE' };
    case 'instant':
      return { ...element, type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' };
  }
}

/** @returns what was written since the last time; offsets in the footer still count from the start of the file. */
function taken(writer: ByteWriter): Uint8Array {
  const bytes = writer.getBytes().slice();
  writer.index = 0;
  return bytes;
}
