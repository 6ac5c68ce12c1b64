import type { Command } from 'commander';

/** A verb as `sputnik --help` lists it; the rest is loaded when it is named. */
interface Verb {
  readonly name: string;
  /** At most 57 characters: one line of the help. */
  readonly summary: string;
  /** @returns what gives the command its description, arguments, options and action. */
  readonly load: () => Promise<(command: Command) => void>;
}

/** Every verb, in the order of the help. */
export const VERBS: readonly Verb[] = [
  {
    name: 'crawl',
    summary: 'finds, fetches and stores articles now',
    load: async () => (await import('./verbs/crawl-verb.js')).addCrawlVerb,
  },
  {
    name: 'serve',
    summary: 'runs the service: schedules, workers, web page',
    load: async () => (await import('./verbs/serve-verb.js')).addServeVerb,
  },
  {
    name: 'demo',
    summary: 'crawls a made-up Sputnik site on this machine',
    load: async () => (await import('./verbs/demo-verb.js')).addDemoVerb,
  },
  {
    name: 'status',
    summary: 'shows what is stored, how fresh it is, what is running',
    load: async () => (await import('./verbs/status-verb.js')).addStatusVerb,
  },
  {
    name: 'schedule',
    summary: 'scheduled crawls: list, run, pause, resume',
    load: async () => (await import('./verbs/schedule-verb.js')).addScheduleVerb,
  },
  {
    name: 'failed',
    summary: 'pages that need a decision: list, show, retry, drop',
    load: async () => (await import('./verbs/failed-verb.js')).addFailedVerb,
  },
  {
    name: 'notify',
    summary: 'notifications: list, test, retry, drop',
    load: async () => (await import('./verbs/notify-verb.js')).addNotifyVerb,
  },
  {
    name: 'show',
    summary: 'shows one article',
    load: async () => (await import('./verbs/show-verb.js')).addShowVerb,
  },
  {
    name: 'search',
    summary: 'searches the full text, in any script',
    load: async () => (await import('./verbs/search-verb.js')).addSearchVerb,
  },
  {
    name: 'export',
    summary: 'writes articles as CSV, JSON, Parquet, feeds and more',
    load: async () => (await import('./verbs/export-verb.js')).addExportVerb,
  },
  {
    name: 'stats',
    summary: 'counts articles by time, edition, topic, tag and more',
    load: async () => (await import('./verbs/stats-verb.js')).addStatsVerb,
  },
  {
    name: 'cite',
    summary: 'prints a reference to an article, and packs the proof',
    load: async () => (await import('./verbs/cite-verb.js')).addCiteVerb,
  },
  {
    name: 'edits',
    summary: 'lists what the agency changed after publication',
    load: async () => (await import('./verbs/edits-verb.js')).addEditsVerb,
  },
  {
    name: 'extract',
    summary: 'reads one saved page and prints its article as JSON',
    load: async () => (await import('./verbs/extract-verb.js')).addExtractVerb,
  },
  {
    name: 'ingest',
    summary: 'imports saved pages and WARC files',
    load: async () => (await import('./verbs/ingest-verb.js')).addIngestVerb,
  },
  {
    name: 'reprocess',
    summary: 'reads captured pages again with the current extractors',
    load: async () => (await import('./verbs/reprocess-verb.js')).addReprocessVerb,
  },
  {
    name: 'why',
    summary: 'shows everything that is known of one page',
    load: async () => (await import('./verbs/why-verb.js')).addWhyVerb,
  },
  {
    name: 'coverage',
    summary: 'compares announced with stored pages, and lists gaps',
    load: async () => (await import('./verbs/coverage-verb.js')).addCoverageVerb,
  },
  {
    name: 'drift',
    summary: 'fields that are found less often than before: list, save',
    load: async () => (await import('./verbs/drift-verb.js')).addDriftVerb,
  },
  {
    name: 'verify',
    summary: 'checks everything that is stored',
    load: async () => (await import('./verbs/verify-verb.js')).addVerifyVerb,
  },
  {
    name: 'doctor',
    summary: 'checks Redis, browser, disk, clock, editions; gives hints',
    load: async () => (await import('./verbs/doctor-verb.js')).addDoctorVerb,
  },
  {
    name: 'config',
    summary: 'shows the settings in force and where each came from',
    load: async () => (await import('./verbs/config-verb.js')).addConfigVerb,
  },
  {
    name: 'completion',
    summary: 'prints a completion script for your shell',
    load: async () => (await import('./verbs/completion-verb.js')).addCompletionVerb,
  },
];
