import { DISCOVERY_ROUTES, type DiscoveryRoute } from '../../domain/edition.js';
import { ROUTE_OF_LIST, type ListFailure } from '../../domain/page-result.js';
import { DAY_MS, HOUR_MS } from '../../domain/units.js';
import { toUtcInstant } from '../../platform/clock.js';
import type { FreshnessFacts, ListRead } from './freshness-facts.js';

/** `off`: disabled, or configured no longer. */
export type FreshnessState = 'ok' | 'late' | 'unreachable' | 'neverRead' | 'off';

/** How an edition, or one topic in it, stands. The one form of it: `status`, the API, readiness, metrics and the web page. */
export interface Freshness extends Omit<FreshnessFacts, 'lists'> {
  readonly state: FreshnessState;
  /** For `unreachable`: the reason of the failed fetch. For `late`: `nothingPublished`, `notRead` or `noArticles`. Otherwise null. */
  readonly reason: string | null;
  /** UTC instant from which on it has been so; null: not known. */
  readonly since: string | null;
  /** By route, in the order of the routes. */
  readonly lists: readonly ListFreshness[];
}

interface ListFreshness {
  readonly route: DiscoveryRoute;
  /** Last time at which a list of the route was read. */
  readonly lastReadAt: string | null;
  /** Why one of them failed in the last week and was not read since; null: none did. */
  readonly failure: string | null;
  readonly failedAt: string | null;
}

export interface FreshnessQuestion {
  /** Everything that is configured. */
  readonly editions: readonly { readonly id: string; readonly enabled: boolean }[];
  readonly topics: readonly { readonly id: string; readonly enabled: boolean }[];
  /** Finished crawls: which editions were out of reach. */
  readonly runs: readonly {
    readonly startedAt: string;
    readonly unreachable: readonly { readonly edition: string; readonly reason: string }[];
  }[];
  readonly limits: LatenessLimits;
  readonly nowMs: number;
}

/** From when on an edition is late: the settings `lateness`. */
interface LatenessLimits {
  /** Nothing was published for so many times its usual gap, … */
  readonly gaps: number;
  /** … and for so long at least. */
  readonly hoursMin: number;
  /** No list was read for so long. */
  readonly unreadHours: number;
}

/** An edition of which so many pages in a row held no article is in trouble; a few of them are no news. */
const WITHOUT_ARTICLE_MIN = 5;

/** A list that failed longer ago and was not asked for since is of no concern today. */
const FAILING_MS = 7 * DAY_MS;

/** Failures in which the host did answer: only this list or page is to blame. */
export const ANSWERED_FAILURES: ReadonlySet<string> = new Set<ListFailure>([
  'notFound',
  'clientError',
  'tooLarge',
  'tooDeep',
  'badEncoding',
  'empty',
  'noItems',
  'browser',
  'robots',
]);

type Judgement = Pick<Freshness, 'state' | 'reason' | 'since'>;
/** Something that happened once or, seen for the first and the last time, more often. */
type Event = Pick<ListRead, 'firstAt' | 'lastAt'>;

/**
 * Tells how every configured edition and every enabled topic in it stands. Pure.
 *
 * `unreachable` goes before `late`: nothing answered since the newest failure. `late` is told by the edition's own history; it errs
 * towards silence while fewer than three gaps between publications are known.
 */
export function judgeFreshness(facts: readonly FreshnessFacts[], question: FreshnessQuestion): Freshness[] {
  const { editions } = question;
  const known = new Set(editions.map(({ id }) => id));
  const removed = facts.filter(({ edition, topic }) => topic === null && !known.has(edition));
  return [
    ...editions.flatMap(({ id, enabled }) => (enabled ? judgeEdition(id, facts, question) : [offRow(id, facts)])),
    ...removed.map(({ edition }) => offRow(edition, facts)),
  ];
}

function offRow(edition: string, facts: readonly FreshnessFacts[]): Freshness {
  return rowOf(factsFor(edition, null, facts), { state: 'off', reason: null, since: null }, 0);
}

function judgeEdition(edition: string, facts: readonly FreshnessFacts[], question: FreshnessQuestion): Freshness[] {
  const whole = factsFor(edition, null, facts);
  const reach = judgeReach(whole, question);
  const topics = question.topics.filter(({ enabled }) => enabled).map(({ id }) => id);
  return [null, ...topics].map((topic) => {
    const own = factsFor(edition, topic, facts);
    const judgement = reach.state === 'ok' ? (judgePublication(own, question) ?? reach) : reach;
    return rowOf(own, judgement, question.nowMs);
  });
}

function factsFor(edition: string, topic: string | null, facts: readonly FreshnessFacts[]): FreshnessFacts {
  const found = facts.find((one) => one.edition === edition && one.topic === topic);
  if (found !== undefined) return found;
  const whole = topic === null ? null : factsFor(edition, null, facts);
  return {
    edition,
    topic,
    newestPublishedAt: null,
    newestFirstSeenAt: null,
    lastAnsweredAt: whole?.lastAnsweredAt ?? null,
    usualGapMs: null,
    withoutArticle: whole?.withoutArticle ?? { pages: 0, since: null },
    lists: whole?.lists.filter(({ kind }) => kind !== 'tag') ?? [],
  };
}

