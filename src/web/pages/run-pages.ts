import type { CrawlSummary } from '../../queue/crawl-jobs.js';
import type { RunPage } from '../../store/catalogue/run-queries.js';
import {
  countOf,
  listOf,
  nextLink,
  numberOf,
  separated,
  shortTime,
  spanOf,
  tableOf,
  textOf,
  timeOf,
  wordsOf,
} from '../markup/elements.js';
import { type Content, hrefOf, html, type Markup } from '../markup/html.js';
import { captureLinks, outsideLink } from './article-facts.js';
import { editionLink } from './edition-state.js';
import { pageLink } from './listing-pages.js';
import type { WebStatus } from '../sources/views.js';

/** Ended crawls. Each number links to what it counts. */
export function runTable(runs: readonly CrawlSummary[]): Content {
  if (runs.length === 0) return html`<p class="none">No crawl has ended yet.</p>`;
  return tableOf({
    caption: 'Crawls that have ended',
    heads: ['Began', 'Started by', 'Took', 'Found', 'Fetched', 'Outcomes'],
    numbers: [3, 4],
    sentences: [5],
    rows: runs.map((run) => {
      const { runId, startedAt, requestedBy, durationMs, found, fetched, unreachable, aborted } = run;
      return [
        html`<a href="${runHref(runId)}">${timeOf(startedAt)}</a>`,
        wordOfStarter(requestedBy),
        spanOf(durationMs / 1000),
        html`<a href="${runHref(runId)}#sums">${numberOf(found)}</a>`,
        html`<a href="${runHref(runId)}#pages">${numberOf(fetched)}</a>`,
        [
          outcomeLinks(run) ?? 'nothing new',
          aborted ? html` <span class="chip warn">stopped early</span>` : null,
          unreachable.length === 0
            ? null
            : html` <a class="chip bad" href="${runHref(runId)}#unreachable"
                >${countOf(unreachable.length, 'edition')} out of reach</a
              >`,
        ],
      ];
    }),
  });
}

/** Who started a crawl, where the stored name says little. */
const STARTERS: Readonly<Record<string, string>> = {
  cli: 'a command',
  web: 'a page here',
  failed: 'a retry',
  fill: 'the fill of a gap',
};

function wordOfStarter(requestedBy: string): string {
  return STARTERS[requestedBy] ?? requestedBy;
}

export function runHref(runId: string, outcome: string | null = null): string {
  return hrefOf(`/runs/${encodeURIComponent(runId)}`, { outcome });
}

/** Outcomes that are nouns. */
const NOUNS: ReadonlySet<string> = new Set(['rendition', 'duplicate']);

/** @returns null if no page has an outcome. */
function outcomeLinks({ runId, outcomes }: CrawlSummary): Content {
  const told = Object.entries(outcomes).filter(([, count]) => count > 0);
  if (told.length === 0) return null;
  const link = ([outcome, count]: [string, number]): Markup =>
    html`<a href="${runHref(runId, outcome)}#pages"
      >${numberOf(count)} ${wordsOf(outcome)}${count > 1 && NOUNS.has(outcome) ? 's' : ''}</a
    >`;
  return separated(told.map(link), ', ');
}

/** All runs that are kept. */
export function runsMain(runs: readonly CrawlSummary[], older: string | null): Content {
  return [html`<h1>Crawls</h1>`, runTable(runs), nextLink(older, 'Earlier crawls')];
}

interface RunView {
  readonly run: CrawlSummary;
  /** Null: pages of every outcome. */
  readonly outcome: string | null;
  readonly pages: readonly RunPage[];
  readonly next: string | null;
  /** Ids of the configured editions. */
  readonly configured: readonly string[];
}

/** One run: its numbers, what could not be fetched, and its pages. */
export function runMain(view: RunView): Content {
  const { runId, startedAt, durationMs, requestedBy, editions, aborted } = view.run;
  return [
    html`<h1>Crawl of ${editions.length === 1 ? (editions[0] ?? '') : countOf(editions.length, 'edition')}</h1>`,
    html`<p class="meta">
        ${separated([
          ['began ', timeOf(startedAt)],
          `took ${spanOf(durationMs / 1000)}`,
          `started by ${wordOfStarter(requestedBy)}`,
          aborted ? html`<span class="chip warn">stopped early</span>` : null,
        ])}
      </p>
      <p class="meta"><span class="code">${runId}</span></p>`,
    editions.length > 1
      ? html`<p class="meta">${separated(editions.map((edition) => editionLink(edition, view.configured)))}</p>`
      : null,
    sums(view.run),
    losses(view),
    html`<h2 id="pages">
      ${view.outcome === null ? 'Pages that it fetched' : `Pages that it fetched: ${wordsOf(view.outcome)}`}
    </h2>`,
    runPages(view),
  ];
}

