import type { Command } from 'commander';
import type { Config } from '../../config/config.js';
import { UsageError } from '../../domain/errors.js';
import type { Outcome } from '../../domain/outcome.js';
import { EXIT } from '../../platform/exit-codes.js';
import type { QuarantineAction } from '../../queue/page-jobs.js';
import type { CatalogueQueries } from '../../store/catalogue/catalogue-queries.js';
import { nextTryAt } from '../../store/catalogue/failed-pages.js';
import { isListedForAnswers, UNREACHABLE, type QuarantinedPage } from '../../store/catalogue/quarantine-table.js';
import { parseCount } from '../arguments/parse-options.js';
import { examples, runVerb, type VerbAction, type VerbContext } from '../arguments/run-verb.js';
import { withCatalogue } from '../arguments/with-catalogue.js';
import type { Documents, RetriedPage } from '../output/documents.js';

interface ListOptions {
  readonly dropped?: boolean;
}
interface RetryOptions {
  readonly all?: boolean;
}

export function addFailedVerb(command: Command): void {
  command
    .description(
      'Lists pages that need a decision. Pages that were captured but could not be read wait in quarantine ' +
        'until you retry or drop them. Pages that did not answer three times in a row are listed too ' +
        '(`unreachable`), and so are pages that three times in a row did not hold the article that was ' +
        'announced (`notArticle`). Both are tried again automatically and leave the list once they are read. ' +
        'A dropped page is not tried again and no longer counts as a gap.',
    )
    .addHelpText(...examples('sputnik failed list', 'sputnik failed retry --all'));
  command
    .command('list', { isDefault: true })
    .summary('pages that wait, with reason, capture and attempts (default)')
    .option('--dropped', 'also list dropped pages')
    .addHelpText(...examples('sputnik failed', 'sputnik failed list --dropped'))
    .action(runVerb(list));
  command
    .command('show')
    .summary('one quarantined page')
    .argument('<id>', 'as listed by `failed list`')
    .addHelpText(...examples('sputnik failed show 1', 'sputnik failed show 1 --json'))
    .action(runVerb(show));
  command
    .command('retry')
    .summary('process captures again, fetch unreachable pages again, and wait for the result')
    .argument('[ids...]', 'as listed by `failed list`')
    .option('--all', 'all pages that wait')
    .addHelpText(...examples('sputnik failed retry 1', 'sputnik failed retry --all'))
    .action(runVerb(retry));
  command
    .command('drop')
    .summary('give pages up; `list --dropped` still shows them')
    .argument('<ids...>', 'as listed by `failed list`')
    .addHelpText(...examples('sputnik failed drop 1', 'sputnik failed drop 1 --json'))
    .action(runVerb(drop));
}

const list: VerbAction<ListOptions> = ({ config, output }, options) =>
  withCatalogue(config, (queries) => {
    const pages = queries.quarantine(options.dropped === true);
    for (const page of pages) output.lines(describePage(page, config));
    const waiting = pages.filter(({ droppedAt }) => droppedAt === null).length;
    output.line(waiting === 0 ? 'Nothing waits in quarantine.' : `In quarantine: ${waiting}.`);
    output.document({
      count: waiting,
      pages: pages.map((page) => ({ ...page, nextTryAt: nextTryOf(page, config) })),
    } satisfies Documents['failed']);
    return EXIT.done;
  });

const show: VerbAction<object> = ({ config, output }, _options, [word = '']) =>
  withCatalogue(config, (queries) => {
    const page = quarantinedPage(word, queries);
    output.lines(describePage(page, config));
    if (!isListedForAnswers(page)) {
      output.line(`    sha256 ${page.capture.sha256}, status ${page.capture.status}, ${page.capture.length} bytes`);
    }
    output.line(`    \`sputnik why ${page.pageId}\` tells the page's whole story`);
    output.document({ ...page, nextTryAt: nextTryOf(page, config) } satisfies Documents['failed-show']);
    return EXIT.done;
  });

