import type { CrawlSummary } from '../../queue/crawl-jobs.js';
import { countOf, numberOf, spanOf, tableOf, timeOf, wordsOf } from '../markup/elements.js';
import { html, type Content } from '../markup/html.js';
import type { WebStatus } from '../sources/web-status.js';

/** What has run, what runs and what will: the last crawls, back-fills under way, schedules. */
export function workTables({ runs, orders, schedules }: WebStatus): Content {
  return [
    orders === undefined || orders.length === 0
      ? null
      : [
          html`<h2 id="backfills">Back-fills under way</h2>`,
          tableOf({
            caption: 'Back-fills under way',
            heads: ['Editions', 'Days', 'Done', 'Last day done', 'Pages an hour', 'Pages to go', 'Ends about'],
            sentences: [0],
            rows: orders.map(
              ({ editions, since, until, done, parts, isPaused, day, pagesPerHour, pagesToGo, etaAt }) => [
                editions.join(', '),
                `${since ?? 'the first'} to ${until}`,
                html`<progress max="${Math.max(1, parts)}" value="${done}" aria-label="Days that are done"></progress>
                  ${numberOf(done)} of ${numberOf(parts)}`,
                day ?? '',
                pagesPerHour === null ? '' : numberOf(pagesPerHour),
                pagesToGo === null ? '' : numberOf(pagesToGo),
                isPaused ? 'paused' : etaAt === null ? '' : timeOf(etaAt),
              ],
            ),
          }),
        ],
    runs === undefined ? null : [html`<h2 id="runs">Last runs</h2>`, runTable(runs)],
    schedules === undefined
      ? null
      : [
          html`<h2 id="schedules">Schedules</h2>`,
          tableOf({
            caption: 'Schedules',
            heads: ['Name', 'Rule', 'State', 'Next run'],
            rows: schedules.map(({ name, cron, timeZone, state, nextAt }) => [
              name,
              html`<code>${cron}</code> ${timeZone}`,
              state === 'notRunning' ? 'no service' : state,
              nextAt === null ? '' : timeOf(nextAt),
            ]),
          }),
        ],
  ];
}

function runTable(runs: readonly CrawlSummary[]): Content {
  if (runs.length === 0) return html`<p class="none">No crawl has ended yet.</p>`;
  return tableOf({
    caption: 'The last crawls that have ended',
    heads: ['Began', 'Asked for by', 'Took', 'Found', 'Fetched', 'Came to'],
    numbers: [3, 4],
    sentences: [5],
    rows: runs.map(({ startedAt, requestedBy, durationMs, found, fetched, outcomes, unreachable, aborted }) => [
      timeOf(startedAt),
      requestedBy,
      spanOf(durationMs / 1000),
      numberOf(found),
      numberOf(fetched),
      [
        Object.entries(outcomes)
          .filter(([, count]) => count > 0)
          .map(([outcome, count]) => `${numberOf(count)} ${wordsOf(outcome)}`)
          .join(', ') || 'nothing new',
        aborted ? html` <span class="chip warn">stopped early</span>` : null,
        unreachable.length === 0
          ? null
          : html` <span class="chip bad">${countOf(unreachable.length, 'edition')} out of reach</span>`,
      ],
    ]),
  });
}