function sums(run: CrawlSummary): Content {
  const { runId, found, fetched, skipped, requests } = run;
  return html`<h2 id="sums">In numbers</h2>
    <dl>
      <dt>Found</dt>
      <dd>
        ${countOf(found, 'page')} on its
        lists${skipped === 0 ? '' : `, of which ${numberOf(skipped)} were known and not due to be looked at again (only their number is kept)`}
      </dd>
      <dt>Fetched</dt>
      <dd>
        <a href="${runHref(runId)}#pages">${countOf(fetched, 'page')}</a>, by ${countOf(requests, 'request')} with lists
        and further attempts
      </dd>
      <dt>Outcomes</dt>
      <dd>${outcomeLinks(run) ?? 'nothing new'}</dd>
    </dl>`;
}

function losses({ run: { unreachable, unreadLists = [] }, configured }: RunView): Content {
  return [
    unreachable.length === 0
      ? null
      : html`<h2 id="unreachable">Out of reach</h2>
          ${listOf(unreachable.map(({ edition, reason }) => [editionLink(edition, configured), `: ${wordsOf(reason)}`]))}`,
    unreadLists.length === 0
      ? null
      : html`<h2>Lists that could not be read whole</h2>
          ${listOf(unreadLists.map(({ url, reason }) => [outsideLink(url, textOf(url)), `: ${wordsOf(reason)}`]))}`,
  ];
}

function runPages({ run, outcome, pages, next }: RunView): Content {
  const all =
    outcome === null ? null : html`<p class="meta"><a href="${runHref(run.runId)}#pages">All outcomes</a></p>`;
  if (pages.length === 0) return [all, html`<p class="none">No page is noted here.</p>`, note];
  return [
    all,
    tableOf({
      caption: 'Pages that the crawl fetched, with their outcomes',
      heads: ['Page', 'Outcome', 'Reason', 'Fetched (UTC)', 'Capture'],
      isStacked: true,
      rows: pages.map(({ pageId, family, url, outcome: came, reason, fetchedAt, hasRecord, file, offset }) => [
        pageLink({ pageId, family, url }, hasRecord),
        html`<span class="chip ${came === 'failed' ? 'bad' : ''}">${wordsOf(came)}</span>`,
        wordsOf(reason ?? ''),
        shortTime(fetchedAt),
        captureLinks({ file, offset }, false),
      ]),
    }),
    nextLink(next),
    note,
  ];
}

const note = html`<p class="meta">
  These are the outcomes as they are now: a page that was read again after quarantine has its later outcome. After a
  while, answers that a page has not changed (304) are kept only in the captures. Crawls by earlier versions of this
  program have no list of pages.
</p>`;

/** A back-fill that is under way, and the ended crawls of its days. */
export interface BackfillView {
  readonly order: NonNullable<WebStatus['orders']>[number];
  readonly parts: readonly CrawlSummary[];
  readonly next: string | null;
  /** Ids of the configured editions. */
  readonly configured: readonly string[];
}

/** The progress of a back-fill, how its end is estimated, and its finished days. */
export function backfillMain({ order, parts, next, configured }: BackfillView): Content {
  const { runId, editions, since, until, done, parts: all, isPaused, pagesPerHour, pagesToGo, etaAt } = order;
  return [
    html`<h1>Back-fill of ${editions.length === 1 ? (editions[0] ?? '') : countOf(editions.length, 'edition')}</h1>`,
    html`<p class="meta">
        ${since ?? 'the first day of the archives'} to ${until}, under way
        ${isPaused ? html`<span class="chip warn">paused</span>` : null}
      </p>
      <p class="meta"><span class="code">${runId}</span></p>
      <p class="meta">
        ${separated(
          editions.map((edition) => editionLink(edition, configured)),
          ', ',
        )}
      </p>`,
    html`<h2 id="sums">How far, and how fast</h2>
      <dl>
        <dt>Done</dt>
        <dd>
          ${numberOf(done)} of ${numberOf(all)} parts, each a day of an edition, including those that were given up
        </dd>
        <dt>Pages an hour</dt>
        <dd>
          ${
            pagesPerHour === null
              ? 'not known yet: too few parts are done'
              : `${numberOf(pagesPerHour)}, measured over the parts that ended last: at most a hundred, none before a pause`
          }
        </dd>
        ${
          pagesToGo === null
            ? null
            : html`<dt>Pages to go</dt>
                <dd>about ${numberOf(pagesToGo)}, if the days to come are like those</dd>`
        }
        ${
          etaAt === null
            ? null
            : html`<dt>Ends about</dt>
                <dd>${timeOf(etaAt)}, at this pace</dd>`
        }
      </dl>
      <h2 id="parts">Crawls of its days that have ended</h2>`,
    parts.length === 0 ? html`<p class="none">None so far.</p>` : runTable(parts),
    nextLink(next, 'Earlier ones'),
  ];
}
