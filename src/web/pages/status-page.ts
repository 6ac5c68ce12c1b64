import type { CorpusCounts } from '../../store/catalogue/corpus-queries.js';
import { type Freshness, lastReadOf, wordsOfOff } from '../../store/catalogue/judge-freshness.js';
import {
  countOf,
  headOf,
  linkedCount,
  numberOf,
  separated,
  shortTime,
  tableOf,
  textOf,
  timeOf,
  withCode,
  wordsOf,
} from '../markup/elements.js';
import { type Content, hrefOf, html } from '../markup/html.js';
import type { WebStatus } from '../sources/views.js';
import { outsideLink } from './article-facts.js';
import { editionLink, stateView } from './edition-state.js';
import { noService, queueTable } from './decision-pages.js';
import { fetchesLink } from './listing-pages.js';
import { runHref, runTable } from './run-pages.js';

/**
 * How recent each edition and topic is, the queues, and the number of pages in each end state.
 *
 * @param editions  The configured editions; others have no list of pages to link to.
 */
export function statusMain(counts: CorpusCounts, status: WebStatus, editions: readonly string[]): Content {
  return [
    html`<h1>Status</h1>`,
    html`<h2>Queues</h2>`,
    status.queues === null ? noService : queueTable(status.queues),
    html`<h2>How recent</h2>`,
    freshnessTable(status.freshness, editions),
    failingTable(status.failingPages),
    skippedRuns(status.runCounts),
    html`<h2>Known pages by end state</h2>`,
    pageTable(counts, editions),
    workTables(status, editions),
  ];
}

function failingTable({ count, pages }: WebStatus['failingPages']): Content {
  if (count === 0) return null;
  return [
    html`<h2 id="failing">Pages that do not answer</h2>`,
    tableOf({
      caption: `${countOf(count, 'page')} whose newest attempt failed, the longest in a row first${pages.length < count ? `; the first ${numberOf(pages.length)} of them` : ''}`,
      isCaptionHidden: false,
      heads: ['Page', 'Reason', 'Failures in a row', 'Last tried (UTC)', 'Next try (UTC)'],
      numbers: [2],
      sentences: [0],
      rows: pages.map(({ pageId, url, reason, failures, failedAt, nextTryAt }) => [
        outsideLink(url, textOf(url)),
        wordsOf(reason),
        [numberOf(failures), ' · ', fetchesLink(pageId)],
        shortTime(failedAt),
        nextTryAt === null ? html`<span class="soft">none</span>` : shortTime(nextTryAt),
      ]),
    }),
  ];
}

function skippedRuns(counts: WebStatus['runCounts']): Content {
  const rows = counts.filter(({ skipped, overlong }) => skipped + overlong > 0);
  if (rows.length === 0) return null;
  return [
    html`<h2>Runs that were skipped or ended at their deadline</h2>`,
    tableOf({
      caption: 'Scheduled runs that were skipped or ended at their deadline',
      heads: ['Schedule', 'Edition', 'Skipped', 'Ended at the deadline'],
      numbers: [2, 3],
      rows: rows.map(({ schedule, edition, skipped, overlong }) => [
        schedule,
        edition,
        numberOf(skipped),
        numberOf(overlong),
      ]),
    }),
  ];
}

function pageTable({ pages }: CorpusCounts, editions: readonly string[]): Content {
  const states = [...new Set(Object.values(pages).flatMap((of) => Object.entries(of)))]
    .filter(([, count]) => count > 0)
    .map(([state]) => state);
  const shown = [...new Set(states)];
  return tableOf({
    caption: 'Known pages of each edition by their end state',
    heads: ['Edition', ...shown.map(headOf)],
    numbers: shown.map((_state, index) => index + 1),
    rows: Object.entries(pages).map(([edition, of]) => [
      edition,
      ...shown.map((state) => {
        const count = (of as Record<string, number>)[state] ?? 0;
        return editions.includes(edition) ? linkedCount(count, hrefOf('/pages', { edition, state })) : numberOf(count);
      }),
    ]),
  });
}

