/** The formats in which the corpus leaves. */
export const EXPORT_FORMATS = ['ndjson', 'json', 'csv', 'parquet', 'atom', 'rss', 'jsonfeed', 'schema-org'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** What the command offers: one stream each, but for a data set, which is a folder. */
export const OFFERED_FORMATS = [...EXPORT_FORMATS, 'warc', 'dataset'] as const;

/** Formats that people read from the newest on; the others begin with the oldest. */
export const NEWEST_FIRST: readonly string[] = ['atom', 'rss', 'jsonfeed'];
