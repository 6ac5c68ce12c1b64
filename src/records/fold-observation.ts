import type { Article } from '../domain/article.js';
import { earliest, foldObservations, primaryEdition } from './fold-observations.js';
import {
  appendPictures,
  closeRecord,
  openRecord,
  picturesSeen,
  showsPicturesInForce,
  stateOf,
  type EditionHistory,
  type HistoryState,
  type RecordHistories,
} from './record-histories.js';
import {
  entryOf,
  neighboursIn,
  stateKey,
  type Neighbourhood,
  type Observation,
  type Timeline,
  type TimelineEntry,
} from './timeline.js';

/** What an observation is to the article; `duplicate` is decided later, from other articles. */
export type FoldOutcome = 'new' | 'revised' | 'unchanged' | 'rendition' | 'offTopic';

/** What is known before the observation is added. */
export interface FoldContext {
  /** Earlier folded observations of the same page; empty although `known` is `edition`: they were lost. */
  readonly timeline: Timeline;
  /** Whether the article, or this very edition of it, was stored before. */
  readonly known: 'none' | 'otherEdition' | 'edition';
  /** Whether the caller can hand all observations to {@link foldObservations} when asked to. */
  readonly canRefold: boolean;
}

type Folded =
  | {
      readonly kind: 'folded';
      /** null only for an observation off topic of an article that is not stored. */
      readonly record: Article | null;
      readonly outcome: FoldOutcome;
    }
  /** The record alone does not tell the result: fold all observations of the article, this one among them. */
  | { readonly kind: 'refold'; readonly outcome: FoldOutcome };

/**
 * Adds one observation to a record. The result equals what {@link foldObservations} makes of all observations.
 *
 * @param record       The article as stored, null if it is not. It may already hold the observation (a batch whose
 * commit was lost).
 * @param observation  What a page showed.
 * @param context      See {@link FoldContext}; with `canRefold: false` a late observation is put where the states'
 * times say.
 *
 * A record keeps states, not observations. So where an observation arrives late between two that showed the same other
 * state, is older than one that did not count, or changes a rendition (of which the record keeps neither tags nor
 * validators), the answer is `refold`. Everything else, that is every arrival in order, is exact from the record. The
 * outcome is a function of the context only, so that processing one capture again after a crash says the same. Pure.
 */
export function foldObservation(record: Article | null, observation: Observation, context: FoldContext): Folded {
  const entry = entryOf(observation);
  if (record !== null && context.known === 'edition' && context.timeline.length === 0) {
    return foldWithoutTimeline(record, observation);
  }
  const near = neighboursIn(context.timeline, entry);
  const outcome = outcomeOf(entry, near, context.known);
  if (!entry.onTopic && near.before === null) return { kind: 'folded', record, outcome: 'offTopic' };
  if (record === null) {
    if ((near.first ?? near.after) !== null && context.canRefold) return { kind: 'refold', outcome };
    return { kind: 'folded', record: foldObservations([observation]), outcome };
  }
  const open = openRecord(record);
  const isNewest = near.after === null && (context.canRefold || isNewestObservation(open, observation));
  const next = fold(open, observation, entry, near, isNewest);
  if (next === null && context.canRefold) return { kind: 'refold', outcome };
  if (next !== null) return { kind: 'folded', record: closeRecord(next), outcome };
  const inserted = insertByTime(open, observation, near.after);
  const told = outcome === 'revised' ? editOrNot(open, inserted, observation) : outcome;
  return { kind: 'folded', record: closeRecord(inserted), outcome: told };
}

function foldWithoutTimeline(record: Article, observation: Observation): Folded {
  const open = openRecord(record);
  const next = insertByTime(open, observation, null);
  return { kind: 'folded', record: closeRecord(next), outcome: editOrNot(open, next, observation) };
}

/** An insertion was an edit if it added a state. */
function editOrNot(before: RecordHistories, after: RecordHistories, { article }: Observation): 'revised' | 'unchanged' {
  const statesOf = (open: RecordHistories): number => open.editions.get(article.edition)?.states.length ?? 0;
  return statesOf(after) > statesOf(before) ? 'revised' : 'unchanged';
}

function outcomeOf(entry: TimelineEntry, near: Neighbourhood, known: FoldContext['known']): FoldOutcome {
  const { before, after, first } = near;
  if (!entry.onTopic && !before) return 'offTopic';
  if (before?.stateKey === entry.stateKey) return 'unchanged';
  if (before ?? first) return after?.stateKey === entry.stateKey ? 'unchanged' : 'revised';
  if (known === 'edition') return 'unchanged';
  return known === 'otherEdition' ? 'rendition' : 'new';
}

/** @returns null where the record does not tell. */
function fold(
  open: RecordHistories,
  observation: Observation,
  entry: TimelineEntry,
  near: Neighbourhood,
  isNewest: boolean,
): RecordHistories | null {
  if (near.tied) return null;
  const history = open.editions.get(observation.article.edition);
  if (!history) {
    return near.after === null && canTakeEdition(open, entry, observation) ? addEdition(open, observation) : null;
  }
  const isHeld = isHeldAlready(open, history, observation, entry);
  if (isHeld || near.before?.stateKey === entry.stateKey) {
    const absorbed = absorbObservation(open, history, observation, isNewest);
    return withPictures(absorbed, observation, near);
  }
  const newest = history.states.at(-1);
  const isAppended =
    near.before !== null && near.after === null && newest !== undefined && newest.seenAt < entry.fetchedAt;
  if (!isAppended || history.edition !== open.primary || stateKey(newest) === entry.stateKey) return null;
  const states = [...history.states, stateOf(observation.article, entry.fetchedAt)];
  const grown = absorbObservation(open, { ...history, states }, observation, isNewest);
  return withPictures({ ...grown, newest: observation }, observation, near);
}

