import type { Command } from 'commander';
import type { FieldCount, KeptRecord } from '../../app/maintenance/reprocess.js';
import type { ReprocessReport } from '../../app/maintenance/reprocess.js';
import type { Config } from '../../config/config.js';
import { EXIT } from '../../platform/exit-codes.js';
import { collectList, parseChoices, parseCount, parseDayRange, parseEditions } from '../arguments/parse-options.js';
import { examples, runVerb, type VerbAction } from '../arguments/run-verb.js';
import type { Documents } from '../output/documents.js';

const SAMPLES_SHOWN = 3;

interface ReprocessOptions {
  readonly dryRun?: boolean;
  readonly edition?: readonly string[];
  readonly family?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly limit?: string;
  readonly samples?: string;
}

export function addReprocessVerb(command: Command): void {
  command
    .description(
      'Reads the captured pages again with the current extractors and topics, and updates the records. It ' +
        'does not contact any site. Every change is noted as a change by the extractor (`sputnik edits ' +
        '--reader`), not as an edit by the agency, and adds no revision. Articles that were off topic or ' +
        'unreadable before, and no longer are, are stored. No record is deleted: a record that would not be ' +
        'stored today stays as it is, and is listed. Captured lists are not read again; `sputnik verify ' +
        '--repair` does that. If a service runs for this data directory, the work goes through it. You can ' +
        'stop the command at any moment and run it again.',
    )
    .option('--dry-run', 'change nothing; show which fields would change, in how many articles, with samples')
    .option('--edition <id>', 'only articles with a page in these editions (repeat, or use commas)', collectList)
    .option('--family <id>', 'only articles of these families (repeat, or use commas)', collectList)
    .option('--since <date>', 'only articles whose URL has this date or a later one')
    .option('--until <date>', 'only articles whose URL has this date or an earlier one')
    .option('--limit <n>', 'read at most n articles')
    .option('--samples <n>', `samples shown for each field; default ${SAMPLES_SHOWN}`)
    .addHelpText(
      ...examples('sputnik reprocess --dry-run --family sputniknews.cn', 'sputnik reprocess --since 2023-04-01'),
    )
    .action(runVerb(run));
}

const run: VerbAction<ReprocessOptions> = async ({ config, runtime, output, progress, signal }, options) => {
  parseDayRange(options.since, options.until);
  const which = {
    editions: parseEditions(options.edition, config),
    families: parseChoices(options.family, familiesOf(config), '--family'),
    since: options.since ?? null,
    until: options.until ?? null,
  };
  // Loaded when needed: it brings the queue's and the crawler's libraries along.
  const { isWhole, reprocess } = await import('../../app/maintenance/reprocess.js');
  const report: ReprocessReport = await reprocess({
    ...runtime,
    dryRun: options.dryRun === true,
    which,
    limit: options.limit === undefined ? null : parseCount(options.limit, '--limit'),
    samplesMax: options.samples === undefined ? SAMPLES_SHOWN : parseCount(options.samples, '--samples'),
    signal,
    onProgress: ({ done, of, differing }) => {
      progress.show({ title: 'reprocess', counts: { articles: of, read: done, differing }, done, of });
    },
  });
  progress.end();
  output.prose(describeReprocess(report));
  output.document(report satisfies Documents['reprocess']);
  return isWhole(report) ? EXIT.done : EXIT.incomplete;
};

function familiesOf({ editions }: Config): string[] {
  return [...new Set(editions.map(({ family }) => family))];
}

const KEPT_WORDS: Readonly<Record<KeptRecord['reason'], string>> = {
  captureLost: 'captures that they were made of are missing',
  unreadable: 'today’s extractor cannot read one of their captures',
  notStoredToday: 'today’s extractor and topics would not store them; no record is deleted',
  recordDamaged: 'their file is damaged; `sputnik verify` says how',
};

/** Kept records named to people for each reason; `--json` has a thousand. */
const KEPT_SHOWN = 10;

/** What reading captures again came to, in lines for people. */
function describeReprocess(report: ReprocessReport): string[] {
  const { dryRun, articles, captures, changed, stored, noted, same, failed } = report;
  const would = dryRun ? 'would be' : 'are';
  const lines = [
    `Read ${captures} captures of ${articles} articles again; nothing was asked of the site.`,
    `  changed ${pad(changed)}  records ${would} brought to what today’s extractor finds`,
    `  stored  ${pad(stored)}  articles without a record ${would} taken up: off topic or unreadable before`,
    `  noted   ${pad(noted)}  records stay; only what the catalogue says of their pages ${dryRun ? 'would change' : 'changes'}`,
    `  same    ${pad(same)}  read as they were read`,
  ];
  if (failed > 0) lines.push(`  failed  ${pad(failed)}  could not be brought to it; run it again`);
  lines.push(...keptLines(report), ...report.fields.flatMap((sum) => fieldLines(sum, dryRun)));
  if (dryRun) lines.push('', 'Nothing was changed. Links between articles are decided again when it is done.');
  else if (changed + stored > 0) lines.push('', '`sputnik edits --reader` lists what the extractor changed.');
  return lines;
}

function keptLines({ kept, keptRecords }: ReprocessReport): string[] {
  if (kept === 0) return [];
  const lines = [`  kept    ${pad(kept)}  records are left as they are:`];
  for (const [reason, words] of Object.entries(KEPT_WORDS) as [KeptRecord['reason'], string][]) {
    const named = keptRecords.filter((record) => record.reason === reason).map(({ article }) => article);
    if (named.length === 0) continue;
    const more = named.length > KEPT_SHOWN ? ' …' : '';
    lines.push(`    ${words}: ${named.slice(0, KEPT_SHOWN).join(', ')}${more}`);
  }
  return lines;
}

function fieldLines({ field, articles, samples }: FieldCount, dryRun: boolean): string[] {
  const verb = dryRun ? 'would differ' : 'differs';
  const lines = ['', `${field}: ${verb} in ${articles === 1 ? '1 article' : `${articles} articles`}`];
  for (const { article, before, after } of samples) {
    lines.push(`  ${article}`, `    - ${before ?? '(nothing)'}`);
    lines.push(`    + ${after ?? '(nothing)'}`);
  }
  return lines;
}

function pad(count: number): string {
  return String(count).padStart(7);
}