function freshnessTable(rows: readonly Freshness[], editions: readonly string[]): Content {
  const shown = rows.filter(({ state }) => state !== 'off' && state !== 'neverRead');
  const unread = rows
    .flatMap(({ edition, topic, state }) => (state === 'neverRead' && topic === null ? [edition] : []))
    .join(', ');
  const off = wordsOfOff(rows);
  return [
    tableOf({
      caption: 'How recent each edition and topic is',
      heads: ['Edition', 'Topic', 'State', 'Since (UTC)', 'Newest publication (UTC)', 'Lists read (UTC)'],
      rows: shown.map((row) => freshnessCells(row, editions)),
    }),
    unread === '' ? null : html`<p class="meta">Never read: ${unread}</p>`,
    off === '' ? null : html`<p class="meta">Off: ${withCode(off)}</p>`,
  ];
}

function freshnessCells(row: Freshness, editions: readonly string[]): Content[] {
  const { edition, topic, since, newestPublishedAt, lists } = row;
  const readAt = lastReadOf(row);
  const failing = lists.filter(({ failure }) => failure !== null);
  return [
    editionLink(edition, editions),
    topic ?? 'all',
    stateView(row),
    since === null ? null : shortTime(since),
    newestPublishedAt === null ? null : shortTime(newestPublishedAt),
    [
      readAt === null ? null : shortTime(readAt),
      ...failing.map(({ route, failure }) => html`<br />${route} fails (${wordsOf(failure ?? '')})`),
    ],
  ];
}

/** What each schedule does. */
const DEEDS: Readonly<Record<string, string>> = {
  newest: 'reads feeds, tag pages and the newest days of the sitemap',
  revisit: 'fetches known articles again, recent ones more often',
  retry: 'fetches failed pages again',
  reconcile: 'compares lists with the store, and fills gaps',
  maintenance: 'cleans up the store',
};

/** Back-fills under way, the last crawls, and the schedules. */
export function workTables({ runs, orders, schedules }: WebStatus, configured: readonly string[]): Content {
  return [
    orders === undefined || orders.length === 0
      ? null
      : [
          html`<h2 id="backfills">Back-fills under way</h2>`,
          tableOf({
            caption: 'Back-fills under way',
            heads: ['Days', 'Editions', 'Done', 'Last day done', 'Pages an hour', 'Pages to go', 'Ends about'],
            sentences: [1],
            rows: orders.map(
              ({ runId, editions, since, until, done, parts, isPaused, day, pagesPerHour, pagesToGo, etaAt }) => [
                html`<a href="${runHref(runId)}">${since ?? 'the first'} to ${until}</a>`,
                separated(
                  editions.map((edition) => editionLink(edition, configured)),
                  ', ',
                ),
                html`<progress max="${Math.max(1, parts)}" value="${done}" aria-label="Days that are done"></progress>
                  ${linkedCount(done, `${runHref(runId)}#sums`)} of ${numberOf(parts)}`,
                day ?? '',
                pagesPerHour === null ? '' : html`<a href="${runHref(runId)}#sums">${numberOf(pagesPerHour)}</a>`,
                pagesToGo === null ? '' : html`<a href="${runHref(runId)}#sums">${numberOf(pagesToGo)}</a>`,
                isPaused ? html`<span class="chip warn">paused</span>` : etaAt === null ? '' : timeOf(etaAt),
              ],
            ),
          }),
        ],
    runs === undefined
      ? null
      : [
          html`<h2 id="runs">Last runs</h2>`,
          runTable(runs),
          html`<p class="meta"><a href="/runs">All runs</a>, including those that found nothing new</p>`,
        ],
    schedules === undefined
      ? null
      : [
          html`<h2 id="schedules">Schedules</h2>`,
          tableOf({
            caption: 'Schedules',
            heads: ['Name', 'What it does', 'When', 'State', 'Next run'],
            sentences: [1],
            rows: schedules.map(({ name, cron, timeZone, state, nextAt }) => [
              name,
              DEEDS[name] ?? '',
              html`<code>${cron}</code> ${timeZone}`,
              state === 'notRunning' ? 'no service' : state,
              nextAt === null ? '' : timeOf(nextAt),
            ]),
          }),
        ],
  ];
}