/** Whether the edition answers, and is read. */
function judgeReach(
  { edition, lastAnsweredAt, withoutArticle, lists }: FreshnessFacts,
  { runs, limits, nowMs }: FreshnessQuestion,
): Judgement {
  const outages = runs.flatMap(({ startedAt, unreachable }) =>
    unreachable
      .filter((one) => one.edition === edition)
      .map(({ reason }) => ({ failure: reason, firstAt: startedAt, lastAt: startedAt })),
  );
  const isFailure = ({ failure }: ListRead): boolean => failure !== null && !ANSWERED_FAILURES.has(failure);
  const failures = [...lists.filter(isFailure), ...outages];
  const answers: Event[] = lists.filter((list) => !isFailure(list));
  if (lastAnsweredAt !== null) answers.push({ firstAt: lastAnsweredAt, lastAt: lastAnsweredAt });
  const answeredAt = newestOf(answers);
  const failedAt = newestOf(failures);
  if (failedAt !== null && (answeredAt === null || failedAt > answeredAt)) {
    const reason = failures.find(({ lastAt }) => lastAt === failedAt)?.failure ?? null;
    return { state: 'unreachable', reason, since: onsetOf(failures, answeredAt) };
  }
  const readAt = newestOf(lists.filter(({ failure }) => failure === null));
  if (readAt === null) return { state: 'neverRead', reason: null, since: null };
  const lateAtMs = Date.parse(readAt) + limits.unreadHours * HOUR_MS;
  if (lateAtMs <= nowMs) return { state: 'late', reason: 'notRead', since: toUtcInstant(lateAtMs) };
  if (withoutArticle.pages >= WITHOUT_ARTICLE_MIN)
    return { state: 'late', reason: 'noArticles', since: withoutArticle.since };
  return { state: 'ok', reason: null, since: onsetOf(answers, failedAt) };
}

function judgePublication(
  { newestPublishedAt, usualGapMs }: FreshnessFacts,
  { limits, nowMs }: FreshnessQuestion,
): Judgement | null {
  if (newestPublishedAt === null || usualGapMs === null) return null;
  const lateAtMs = Date.parse(newestPublishedAt) + Math.max(limits.gaps * usualGapMs, limits.hoursMin * HOUR_MS);
  return lateAtMs <= nowMs ? { state: 'late', reason: 'nothingPublished', since: toUtcInstant(lateAtMs) } : null;
}

function rowOf({ lists, ...facts }: FreshnessFacts, judgement: Judgement, nowMs: number): Freshness {
  const ofRoute = (route: DiscoveryRoute): ListRead[] => lists.filter(({ kind }) => ROUTE_OF_LIST[kind] === route);
  const known = DISCOVERY_ROUTES.filter((route) => ofRoute(route).length > 0);
  return { ...facts, ...judgement, lists: known.map((route) => listFreshness(route, ofRoute(route), nowMs)) };
}

function listFreshness(route: DiscoveryRoute, lists: readonly ListRead[], nowMs: number): ListFreshness {
  const reads = lists.filter(({ failure }) => failure === null);
  const recently = toUtcInstant(nowMs - FAILING_MS);
  const failing = lists.filter(
    ({ url, failure, lastAt }) =>
      failure !== null && lastAt > recently && !reads.some((read) => read.url === url && read.lastAt >= lastAt),
  );
  const failedAt = newestOf(failing);
  const failure = failing.find(({ lastAt }) => lastAt === failedAt)?.failure ?? null;
  return { route, lastReadAt: newestOf(reads), failure, failedAt };
}

/** @returns the state in words: `unreachable (reset)`, `late (7 pages hold no articles)`. */
export function describeState({
  state,
  reason,
  withoutArticle,
}: Pick<Freshness, 'state' | 'reason' | 'withoutArticle'>): string {
  if (reason === 'noArticles') return `${state} (${withoutArticle.pages} pages hold no articles)`;
  const words = state === 'neverRead' ? 'never read' : state;
  return reason === null ? words : `${words} (${reason})`;
}

/** @returns the last time at which any of its lists was read. */
export function lastReadOf({ lists }: Freshness): string | null {
  return lists.reduce<string | null>(
    (newest, { lastReadAt: at }) => (newest === null || (at !== null && at > newest) ? at : newest),
    null,
  );
}

function newestOf(events: readonly Event[]): string | null {
  return events.reduce<string | null>(
    (newest, { lastAt }) => (newest === null || lastAt > newest ? lastAt : newest),
    null,
  );
}

/** @returns the first of the events that lie after the instant; of one that was seen before it too, its last time. */
function onsetOf(events: readonly Event[], after: string | null): string | null {
  const onsets = events
    .filter(({ lastAt }) => after === null || lastAt > after)
    .map(({ firstAt, lastAt }) => (after === null || firstAt > after ? firstAt : lastAt));
  return onsets.sort()[0] ?? null;
}

/** More of them are told by their number. */
const OFF_NAMED_MAX = 5;

/** @returns the editions that are off, in words: by name, or how many; '' where none is. Pure. */
export function wordsOfOff(rows: readonly Pick<Freshness, 'edition' | 'topic' | 'state'>[]): string {
  const names = rows.flatMap(({ edition, topic, state }) => (state === 'off' && topic === null ? [edition] : []));
  return names.length > OFF_NAMED_MAX
    ? `${names.length} editions, which \`crawl --edition\` may still name`
    : names.join(', ');
}