/** @returns null where pictures changed between two observations: the record does not tell how long the ones before were shown. */
function withPictures(open: RecordHistories, observation: Observation, near: Neighbourhood): RecordHistories | null {
  if (observation.article.edition !== open.primary) return open;
  if (showsPicturesInForce(open.pictures, observation)) return open;
  // This fails if a batch wrote the file and its commit was lost: the record is then ahead of its known observations.
  const isNewest = near.after === null && (open.pictures.at(-1)?.seenAt ?? '') < observation.capture.fetchedAt;
  return isNewest ? { ...open, pictures: appendPictures(open.pictures, observation) } : null;
}

/** Once there are renditions, the record does not tell whose publication time it carries. */
function canTakeEdition(open: RecordHistories, entry: TimelineEntry, { article }: Observation): boolean {
  const primary = primaryEdition(open.family, [...open.editions.keys(), article.edition]);
  return entry.onTopic && (primary === open.primary || open.editions.size === 1);
}

/** A batch wrote the file, and its commit was lost: the record's top is this very capture. */
function isHeldAlready(
  open: RecordHistories,
  history: EditionHistory,
  { capture }: Observation,
  entry: TimelineEntry,
): boolean {
  const top = open.newest.capture;
  const state = history.states.at(-1);
  return (
    history.edition === open.primary &&
    top?.file === capture.file &&
    top.offset === capture.offset &&
    state !== undefined &&
    stateKey(state) === entry.stateKey
  );
}

/**
 * Takes the times and the URL of an observation in; the edition's states stay as they are.
 *
 * @param isNewest  Whether no later observation of the page is known; its URL is then the edition's.
 */
function absorbObservation(
  open: RecordHistories,
  history: EditionHistory,
  { article, capture }: Observation,
  isNewest: boolean,
): RecordHistories {
  const url = isNewest ? article.url : history.url;
  const publishedAt = earliest([history.publishedAt, article.publishedAt]);
  const { lastSeenAt } = open;
  return {
    ...open,
    editions: new Map([...open.editions, [history.edition, { ...history, url, publishedAt }]]),
    urls: new Set([...open.urls, article.url]),
    publishedAt: earliest([open.publishedAt, article.publishedAt]),
    firstSeenAt: earliest([open.firstSeenAt, capture.fetchedAt]),
    lastSeenAt: lastSeenAt !== null && lastSeenAt > capture.fetchedAt ? lastSeenAt : capture.fetchedAt,
  };
}

/** Adds a further edition of the family; it takes the top if it comes first by rule, and the record's text becomes a rendition. */
function addEdition(open: RecordHistories, observation: Observation): RecordHistories {
  const { article, capture } = observation;
  const { edition, url, language, publishedAt } = article;
  const history = { edition, url, language, publishedAt, states: [stateOf(article, capture.fetchedAt)] };
  const grown = absorbObservation(open, history, observation, true);
  const primary = primaryEdition(open.family, [...grown.editions.keys()]);
  if (primary === open.primary) return grown;
  return { ...grown, primary, newest: observation, pictures: picturesSeen([observation]) };
}

/**
 * Puts an observation where the times of the record's states say: for records whose other observations cannot be read again (captures
 * thrown away, catalogue rebuilt without them). Text is never lost; the moment at which a state was seen a second time may be.
 *
 * @param after  The next later observation of the page, if one is known.
 */
function insertByTime(open: RecordHistories, observation: Observation, after: TimelineEntry | null): RecordHistories {
  const { article, capture } = observation;
  const history = open.editions.get(article.edition);
  if (!history) return addEdition(open, observation);
  const state = stateOf(article, capture.fetchedAt);
  if (article.topics.length === 0 && !history.states.some((other) => other.seenAt <= state.seenAt)) return open;
  const isPrimary = history.edition === open.primary;
  const isNewest = after === null && isNewestObservation(open, observation);
  const states = insertState(history.states, state, isPrimary, after);
  const absorbed = absorbObservation(open, { ...history, states }, observation, isNewest);
  const pictures = isNewest && isPrimary ? appendPictures(open.pictures, observation) : open.pictures;
  const newest = isPrimary && states.at(-1) === state ? observation : open.newest;
  return { ...absorbed, pictures, newest };
}

/** @param withTags  A record keeps no tags for the newest state of a rendition, so renditions are compared without. */
function insertState(
  known: readonly HistoryState[],
  state: HistoryState,
  withTags: boolean,
  after: TimelineEntry | null,
): readonly HistoryState[] {
  const keyOf = (one: HistoryState): string => stateKey(withTags ? one : { ...one, tags: [] });
  const key = keyOf(state);
  const isSame = (other: HistoryState): boolean => keyOf(other) === key;
  // Of one second, the record does not tell which came first: equal to one of them, or to the one before them, is no edit.
  const before = known.findLast((other) => other.seenAt < state.seenAt);
  const sameSecond = known.filter((other) => other.seenAt === state.seenAt);
  if ((before && isSame(before)) || sameSecond.some(isSame)) return known;
  const earlier = known.filter((other) => other.seenAt <= state.seenAt);
  const later = known.slice(earlier.length);
  if (later[0] && isSame(later[0])) return [...earlier, state, ...later.slice(1)];
  // The newest state was seen again after this observation, so it stands on top again.
  const newest = earlier.at(-1);
  const again = later.length === 0 && newest && after ? [{ ...newest, seenAt: after.fetchedAt }] : [];
  return [...earlier, state, ...later, ...again];
}

/** Whether no later observation of the article is known, as far as the record tells. */
function isNewestObservation(open: RecordHistories, { capture }: Observation): boolean {
  return open.lastSeenAt === null || capture.fetchedAt >= open.lastSeenAt;
}
