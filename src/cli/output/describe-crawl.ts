import type { FetchFailure, Outcome } from '../../domain/outcome.js';
import { EXIT, type ExitCode } from '../../platform/exit-codes.js';
import type { CrawlState, CrawlSummary, PagesState } from '../../queue/crawl-jobs.js';
import type { CrawlDocument } from './documents.js';
import { sumOfPages } from '../../app/crawl/crawl-state.js';
import type { QueuedAhead } from '../../app/crawl/watch-turn.js';
import type { WorkState } from './progress.js';
import { durationWords } from './rate-meter.js';

const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  new: 'stored for the first time',
  revised: 'changed since they were last seen; the earlier text is kept',
  unchanged: 'the same as before',
  rendition: 'the same article in another edition; kept in one record',
  duplicate: 'repeat another article, exactly or nearly; linked to it',
  offTopic: 'on none of the topics; not stored',
  gone: 'withdrawn by the site; the record stays',
  notArticle: 'pages without an article',
  failed: 'could not be fetched or read',
};

const LISTS_SHOWN = 5;

/** The line for jobs that were queued for a service although none runs. */
export const NO_SERVICE = 'No service runs for this data directory; this takes effect when `sputnik serve` starts.';

/** The summary of a crawl in lines for people. */
export function describeCrawl(summary: CrawlSummary): string[] {
  const seconds = (summary.durationMs / 1000).toFixed(1);
  const editions = summary.editions.length > 4 ? `${summary.editions.length} editions` : summary.editions.join(', ');
  const ofEditions = editions === '' ? '' : `: ${editions}`;
  const lines = [
    `${summary.aborted ? 'Stopped' : 'Finished'} after ${seconds} s, ${summary.requests} ${summary.requests === 1 ? 'request' : 'requests'}${ofEditions}`,
    `  found    ${pad(summary.found)}  pages (one article in one edition)`,
    `  skipped  ${pad(summary.skipped)}  ${summary.aborted ? 'known and not due again, or not reached before the stop' : 'known and not due again'}`,
    `  fetched  ${pad(summary.fetched)}${summary.fetched > 0 ? '  of which:' : ''}`,
  ];
  for (const [outcome, count] of Object.entries(summary.outcomes) as [Outcome, number][]) {
    if (count > 0) lines.push(`  ${outcome.padEnd(10)}${pad(count).slice(1)}  ${OUTCOME_WORDS[outcome]}`);
  }
  const { browser } = summary;
  if (browser !== undefined) {
    const { tried, helped, missed } = browser;
    lines.push(`  browser: ${tried} pages tried, ${helped} showed an article, ${missed} wanted one that is not there`);
  }
  for (const { edition, reason } of summary.unreachable)
    lines.push(`  unreachable: ${edition} (${failureWords(reason)})`);
  if (summary.unreachable.length > 0) lines.push('  `sputnik doctor` says what helps');
  for (const { url, reason } of unreadLists(summary).slice(0, LISTS_SHOWN))
    lines.push(`  not read: ${url} (${failureWords(reason)})`);
  const more = unreadLists(summary).length - LISTS_SHOWN;
  if (more > 0)
    lines.push(`  and ${more === 1 ? '1 list' : `${more} lists`} more; \`sputnik coverage\` names the gaps`);
  return lines;
}

/** This is omitted for editions that could not be reached at all. */
function unreadLists({ unreadLists: lists = [], unreachable }: CrawlSummary): NonNullable<CrawlSummary['unreadLists']> {
  return lists.filter((list) => !unreachable.some(({ edition }) => edition === list.edition));
}

function pad(count: number): string {
  return String(count).padStart(7);
}

/** The nine keys of the contract, in its order; then the editions that were out of reach and why, where there are any. */
export function crawlDocument(summary: CrawlSummary): CrawlDocument {
  const { runId, startedAt, durationMs, editions, requests, found, skipped, fetched, outcomes, unreachable } = summary;
  const told = { runId, startedAt, durationMs, editions, requests, found, skipped, fetched, outcomes };
  return unreachable.length === 0 ? told : { ...told, unreachable };
}

/** @returns the exit code that a finished crawl deserves (CONTRACT §2). */
export function crawlExitCode(summary: CrawlSummary, quarantined: number): ExitCode {
  if (summary.editions.length > 0 && summary.unreachable.length === summary.editions.length) return EXIT.unreachable;
  const isWhole = summary.unreachable.length === 0 && (summary.unreadLists ?? []).length === 0;
  return isWhole && summary.outcomes.failed === 0 && quarantined === 0 ? EXIT.done : EXIT.incomplete;
}

/** Why something is out of reach, in words for people; other reasons speak for themselves. */
const FAILURE_WORDS: Readonly<Partial<Record<FetchFailure | 'broken' | 'noItems' | 'notFound', string>>> = {
  dns: 'its name leads to no address',
  refused: 'nothing answers there',
  reset: 'the connection was cut',
  timeout: 'no whole answer in time',
  tls: 'no connection over TLS that can be trusted',
  legalBlock: 'HTTP 451, withheld by law',
  forbidden: 'HTTP 401, 403 or 407',
  blockPage: "somebody else's page in its place",
  challenge: 'a captcha or a check of the browser',
  blocked: 'something else in its place',
  rateLimited: 'it was asked too often',
  serverError: 'the site fails',
  redirectForbidden: 'it redirects to a host that is not configured',
  broken: 'a document that breaks off or is none',
  noItems: 'a list without items',
  notFound: 'HTTP 404 or 410',
  robots: 'robots.txt does not allow it',
};

/** @returns the reason with what it means: `reset: the connection was cut`. */
function failureWords(reason: string): string {
  const words = (FAILURE_WORDS as Readonly<Record<string, string | undefined>>)[reason];
  return words === undefined ? reason : `${reason}: ${words}`;
}

/** Where a crawl stands, edition by edition, for people who watch it. */
export function crawlWork({ requests, editions, pause }: CrawlState, title = 'crawl'): WorkState {
  const parts = Object.entries(editions).map(([name, pages]) => ({ name, ...pagesWork(pages) }));
  const sum = pagesWork(sumOfPages(Object.values(editions)));
  return { title, ...sum, ...(parts.length > 1 ? { parts } : {}), at: `${requests} requests`, ...pauseWords(pause) };
}

/** Nothing moves, and nothing is wrong: the site wants it so. */
function pauseWords(pause: CrawlState['pause']): Pick<WorkState, 'pause'> {
  if (pause === undefined) return {};
  return { pause: `${pause.host} wants no request for ${durationWords(pause.waitMs / 1_000)}` };
}

function pagesWork({ found, toFetch, fetched, stored, failed, skipped }: PagesState) {
  const counts = { found, 'to fetch': toFetch, fetched, stored, failed, skipped };
  return { counts, done: fetched, of: toFetch + fetched };
}

/** What a crawl waits for before it begins; without a count while that is not known. */
export function waitingWork({ crawls, pages }: QueuedAhead, title = 'crawl'): WorkState {
  const note =
    crawls > 0
      ? `waiting behind ${crawls === 1 ? '1 other crawl' : `${crawls} other crawls`}`
      : `first, ${pages === 1 ? '1 page' : `${pages} pages`} captured earlier ${pages === 1 ? 'is' : 'are'} processed`;
  return { title, note, counts: {}, done: 0, of: null };
}
