import type { Article } from '../domain/article.js';
import { encodeCsv } from './encode-csv.js';
import { encodeJsonFeed, encodeRss, feedHead } from './encode-feeds.js';
import { encodeSchemaOrg } from './encode-schema-org.js';

/** The formats in which the corpus leaves. */
export const EXPORT_FORMATS = ['ndjson', 'json', 'csv', 'parquet', 'rss', 'jsonfeed', 'schema-org'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** A piece of an export as it goes out: text is UTF-8. */
type Chunk = string | Uint8Array;

/** Formats that people read from the newest on; the others begin with the oldest. */
export const NEWEST_FIRST: readonly ExportFormat[] = ['rss', 'jsonfeed'];

interface EncodingOptions {
  /** For the title of feeds; null: all topics. */
  readonly topic: string | null;
  /** CSV begins with a byte order mark. */
  readonly withMark: boolean;
}

/**
 * Turns records into an export, one at a time: memory does not grow with their number (Parquet: with that of one row group).
 *
 * @param articles  Read as the export goes out.
 */
export async function* encodeArticles(
  format: ExportFormat,
  articles: Iterable<Article>,
  options: EncodingOptions,
): AsyncGenerator<Chunk> {
  if (format === 'parquet') {
    // Loaded for those who want it.
    const { encodeParquet } = await import('./encode-parquet.js');
    yield* encodeParquet(articles);
  } else yield* TEXT_ENCODERS[format](articles, options);
}

type TextEncoder = (articles: Iterable<Article>, options: EncodingOptions) => Iterable<string>;

const TEXT_ENCODERS: Readonly<Record<Exclude<ExportFormat, 'parquet'>, TextEncoder>> = {
  ndjson: encodeNdjson,
  json: encodeJson,
  csv: (articles, { withMark }) => encodeCsv(articles, withMark),
  rss: (articles, { topic }) => encodeRss(articles, feedHead(topic)),
  jsonfeed: (articles, { topic }) => encodeJsonFeed(articles, feedHead(topic)),
  'schema-org': encodeSchemaOrg,
};

/** One record per line, keys as in the record's file. */
function* encodeNdjson(articles: Iterable<Article>): Generator<string> {
  for (const article of articles) yield `${JSON.stringify(article)}\n`;
}

/** One array, one record per line. */
function* encodeJson(articles: Iterable<Article>): Generator<string> {
  let before = '[\n';
  for (const article of articles) {
    yield before + JSON.stringify(article);
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}
