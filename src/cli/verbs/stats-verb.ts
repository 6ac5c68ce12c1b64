import { resolve } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../../domain/errors.js';
import { guarded } from '../../export/encode-csv.js';
import { drawTally, DIMENSIONS, tallyArticles, type Tally } from '../../export/tally-articles.js';
import { writeFileAtomically } from '../../platform/atomic-files.js';
import { EXIT } from '../../platform/exit-codes.js';
import {
  type CorpusFilterOptions,
  corpusQuestion,
  parseChoice,
  withCorpusFilters,
} from '../arguments/parse-options.js';
import { examples, runVerb, type VerbAction } from '../arguments/run-verb.js';
import { withCatalogue } from '../arguments/with-catalogue.js';
import type { Documents } from '../output/documents.js';
import { durationWords } from '../output/rate-meter.js';
import type { Output } from '../output/text-output.js';

interface StatsOptions extends CorpusFilterOptions {
  readonly by?: string;
  readonly query?: string;
  readonly csv?: boolean;
  readonly svg?: string;
}

/** Rows that are shown to people; `--json`, `--csv` and `--svg` have more. */
const SHOWN_MAX = 40;
const BAR_COLUMNS = 40;

export function addStatsVerb(command: Command): void {
  withCorpusFilters(command)
    .description('Counts the stored articles, or those that match a query and filters. Times are UTC.')
    .option('--by <what>', `${DIMENSIONS.join(', ')}; default month`)
    .option('--query <query>', 'only articles that this query finds (as in `sputnik search`)')
    .option('--csv', 'print two columns of CSV')
    .option('--svg <file>', 'write the chart to this file')
    .addHelpText(
      ...examples('sputnik stats --by tag --topic armenia', 'sputnik stats --by day --since 2026-01-01 --csv'),
    )
    .action(runVerb(stats));
}

const stats: VerbAction<StatsOptions> = ({ config, output, log }, options) =>
  withCatalogue(config, async (queries) => {
    if (options.csv === true && output.json) {
      throw new UsageError('--json cannot be used with --csv: standard output can hold only one of them', {
        code: 'usage.output',
      });
    }
    const by = parseChoice(options.by, DIMENSIONS, '--by', 'month');
    const { articles } = queries.select(
      { text: options.query ?? '', ...corpusQuestion(options, config) },
      (key, { code }) => {
        log.warn({ event: 'stats.damaged', reason: key, code }, 'left out a damaged record');
      },
    );
    const tally = tallyArticles(articles, by);
    if (options.svg !== undefined) await writeFileAtomically(resolve(options.svg), drawTally(tally));
    if (options.csv === true) output.lines([`${by},articles`, ...tally.rows.map(csvLine)]);
    else {
      tell(tally, output);
      if (options.svg !== undefined) output.line(`Wrote the chart to ${resolve(options.svg)}.`);
    }
    output.document(tally satisfies Documents['stats']);
    return EXIT.done;
  });

/** No spreadsheet takes the cell for a formula; see docs/export.md. */
function csvLine({ value, articles }: Tally['rows'][number]): string {
  return `"${String(guarded(value)).replaceAll('"', '""')}",${articles}`;
}

function tell({ rows, by, medianDelayS, ...sums }: Tally, output: Output): void {
  const { articles, onSeveralTopics, edited, withdrawn, repeating } = sums;
  output.line(
    `${articles} articles: ${onSeveralTopics} on several topics, ${edited} edited, ${withdrawn} withdrawn, ${repeating} repeating another.`,
  );
  if (medianDelayS !== null)
    output.line(`Half of them were seen within ${durationWords(medianDelayS)} of their publication.`);
  const most = Math.max(1, ...rows.map((row) => row.articles));
  for (const { value, articles: count } of rows.slice(0, SHOWN_MAX)) {
    output.line(
      `${'█'.repeat(Math.max(1, Math.round((count / most) * BAR_COLUMNS))).padEnd(BAR_COLUMNS)} ${String(count).padStart(7)}  ${value}`,
    );
  }
  if (rows.length > SHOWN_MAX) output.line(`… and ${rows.length - SHOWN_MAX} more by ${by}; --csv has all.`);
}
