import { articleSchema, type Article } from '../domain/article.js';
import { CSV_COLUMNS, encodeCsv } from './encode-csv.js';
import { encodeAtom, encodeJsonFeed, encodeRss, feedHead } from './encode-feeds.js';
import { encodeSchemaOrg } from './encode-schema-org.js';
import type { ExportFormat } from './export-formats.js';

/** A piece of an export as it goes out: text is UTF-8. */
type Chunk = string | Uint8Array;

interface EncodingOptions {
  /** For the title of feeds; null: all topics. */
  readonly topic: string | null;
  /** CSV begins with a byte order mark. */
  readonly withMark: boolean;
  /** Names out of {@link exportFieldsOf}; null: all. */
  readonly fields?: readonly string[] | null;
  /** Articles in a row group of Parquet, which goes out as one piece; left out: thousands. */
  readonly groupRowsMax?: number;
}

/**
 * Turns records into an export, one at a time: memory does not grow with their number (Parquet: with that of one row group).
 *
 * @param articles  Read as the export goes out.
 */
export async function* encodeArticles(
  format: ExportFormat,
  articles: Iterable<Article>,
  { topic, withMark, fields = null, groupRowsMax }: EncodingOptions,
): AsyncGenerator<Chunk> {
  if (format === 'parquet') {
    // Loaded for those who want it.
    const { encodeParquet } = await import('./encode-parquet.js');
    yield* encodeParquet(articles, fields, groupRowsMax);
  } else yield* TEXT_ENCODERS[format](articles, { topic, withMark, fields });
}

type TextEncoder = (
  articles: Iterable<Article>,
  options: Required<Omit<EncodingOptions, 'groupRowsMax'>>,
) => Iterable<string>;

const TEXT_ENCODERS: Readonly<Record<Exclude<ExportFormat, 'parquet'>, TextEncoder>> = {
  ndjson: (articles, { fields }) => encodeNdjson(articles, fields),
  json: (articles, { fields }) => encodeJson(articles, fields),
  csv: (articles, { withMark, fields }) => encodeCsv(articles, withMark, fields),
  atom: (articles, { topic }) => encodeAtom(articles, feedHead(topic)),
  rss: (articles, { topic }) => encodeRss(articles, feedHead(topic)),
  jsonfeed: (articles, { topic }) => encodeJsonFeed(articles, feedHead(topic)),
  'schema-org': encodeSchemaOrg,
};

/** @returns the fields that an export may be narrowed down to; null: it is whole or nothing. */
export async function exportFieldsOf(format: ExportFormat): Promise<readonly string[] | null> {
  if (format === 'ndjson' || format === 'json') return Object.keys(articleSchema.shape);
  if (format === 'csv') return CSV_COLUMNS.map(({ name }) => name);
  if (format !== 'parquet') return null;
  return (await import('./encode-parquet.js')).PARQUET_COLUMNS.map(({ name }) => name);
}

/** One record per line, keys as in the record's file. */
function* encodeNdjson(articles: Iterable<Article>, fields: readonly string[] | null): Generator<string> {
  for (const article of articles) yield `${jsonOf(article, fields)}\n`;
}

/** One array, one record per line. */
function* encodeJson(articles: Iterable<Article>, fields: readonly string[] | null): Generator<string> {
  let before = '[\n';
  for (const article of articles) {
    yield before + jsonOf(article, fields);
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

function jsonOf(article: Article, fields: readonly string[] | null): string {
  if (fields === null) return JSON.stringify(article);
  return JSON.stringify(Object.fromEntries(Object.entries(article).filter(([name]) => fields.includes(name))));
}
