import type { Command } from 'commander';
import type { Status } from '../../app/service/read-status.js';
import { EXIT } from '../../platform/exit-codes.js';
import { describeState, lastReadOf, wordsOfOff, type Freshness } from '../../store/catalogue/judge-freshness.js';
import { examples, runVerb, type VerbAction } from '../arguments/run-verb.js';
import { describeDrift } from '../../store/drift/find-drift.js';
import { BACKFILLS_PAUSED, describeBackfill, scheduleTable } from '../output/describe-schedules.js';
import type { Documents } from '../output/documents.js';
import type { Output } from '../output/text-output.js';

export function addStatusVerb(command: Command): void {
  command
    .description(
      'Shows which process works in the data directory, how full the queues are, when each schedule runs ' +
        'next, how many articles are stored, and how fresh each edition and topic is.',
    )
    .addHelpText(...examples('sputnik status', 'sputnik status --json'))
    .action(runVerb(status));
}

const status: VerbAction<object> = async ({ runtime, output }) => {
  const { readStatus } = await import('../../app/service/read-status.js');
  const state = await readStatus(runtime);
  tellService(state, output);
  tellOrders(state, output);
  tellCorpus(state, output);
  tellFreshness(state, output);
  tellFailing(state, output);
  tellReading(state, output);
  tellNotify(state, output);
  tellRuns(state, output);
  tellRunCounts(state, output);
  output.document(state satisfies Documents['status']);
  return EXIT.done;
};

function tellService({ dataDir, holder, queues, schedules }: Status, output: Output): void {
  output.line(`Data directory ${dataDir}`);
  output.line(
    holder === null
      ? 'Neither a service nor a command is working in it now.'
      : `\`${holder.command}\` works in it: process ${holder.pid}, since ${holder.since}.`,
  );
  if (queues !== null) {
    output.line();
    output.table([
      ['queue', 'waiting', 'active', 'delayed', 'failed'],
      ...queues.map(({ name, waiting, active, delayed, failed }) => [name, waiting, active, delayed, failed]),
    ]);
    if (queues.some(({ name, isPaused }) => name === 'backfill' && isPaused)) output.line(BACKFILLS_PAUSED);
  }
  output.line();
  output.table(scheduleTable(schedules));
}

function tellOrders({ orders }: Status, output: Output): void {
  if (orders.length === 0) return;
  output.line();
  for (const backfill of orders) output.lines(describeBackfill(backfill));
}

function tellCorpus({ corpus, isCatalogueMissing }: Status, output: Output): void {
  output.line();
  if (isCatalogueMissing) {
    output.line(
      'catalogue.db is gone, but the article files are there. Run `sputnik crawl` or restart the service: it rebuilds the catalogue.',
    );
    return;
  }
  if (corpus === null) {
    output.line('Nothing is stored yet: run `sputnik crawl`.');
    return;
  }
  output.line(
    `${corpus.articles} articles (${corpus.nearDuplicates} near duplicates among them), ${corpus.duplicates} exact duplicates, ` +
      `${corpus.renditions} renditions, ${corpus.revisions} earlier revisions, ${corpus.gone} withdrawn`,
  );
  output.line(
    `On the topics: ${Object.entries(corpus.topics)
      .map(([topic, count]) => `${topic} ${count}`)
      .join(', ')}`,
  );
  if (corpus.quarantined > 0) output.line(`${corpus.quarantined} pages in quarantine: see \`sputnik failed list\``);
}

/** Pages named; `--json` has a hundred. */
const FAILING_SHOWN = 10;

function tellFailing({ failingPages: { count, pages } }: Status, output: Output): void {
  if (count === 0) return;
  output.line();
  output.line(
    `${count} ${count === 1 ? 'page does' : 'pages do'} not answer${count > FAILING_SHOWN ? ', among them' : ''}`,
  );
  for (const { url, reason, failures, nextTryAt } of pages.slice(0, FAILING_SHOWN)) {
    const next = nextTryAt === null ? '' : `, tried again ${nextTryAt}`;
    output.line(`  ${url} (${reason}, ${failures} in a row${next})`);
  }
}

