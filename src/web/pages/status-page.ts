import type { CorpusCounts } from '../../store/catalogue/corpus-queries.js';
import { lastReadOf, wordsOfOff, type Freshness } from '../../store/catalogue/judge-freshness.js';
import {
  countOf,
  headOf,
  linkedCount,
  numberOf,
  shortTime,
  tableOf,
  textOf,
  withCode,
  wordsOf,
} from '../markup/elements.js';
import { hrefOf, html, type Content } from '../markup/html.js';
import type { WebStatus } from '../sources/web-status.js';
import { outsideLink } from './article-facts.js';
import { editionLink, stateView } from './edition-state.js';
import { noService, queueTable } from './quarantine-page.js';
import { fetchesLink } from './page-list.js';
import { workTables } from './work-tables.js';

/**
 * How recent each edition and topic is, what is in the queues, and how many pages came to which end.
 *
 * @param editions  Those that are configured: of others no list of pages is to be had.
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
    html`<h2>Known pages, by what became of them</h2>`,
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
