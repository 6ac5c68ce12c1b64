import type { Config } from '../../config/config.js';
import type { DuePage, KnownPages } from '../../crawlers/requests/select-articles.js';
import { MISHAPS, type NotArticleReason } from '../../domain/outcome.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../domain/units.js';
import { ALL_PAGES_BATCH } from '../../queue/host-jobs.js';
import { dayIn } from '../../sputnik/urls/calendar-days.js';
import type { CatalogueQueries } from '../../store/catalogue/catalogue-queries.js';
import { queueGapCrawls, type GapDependencies } from '../coverage/fill-gaps.js';
import { SELDOM } from '../coverage/read-page-history.js';
import type { CrawlKnowledge } from './perform-crawl.js';

/** Pages without an answer, as far as a crawl asks for them: most urgent first, so many at a time. */
const UNANSWERED_MAX = 10_000;

const ANY_AGE = [{ ageMaxMs: null, everyMs: 0 }];

/** What the catalogue of this machine knows. */
export function knowledgeOf(queries: CatalogueQueries, deps: GapDependencies): CrawlKnowledge {
  return {
    known: knownPagesOf(queries, deps.config),
    duplicatesAmong: (keys) => Promise.resolve(new Set(keys.filter((key) => queries.isDuplicate(key)))),
    countAnnounced: (pages) => Promise.resolve(queries.coverage.countAnnounced(pages)),
    isOfUse: (schedule, edition, nowMs) => Promise.resolve(isOfUse(queries, deps.config, { schedule, edition, nowMs })),
    fillGaps: async (editions) => {
      await queueGapCrawls(deps, queries, editions);
    },
  };
}

/** Days back in which the lists of an edition tell whether it is out of reach. */
const LATELY_DAYS = 3;

function isOfUse(
  queries: CatalogueQueries,
  { crawl }: Config,
  { schedule, edition, nowMs }: { readonly schedule: string; readonly edition: string; readonly nowMs: number },
): boolean {
  if (schedule !== 'revisit' && schedule !== 'retry') return true;
  if (queries.coverage.isOutOfReach(edition, dayIn('UTC', nowMs - LATELY_DAYS * DAY_MS))) return false;
  return schedule === 'revisit' || queries.failedPages.retriable(edition, nowMs, crawl.retryMinutes).length > 0;
}

function knownPagesOf(queries: CatalogueQueries, config: Config): KnownPages {
  return {
    find: (pageIds) => Promise.resolve(queries.pages.known(pageIds)),
    tagPages: (editionId) => Promise.resolve(queries.corpus.tagPages(editionId).map(({ path }) => path)),
    due: (edition, nowMs) => Promise.resolve(duePages(queries, config, edition, nowMs)),
    failed: (edition, nowMs) =>
      Promise.resolve(queries.failedPages.retriable(edition, nowMs, config.crawl.retryMinutes)),
    all: (edition) => allPages((after) => Promise.resolve(queries.pages.after(edition, after, ALL_PAGES_BATCH))),
  };
}

/** Every known page, batch after batch. @param read  The next pages after a row; none: that was all. */
export async function* allPages(
  read: (after: number) => Promise<readonly (DuePage & { readonly row: number })[]>,
): AsyncGenerator<DuePage, undefined> {
  for (let after = 0; ;) {
    const pages = await read(after);
    yield* pages;
    const last = pages.at(-1);
    if (last === undefined) return;
    after = last.row;
  }
}

/** The same URL leads to another article: once by mistake, again and again for good. */
const ELSEWHERE: NotArticleReason = 'otherArticle';
const OWN_MISHAPS = [...MISHAPS].filter((reason) => reason !== null && reason !== ELSEWHERE) as NotArticleReason[];

function duePages(queries: CatalogueQueries, config: Config, edition: string, nowMs: number): DuePage[] {
  const [rules, seldom] = [rulesOf(config.crawl.recheck), rulesOf(SELDOM)];
  const elsewhere = { endStates: ['notArticle'], reasons: [ELSEWHERE] } as const;
  return [
    ...queries.pages.due({
      edition,
      nowMs,
      rules: ANY_AGE,
      endStates: ['pending', 'unreachable'],
      limit: UNANSWERED_MAX,
    }),
    ...queries.pages.due({ edition, nowMs, rules }),
    ...queries.pages.due({ edition, nowMs, rules, endStates: ['notArticle'], reasons: OWN_MISHAPS }),
    ...queries.pages.due({ edition, nowMs, rules, ...elsewhere, isListed: false }),
    ...queries.pages.due({ edition, nowMs, rules: seldom, ...elsewhere, isListed: true }),
    ...queries.pages.due({ edition, nowMs, rules: seldom, endStates: ['offTopic'], hasValidators: true }),
    ...queries.pages.due({ edition, nowMs, rules: seldom, endStates: ['gone'] }),
  ];
}

function rulesOf(recheck: Config['crawl']['recheck']): { readonly ageMaxMs: number; readonly everyMs: number }[] {
  return recheck.map(({ ageHoursMax, everyMinutes }) => ({
    ageMaxMs: ageHoursMax * HOUR_MS,
    everyMs: everyMinutes * MINUTE_MS,
  }));
}
