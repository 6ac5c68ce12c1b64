/** The forms in which the corpus leaves. */
export const EXPORT_FORMATS = ['ndjson', 'json', 'csv', 'parquet', 'rss', 'jsonfeed', 'schema-org'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** A piece of an export as it goes out: text is UTF-8. */
export type Chunk = string | Uint8Array;

/** Forms that people read from the newest on; the others begin with the oldest. */
export const NEWEST_FIRST: readonly ExportFormat[] = ['rss', 'jsonfeed'];
