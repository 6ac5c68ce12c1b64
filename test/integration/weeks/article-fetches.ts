import type { TestSite } from '../../../testsite/start-test-site.js';
import type { TruthArticle } from '../../../testsite/content/truth.js';
import { ARMENIAN, BLOCK, HOUR_MS, MINUTE_MS, NEWEST_EVERY_MS, OUTAGE, type Span } from './three-weeks.js';

/** One request for an article's page, as the site saw it. */
export interface ArticleFetch {
  readonly at: number;
  readonly status: number;
}

const ARTICLE = /^\/\d{8}\/(?:.*-)?(\d{4,19})\.html$|^\/[^/]+\/\d{8}(\d{4,19})(?:-[^/]*)?\/$/;

/** @returns edition and article id → requests for it that were not redirected, oldest first. */
export function articleFetches(site: TestSite): Map<string, ArticleFetch[]> {
  const fetches = new Map<string, ArticleFetch[]>();
  for (const { edition, path, at, status } of site.requests()) {
    const [, current, old] = ARTICLE.exec(path) ?? [];
    const articleId = current ?? old;
    if (articleId === undefined || status === 301) continue;
    const name = `${edition}/${articleId}`;
    fetches.set(name, [...(fetches.get(name) ?? []), { at, status }]);
  }
  return fetches;
}

export function isInside(at: number, span: Span): boolean {
  return at >= span.from && at < span.until;
}

/** Whether the site could not be read at an instant. */
export function isOutOfReach(edition: string, at: number): boolean {
  return isInside(at, OUTAGE) || (edition === ARMENIAN && isInside(at, BLOCK));
}

/** What somebody who reads the page sees of a state: what makes a revision. */
export function wordsOf(article: Pick<TruthArticle, 'title' | 'lead' | 'body'>): string {
  return JSON.stringify([article.title, article.lead, article.body.map(({ type, text }) => [type, text])]);
}

/** @returns the index of the state that stood at an instant. */
export function versionAt(history: readonly { readonly from: number }[], at: number): number {
  return history.findLastIndex(({ from }) => from <= at);
}

/** The texts that were shown to the crawls from the first on-topic one on, repeats collapsed; withdrawn ones show none. */
export function shownStates(
  site: TestSite,
  edition: string,
  articleId: string,
  fetches: readonly ArticleFetch[],
): string[] {
  const history = site.history(edition, articleId);
  const states: string[] = [];
  for (const { at, status } of fetches) {
    const state = history[versionAt(history, at)]?.article;
    if (status !== 200 || isOutOfReach(edition, at) || state === undefined || state.withdrawn !== null) continue;
    if (states.length === 0 && !state.onTopic) continue;
    const words = wordsOf(state) + JSON.stringify(state.tags.map(({ name }) => name));
    if (states.at(-1) !== words) states.push(words);
  }
  return states;
}

const RULES = [
  { ageMaxMs: 3 * HOUR_MS, everyMs: 15 * MINUTE_MS },
  { ageMaxMs: 24 * HOUR_MS, everyMs: HOUR_MS },
  { ageMaxMs: 7 * 24 * HOUR_MS, everyMs: 3 * HOUR_MS },
  { ageMaxMs: 30 * 24 * HOUR_MS, everyMs: 72 * HOUR_MS },
];
/** A page that falls due just after a crawl waits for the next one. */
export const TICK_MS = NEWEST_EVERY_MS + MINUTE_MS;

/** @returns stretches in which the page was fetched less often than its age asks for, the site being there all the time. */
export function neglect(
  edition: string,
  publishedAt: number,
  fetches: readonly ArticleFetch[],
  until: number,
): string[] {
  const ends = [...fetches, { at: until, status: 0 }];
  return ends.slice(1).flatMap(({ at }, index) => {
    const from = ends[index]?.at ?? at;
    const rule = RULES.find(({ ageMaxMs }) => at - publishedAt < ageMaxMs);
    const limit = (rule?.everyMs ?? Infinity) + TICK_MS;
    const wasOut = isOutOfReach(edition, at - MINUTE_MS) || isOutOfReach(edition, from + limit);
    return at - from > limit && !wasOut
      ? [`${edition}: ${new Date(from).toISOString()} to ${new Date(at).toISOString()}`]
      : [];
  });
}
