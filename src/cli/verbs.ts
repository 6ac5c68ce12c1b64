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
    summary: 'one crawl now',
    load: async () => (await import('./verbs/crawl-verb.js')).addCrawlVerb,
  },
  {
    name: 'serve',
    summary: 'the background service: schedules, workers, web page',
    load: async () => (await import('./verbs/serve-verb.js')).addServeVerb,
  },
  {
    name: 'demo',
    summary: 'crawls a made-up Sputnik on this machine',
    load: async () => (await import('./verbs/demo-verb.js')).addDemoVerb,
  },
  {
    name: 'status',
    summary: 'queues, schedules, last runs, corpus counts, freshness',
    load: async () => (await import('./verbs/status-verb.js')).addStatusVerb,
  },
  {
    name: 'schedule',
    summary: 'what is done by the clock: list, run, pause, resume',
    load: async () => (await import('./verbs/schedule-verb.js')).addScheduleVerb,
  },
  {
    name: 'failed',
    summary: 'quarantined pages: list, show, retry, drop',
    load: async () => (await import('./verbs/failed-verb.js')).addFailedVerb,
  },
  {
    name: 'notify',
    summary: 'who is told of what: list, test, retry, drop',
    load: async () => (await import('./verbs/notify-verb.js')).addNotifyVerb,
  },
  {
    name: 'show',
    summary: 'one article',
    load: async () => (await import('./verbs/show-verb.js')).addShowVerb,
  },
  {
    name: 'search',
    summary: 'full text over the corpus, any script',
    load: async () => (await import('./verbs/search-verb.js')).addSearchVerb,
  },
  {
    name: 'export',
    summary: 'the corpus in other formats',
    load: async () => (await import('./verbs/export-verb.js')).addExportVerb,
  },
  {
    name: 'stats',
    summary: 'counts by time, edition, topic, tag, language, format',
    load: async () => (await import('./verbs/stats-verb.js')).addStatsVerb,
  },
  {
    name: 'cite',
    summary: 'a reference to an article, and a packet that proves it',
    load: async () => (await import('./verbs/cite-verb.js')).addCiteVerb,
  },
  {
    name: 'edits',
    summary: 'what the agency changed after publication',
    load: async () => (await import('./verbs/edits-verb.js')).addEditsVerb,
  },
  {
    name: 'extract',
    summary: 'the article that a saved page holds, as JSON',
    load: async () => (await import('./verbs/extract-verb.js')).addExtractVerb,
  },
  {
    name: 'ingest',
    summary: 'saved pages through the same queue and workers',
    load: async () => (await import('./verbs/ingest-verb.js')).addIngestVerb,
  },
  {
    name: 'reprocess',
    summary: 'extracts again from the captures',
    load: async () => (await import('./verbs/reprocess-verb.js')).addReprocessVerb,
  },
  {
    name: 'why',
    summary: 'everything known of one page',
    load: async () => (await import('./verbs/why-verb.js')).addWhyVerb,
  },
  {
    name: 'coverage',
    summary: 'what was announced, what became of it, and the gaps',
    load: async () => (await import('./verbs/coverage-verb.js')).addCoverageVerb,
  },
  {
    name: 'drift',
    summary: 'fields that are found less often than before: list, save',
    load: async () => (await import('./verbs/drift-verb.js')).addDriftVerb,
  },
  {
    name: 'verify',
    summary: 'reads everything stored, compares with the catalogue',
    load: async () => (await import('./verbs/verify-verb.js')).addVerifyVerb,
  },
  {
    name: 'doctor',
    summary: 'Redis, browser, disk, clock, each edition, with remedies',
    load: async () => (await import('./verbs/doctor-verb.js')).addDoctorVerb,
  },
  {
    name: 'config',
    summary: 'the settings in force and where each came from',
    load: async () => (await import('./verbs/config-verb.js')).addConfigVerb,
  },
  {
    name: 'completion',
    summary: 'completion of verbs, editions, formats for a shell',
    load: async () => (await import('./verbs/completion-verb.js')).addCompletionVerb,
  },
];