const retry: VerbAction<RetryOptions> = async (context, options, words) => {
  const { output } = context;
  if ((options.all === true) === words.length > 0) {
    throw new UsageError('failed retry: expected the ids of pages, or --all', {
      code: 'usage.words',
      hint: '`sputnik failed list` names the ids',
    });
  }
  const pages = await pagesNamed(options.all === true ? null : words, context.config);
  const outcomes = await decide('retry', pages, context);
  const results = await resultsOf(pages, outcomes, context.config);
  for (const { id, pageId, outcome, quarantineId } of results) {
    const end = quarantineId === null ? outcome : `in quarantine still, now as ${quarantineId}`;
    output.line(`${id}  ${pageId}  ${end}`);
  }
  const remaining = results.filter(({ quarantineId, outcome }) => quarantineId !== null || outcome === 'failed').length;
  output.line(
    pages.length === 0
      ? 'Nothing waits in quarantine.'
      : `Retried: ${pages.length}; in quarantine still: ${remaining}.`,
  );
  output.document({ retried: pages.length, remaining, pages: results } satisfies Documents['failed-retry']);
  return remaining > 0 ? EXIT.incomplete : EXIT.done;
};

const drop: VerbAction<object> = async (context, _options, words) => {
  const pages = await pagesNamed(words, context.config);
  await decide('drop', pages, context);
  for (const { id, pageId } of pages) context.output.line(`${id}  ${pageId}  given up`);
  context.output.document({
    dropped: pages.map(({ id, pageId, url }) => ({ id, pageId, url })),
  } satisfies Documents['failed-drop']);
  return EXIT.done;
};

/** Opened and closed here: the catalogue is not held open while the writer works. */
function pagesNamed(words: readonly string[] | null, config: Config): Promise<readonly QuarantinedPage[]> {
  return withCatalogue(config, (queries) =>
    words === null ? queries.quarantine() : [...new Set(words)].map((word) => quarantinedPage(word, queries)),
  );
}

function quarantinedPage(word: string, queries: CatalogueQueries): QuarantinedPage {
  const page = queries.quarantined(parseCount(word, 'id'));
  if (page !== null) return page;
  throw new UsageError(`no quarantined page has the id ${word}`, {
    code: 'quarantine.unknown',
    hint: '`sputnik failed list --dropped` names them all',
  });
}

async function decide(
  action: QuarantineAction,
  pages: readonly QuarantinedPage[],
  { runtime, signal, progress }: VerbContext,
): Promise<ReadonlyMap<number, Outcome>> {
  // Loaded when needed: it brings the queue's and the crawler's libraries along.
  const { decideQuarantined } = await import('../../app/maintenance/decide-quarantined.js');
  const outcomes = await decideQuarantined({
    ...runtime,
    action,
    pages,
    signal,
    onProgress: (done) => {
      progress.show({ title: action, counts: { pages: pages.length, done }, done, of: pages.length });
    },
  });
  progress.end();
  return outcomes;
}

function resultsOf(
  pages: readonly QuarantinedPage[],
  outcomes: ReadonlyMap<number, Outcome>,
  config: Config,
): Promise<RetriedPage[]> {
  return withCatalogue(config, (queries) => {
    const now = new Map(queries.quarantine(true).map((page) => [placeOf(page), page]));
    return pages.map((page) => {
      const still = now.get(placeOf(page));
      const { id, pageId, url } = page;
      const outcome = outcomes.get(id) ?? 'failed';
      return { id, pageId, url, outcome, quarantineId: still?.id ?? null, code: still?.code ?? null };
    });
  });
}

function placeOf({ capture }: QuarantinedPage): string {
  return `${capture.file}@${capture.offset}`;
}

/** UTC instant; null: it is tried again when somebody says so. */
function nextTryOf({ attempts, failedAt, droppedAt }: QuarantinedPage, { crawl }: Config): string | null {
  return failedAt === null || droppedAt !== null ? null : nextTryAt(attempts, failedAt, crawl.retryMinutes);
}

function describePage(page: QuarantinedPage, config: Config): string[] {
  const { id, pageId, url, code, detail, attempts, capture, quarantinedAt, droppedAt } = page;
  const nextTry = nextTryOf(page, config);
  return [
    `${id}  ${pageId}  ${code}`,
    `    ${url}`,
    `    ${detail}`,
    `    attempts: ${attempts}; in quarantine since ${quarantinedAt}` +
      (droppedAt === null ? '' : `, given up ${droppedAt}`),
    code === UNREACHABLE
      ? `    no answer since ${capture.fetchedAt}${nextTry === null ? '' : `; tried again from ${nextTry} on`}`
      : `    ${isListedForAnswers(page) ? 'without its article since' : 'captured'} ${capture.fetchedAt} in ${capture.file} at ${capture.offset}`,
  ];
}
