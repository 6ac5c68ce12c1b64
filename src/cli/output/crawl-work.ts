import { sumOfPages } from '../../app/crawl/crawl-state.js';
import type { QueuedAhead } from '../../app/crawl/watch-turn.js';
import type { CrawlState, PagesState } from '../../queue/crawl-jobs.js';
import type { WorkState } from './progress.js';
import { durationWords } from './rate-meter.js';

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
