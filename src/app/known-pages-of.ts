import type { Config } from '../config/config.js';
import type { KnownPages } from '../crawlers/crawl.js';
import { END_STATES } from '../domain/known-page.js';
import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Pages without an answer are tried again by every crawl, most urgent first, so many at a time. */
const UNANSWERED_MAX = 10_000;

/** Most pages of one edition that are visited again at once. */
const PAGES_MAX = 10_000_000;
const DAY_MS = 24 * HOUR_MS;
/**
 * A topic's tag may be put on an article later, in silence, and when the tag's page has long gone on: so articles off topic are looked
 * at again now and then, where that costs no more than a 304.
 */
const OFF_TOPIC_RULES = [
  { ageMaxMs: 7 * DAY_MS, everyMs: DAY_MS },
  { ageMaxMs: 30 * DAY_MS, everyMs: 7 * DAY_MS },
];
/** A page that showed no article for one of these reasons may have been served half: it is looked at like an article of its age. */
const MISHAPS: ReadonlySet<string | null> = new Set([
  'emptyBody',
  'noTitle',
  'unknownMarkup',
  'notHtml',
  'otherArticle',
]);
const ANY_AGE = [{ ageMaxMs: null, everyMs: 0 }];

/** What a crawl may ask of the catalogue, live. */
export function knownPagesOf(queries: CatalogueQueries, config: Config): KnownPages {
  const rules = config.crawl.recheck.map(({ ageHoursMax, everyMinutes }) => ({
    ageMaxMs: ageHoursMax * HOUR_MS,
    everyMs: everyMinutes * MINUTE_MS,
  }));
  return {
    find: (pageIds) => queries.knownPages(pageIds),
    tagPages: (editionId) => queries.tagPages(editionId).map(({ path }) => path),
    due: (edition, nowMs) => [
      ...queries.duePages({
        edition,
        nowMs,
        rules: ANY_AGE,
        endStates: ['pending', 'unreachable'],
        limit: UNANSWERED_MAX,
      }),
      ...queries.duePages({ edition, nowMs, rules }),
      ...queries
        .duePages({ edition, nowMs, rules, endStates: ['notArticle'] })
        .filter(({ reason }) => MISHAPS.has(reason)),
      ...queries
        .duePages({ edition, nowMs, rules: OFF_TOPIC_RULES, endStates: ['offTopic'] })
        .filter(({ etag, lastModified }) => etag !== null || lastModified !== null),
    ],
    all: (edition) =>
      queries.duePages({
        edition,
        nowMs: Number.MAX_SAFE_INTEGER,
        rules: ANY_AGE,
        endStates: END_STATES,
        limit: PAGES_MAX,
      }),
  };
}
