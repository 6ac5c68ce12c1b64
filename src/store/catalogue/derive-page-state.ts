import type { EndState } from '../../domain/page.js';

/** What a capture of an article's page turned out to be. The closed list. */
export type CaptureKind =
  'article' | 'notModified' | 'gone' | 'notArticle' | 'quarantined' | 'unreachable' | 'list' | 'readerChange';

/** One processed capture of a page. */
export interface PageEvent {
  readonly kind: CaptureKind;
  /** Seconds since 1970. */
  readonly fetchedAt: number;
  readonly onTopic: boolean;
  readonly reason: string | null;
}

/** What a page is, by all that happened to it. Instants in seconds since 1970. */
export interface PageState {
  readonly endState: EndState;
  readonly reason: string | null;
  readonly lastFetchedAt: number | null;
  /** Attempts in a row, since the newest answer, that got none. */
  readonly failures: number;
  readonly lastFailure: string | null;
  /** The newest of these attempts; null: the newest attempt was answered. */
  readonly failedAt: number | null;
  /** First of the answers, since it was last seen standing, that said it is gone; from one such answer on. */
  readonly goneSuspectedAt: number | null;
  /** The same once a second such answer confirms it. */
  readonly goneAt: number | null;
}

const CONFIRMING_ANSWERS = 2;

/**
 * @param events     Every processed capture of one page, in any order.
 * @param touchedAt  Newest 304; those need not be among the events.
 * @param isStored   The article file is known to hold this page although its captures are not at hand.
 *
 * A page that has once been stored stays so until it is confirmed gone: a block page, a failure, a page that cannot be read or that comes
 * without its text, as the site is known to send now and then, changes nothing about what is known. Any other page is what its newest answer says. Pure; a function of the set of events.
 */
export function derivePageState(events: readonly PageEvent[], touchedAt: number | null, isStored: boolean): PageState {
  const answers = events.filter((event) => event.kind !== 'unreachable' && event.kind !== 'list');
  const failures = events.filter((event) => event.kind === 'unreachable');
  const lastFetchedAt = newest([...answers.map((event) => event.fetchedAt), touchedAt]);
  const stored = isStored || answers.some((event) => event.kind === 'article' && event.onTopic);
  const stoodAt = newest([
    ...events.filter(({ kind }) => kind === 'article').map((event) => event.fetchedAt),
    touchedAt,
  ]);
  const gone = byTime(answers.filter(({ kind, fetchedAt }) => kind === 'gone' && fetchedAt > (stoodAt ?? -Infinity)));
  const goneSuspectedAt = gone[0]?.fetchedAt ?? null;
  const goneAt = gone.length >= CONFIRMING_ANSWERS ? goneSuspectedAt : null;
  const unanswered = byTime(failures.filter((event) => event.fetchedAt > (lastFetchedAt ?? -Infinity)));
  const [endState, reason] = stored
    ? storedState(goneAt, gone)
    : answeredState(byTime(answers.filter(({ kind }) => kind !== 'notModified')).at(-1), byTime(failures).at(-1));
  const last = unanswered.at(-1);
  const failed = { failures: unanswered.length, lastFailure: last?.reason ?? null, failedAt: last?.fetchedAt ?? null };
  return { endState, reason, lastFetchedAt, ...failed, goneSuspectedAt, goneAt };
}

function storedState(goneAt: number | null, gone: readonly PageEvent[]): [EndState, string | null] {
  const [first] = gone;
  if (goneAt === null || !first) return ['stored', null];
  return ['gone', first.reason];
}

/** The page of an article, shown without its text. */
export function isEmptied(event: PageEvent): boolean {
  return event.kind === 'notArticle' && event.reason === 'emptyBody';
}

function answeredState(answer: PageEvent | undefined, failure: PageEvent | undefined): [EndState, string | null] {
  if (answer?.kind === 'article') return ['offTopic', answer.reason];
  if (answer?.kind === 'gone' || answer?.kind === 'notArticle' || answer?.kind === 'quarantined') {
    return [answer.kind, answer.reason];
  }
  return failure ? ['unreachable', failure.reason] : ['pending', null];
}

/** Ties by kind and reason, so that the order of arrival does not show. */
function byTime(events: readonly PageEvent[]): PageEvent[] {
  const rank = (event: PageEvent): string => `${event.kind} ${event.reason ?? ''}`;
  return [...events].sort((a, b) => a.fetchedAt - b.fetchedAt || (rank(a) < rank(b) ? -1 : 1));
}

function newest(instants: readonly (number | null)[]): number | null {
  const known = instants.filter((instant) => instant !== null);
  return known.length === 0 ? null : Math.max(...known);
}
