import { linkedCount, numberOf, separated, tableOf, timeOf } from '../markup/elements.js';
import { html, type Content } from '../markup/html.js';
import type { WebStatus } from '../sources/web-status.js';
import { editionLink } from './edition-state.js';
import { runHref, runTable } from './run-page.js';

/** What the schedules do, in a few words. */
const DEEDS: Readonly<Record<string, string>> = {
  newest: 'reads feeds, tag pages and the newest days of the site map',
  revisit: 'looks again at known articles, the younger the more often',
  retry: 'asks again for pages that failed',
  reconcile: 'compares lists and store, fills gaps',
  maintenance: 'tidies up what is stored',
};

/** What has run, what runs and what will: the last crawls, back-fills under way, schedules. */
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
          html`<p class="meta"><a href="/runs">All runs</a>, those too that found nothing new</p>`,
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
