import type { Article } from '../domain/article.js';
import { encodeCsv } from './encode-csv.js';
import { encodeJson, encodeNdjson } from './encode-json.js';
import { encodeJsonFeed } from './encode-json-feed.js';
import { encodeRss } from './encode-rss.js';
import { encodeSchemaOrg } from './encode-schema-org.js';
import type { Chunk, ExportFormat } from './export-format.js';
import { feedHead } from './feed-item.js';

export interface EncodingOptions {
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
  } else yield* textOf(format, articles, options);
}

function textOf(
  format: Exclude<ExportFormat, 'parquet'>,
  articles: Iterable<Article>,
  { topic, withMark }: EncodingOptions,
): Iterable<string> {
  switch (format) {
    case 'ndjson':
      return encodeNdjson(articles);
    case 'json':
      return encodeJson(articles);
    case 'csv':
      return encodeCsv(articles, withMark);
    case 'rss':
      return encodeRss(articles, feedHead(topic));
    case 'jsonfeed':
      return encodeJsonFeed(articles, feedHead(topic));
    case 'schema-org':
      return encodeSchemaOrg(articles);
  }
}