function tellRunCounts({ runCounts }: Status, output: Output): void {
  for (const { schedule, edition, ...counts } of runCounts) {
    const { skipped, lastSkippedAt, overlong, lastOverlongAt } = counts;
    const told = [
      skipped > 0 ? `${skipped} skipped, the last one ${lastSkippedAt ?? ''}` : '',
      overlong > 0 ? `${overlong} ended at their deadline, the last one ${lastOverlongAt ?? ''}` : '',
    ];
    output.line(`${schedule} of ${edition}: runs ${told.filter((words) => words !== '').join('; ')}`);
  }
}

const FRESHNESS_HEADING = [
  { title: 'edition', cutTo: 12 },
  'topic',
  { title: 'state', cutTo: 12 },
  { title: 'since', drop: 2 },
  { title: 'newest article', drop: 1 },
  { title: 'lists read', drop: 3 },
];

function tellFreshness({ freshness }: Status, output: Output): void {
  const rows = freshness.filter(({ state }) => state !== 'off' && state !== 'neverRead');
  const table = rows.map((row) => [
    row.edition,
    row.topic ?? '(all)',
    describeState(row),
    row.since ?? '',
    row.newestPublishedAt ?? '',
    lastReadOf(row) ?? '',
  ]);
  output.line();
  if (table.length > 0) output.table([FRESHNESS_HEADING, ...table]);
  output.lines(rows.filter(({ topic }) => topic === null).flatMap(describeFailingLists));
  const isUnread = ({ state, topic }: Freshness): boolean => state === 'neverRead' && topic === null;
  const unread = freshness.filter(isUnread).map(({ edition }) => edition);
  if (unread.length > 0) output.prose([`Never read: ${unread.join(', ')}`]);
  const off = wordsOfOff(freshness);
  if (off !== '') output.prose([`Off: ${off}`]);
}

function describeFailingLists({ edition, lists }: Freshness): string[] {
  return lists.flatMap(({ route, failure, failedAt }) =>
    failure === null ? [] : [`${edition}: list by ${route} not read since ${failedAt ?? ''} (${failure})`],
  );
}

function tellReading({ reading: { alarms, disagreements } }: Status, output: Output): void {
  if (alarms.length > 0) {
    output.line();
    output.line('Found less often than before; `sputnik drift` tells more:');
    for (const drift of alarms) output.line(`  ${describeDrift(drift)}`);
  }
  if (disagreements.length === 0) return;
  output.line();
  const told = disagreements.map(({ edition, field, pages }) => `${edition} ${field} ${pages}`);
  output.line(`Pages on which places contradict each other: ${told.join(', ')}`);
}

function tellNotify({ notify: { rules, troubles, undelivered } }: Status, output: Output): void {
  if (rules.length === 0 && undelivered.count === 0 && troubles.length === 0) return;
  const queued = rules.reduce((sum, rule) => sum + rule.queued, 0);
  output.line();
  output.line(`Notifications: ${rules.length} rules, ${queued} messages under way, ${undelivered.count} undelivered`);
  for (const { step, since, reason } of troubles)
    output.line(`  telling people fails (${step}) since ${since}: ${reason}`);
  if (undelivered.count > 0) output.line('  `sputnik notify` tells why, `sputnik notify retry` and `drop` decide');
}

function tellRuns({ runs }: Status, output: Output): void {
  if (runs.length === 0) return;
  output.line();
  output.table([
    [
      'last runs',
      { title: 'asked by', cutTo: 6, drop: 1 },
      { title: 'edition', cutTo: 12, drop: 2 },
      'found',
      'fetched',
      'new',
    ],
    ...runs.map(({ startedAt, requestedBy, editions, found, fetched, outcomes }) => [
      startedAt,
      requestedBy,
      editions.length === 1 ? (editions[0] ?? '') : `${editions.length} editions`,
      ...[found, fetched, outcomes.new],
    ]),
  ]);
}
