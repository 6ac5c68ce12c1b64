import type { Command } from 'commander';

/** A verb as `sputnik --help` lists it. Everything else about it is loaded only when it is named. */
interface Verb {
  readonly name: string;
  /** At most 57 characters: one line of the help. */
  readonly summary: string;
  /** The one function of the file gives the command its description, arguments, options and action. */
  readonly load: () => Promise<Readonly<Record<string, (command: Command) => void>>>;
}

function verb(name: string, summary: string, load: Verb['load']): Verb {
  return { name, summary, load };
}

/** Every verb, in the order of the help. */
export const VERBS: readonly Verb[] = [
  verb('crawl', 'finds, fetches and stores articles now', () => import('./verbs/crawl-verb.js')),
  verb('serve', 'runs the service: schedules, workers, web page', () => import('./verbs/serve-verb.js')),
  verb('demo', 'crawls a made-up Sputnik site on this machine', () => import('./verbs/demo-verb.js')),
  verb('status', 'shows what is stored, how fresh it is, what is running', () => import('./verbs/status-verb.js')),
  verb('schedule', 'scheduled crawls: list, run, pause, resume', () => import('./verbs/schedule-verb.js')),
  verb('failed', 'pages that need a decision: list, show, retry, drop', () => import('./verbs/failed-verb.js')),
  verb('notify', 'notifications: list, test, retry, drop', () => import('./verbs/notify-verb.js')),
  verb('show', 'shows one article', () => import('./verbs/show-verb.js')),
  verb('search', 'searches the full text, in any script', () => import('./verbs/search-verb.js')),
  verb('export', 'writes articles as CSV, JSON, Parquet, feeds and more', () => import('./verbs/export-verb.js')),
  verb('stats', 'counts articles by time, edition, topic, tag and more', () => import('./verbs/stats-verb.js')),
  verb('cite', 'prints a reference to an article, and packs the proof', () => import('./verbs/cite-verb.js')),
  verb('edits', 'lists what the agency changed after publication', () => import('./verbs/edits-verb.js')),
  verb('extract', 'reads one saved page and prints its article as JSON', () => import('./verbs/extract-verb.js')),
  verb('ingest', 'imports saved pages and WARC files', () => import('./verbs/ingest-verb.js')),
  verb(
    'reprocess',
    'reads captured pages again with the current extractors',
    () => import('./verbs/reprocess-verb.js'),
  ),
  verb('why', 'shows everything that is known of one page', () => import('./verbs/why-verb.js')),
  verb('coverage', 'compares announced with stored pages, and lists gaps', () => import('./verbs/coverage-verb.js')),
  verb('drift', 'fields that are found less often than before: list, save', () => import('./verbs/drift-verb.js')),
  verb('verify', 'checks everything that is stored', () => import('./verbs/verify-verb.js')),
  verb('doctor', 'checks Redis, browser, disk, clock, editions; gives hints', () => import('./verbs/doctor-verb.js')),
  verb('config', 'shows the settings in force and where each came from', () => import('./verbs/config-verb.js')),
  verb('completion', 'prints a completion script for your shell', () => import('./verbs/completion-verb.js')),
];
