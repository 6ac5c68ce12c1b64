/** The formats in which the corpus leaves. */
export const EXPORT_FORMATS = ['ndjson', 'json', 'csv', 'parquet', 'atom', 'rss', 'jsonfeed', 'schema-org'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Formats that people read from the newest on; the others begin with the oldest. */
export const NEWEST_FIRST: readonly string[] = ['atom', 'rss', 'jsonfeed'];
