import type { CrawlSummary } from '../../queue/crawl-jobs.js';
import { countOf, nextLink, numberOf, separated, timeOf } from '../markup/elements.js';
import { html, type Content } from '../markup/html.js';
import type { WebStatus } from '../sources/web-status.js';
import { editionLink } from './edition-state.js';
import { runTable } from './run-page.js';

/** A back-fill that is under way, and the crawls of its days that have ended. */
export interface BackfillView {
  readonly order: NonNullable<WebStatus['orders']>[number];
  readonly parts: readonly CrawlSummary[];
  readonly next: string | null;
  /** Ids of the configured editions. */
  readonly configured: readonly string[];
}

/** How far a back-fill has come, how that is estimated, and its finished days. */
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
          ${numberOf(done)} of ${numberOf(all)} parts, each a day of an edition; those that were given up are counted
          too
        </dd>
        <dt>Pages an hour</dt>
        <dd>
          ${
            pagesPerHour === null
              ? 'too few parts are done to tell'
              : `${numberOf(pagesPerHour)}, by the parts that ended last: a hundred at most, none from before a pause`
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
