import type { Command } from 'commander';
import type { ReprocessReport } from '../../app/reprocess.js';
import type { Config } from '../../config/config.js';
import { EXIT } from '../../platform/exit-codes.js';
import { describeReprocess } from '../describe-reprocess.js';
import { parseDayRange } from '../parse-day-range.js';
import { collectList, parseChoices, parseCount } from '../parse-options.js';
import { runVerb, withCommonOptions, type VerbAction } from '../run-verb.js';

interface ReprocessOptions {
  readonly dryRun?: boolean;
  readonly edition?: readonly string[];
  readonly family?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly limit?: string;
  readonly samples: string;
}

export function addReprocessVerb(program: Command): void {
  withCommonOptions(program.command('reprocess'))
    .summary('extracts again from the captures')
    .description(
      'Reads the captured pages again with today’s reader and topics, and brings the records to it; asks nothing of the site.\n' +
        'What changes is noted as a change of the reader (`sputnik edits --reader`), never as an edit of the agency’s, and adds\n' +
        'no revision. Articles that were off topic or unreadable then, and are neither now, are stored. No record is deleted:\n' +
        'one that today’s reader would not store stays as it is, and is named. Captured lists are not read again\n' +
        '(`sputnik verify --repair` does that). Goes through a running service when there is one for this data directory.\n' +
        'May be stopped at any moment and run again.',
    )
    .option('--dry-run', 'change nothing; print which fields would change, in how many articles, with samples')
    .option('--edition <id>', 'only articles with a page in these editions (repeated, or with commas)', collectList)
    .option('--family <id>', 'only articles of these families', collectList)
    .option('--since <date>', 'only articles whose address has this day or a later one')
    .option('--until <date>', 'only up to and with this day')
    .option('--limit <n>', 'read at most so many articles')
    .option('--samples <n>', 'samples shown for each field', '3')
    .addHelpText('after', '\nExample:\n  sputnik reprocess --dry-run --family sputniknews.cn --since 2023-04-01')
    .action(runVerb(run));
}

const run: VerbAction<ReprocessOptions> = async ({ config, runtime, output, progress, signal }, options) => {
  parseDayRange(options.since, options.until);
  const which = {
    editions: parseChoices(options.edition, editionsOf(config), '--edition'),
    families: parseChoices(options.family, familiesOf(config), '--family'),
    since: options.since ?? null,
    until: options.until ?? null,
  };
  // Loaded when needed: it brings the queue's and the crawler's libraries along.
  const { isWhole, reprocess } = await import('../../app/reprocess.js');
  const report: ReprocessReport = await reprocess({
    ...runtime,
    dryRun: options.dryRun === true,
    which,
    limit: options.limit === undefined ? null : parseCount(options.limit, '--limit'),
    samplesMax: parseCount(options.samples, '--samples'),
    signal,
    onProgress: ({ done, of, differing }) => {
      progress.show(`read ${done} of ${of} articles  differing ${differing}`);
    },
  });
  progress.clear();
  for (const line of describeReprocess(report)) output.line(line);
  output.document(report);
  return isWhole(report) ? EXIT.done : EXIT.incomplete;
};

function editionsOf({ editions }: Config): string[] {
  return editions.map(({ id }) => id);
}

function familiesOf({ editions }: Config): string[] {
  return [...new Set(editions.map(({ family }) => family))];
}
