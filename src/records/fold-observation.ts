import type { Article } from '../domain/article.js';
import { absorbObservation, addEdition } from './absorb-observation.js';
import { foldObservations, primaryEdition } from './fold-observations.js';
import { countStates, insertObservation, isNewestObservation } from './insert-observation.js';
import { appendPictures, isToldBy } from './picture-history.js';
import {
  closeRecord,
  openRecord,
  stateOf,
  topOf,
  type EditionHistory,
  type RecordHistories,
} from './record-histories.js';
import { entryOf, placeIn, type Observation, type Place, type Timeline, type TimelineEntry } from './timeline.js';

/** What an observation is to the article; `duplicate` is decided later, from other articles. */
export type FoldOutcome = 'new' | 'revised' | 'unchanged' | 'rendition' | 'offTopic';

/** What is known before the observation is folded. */
export interface FoldContext {
  /** Earlier folded observations of the same page; empty although `known` is `edition`: they were lost. */
  readonly timeline: Timeline;
  /** Whether the article, or this very edition of it, was stored before. */
  readonly known: 'none' | 'otherEdition' | 'edition';
  /** Whether the caller can hand all observations to {@link foldObservations} when asked to. */
  readonly canRefold: boolean;
}

export type Folded =
  | {
      readonly kind: 'folded';
      /** null only for an observation off topic of an article that is not stored. */
      readonly record: Article | null;
      readonly outcome: FoldOutcome;
      /** Whether the record differs from the one given. */
      readonly changed: boolean;
    }
  /** The record alone does not tell the result: fold all observations of the article, this one among them. */
  | { readonly kind: 'refold'; readonly outcome: FoldOutcome };

/**
 * Adds one observation to a record, so that the record stays what {@link foldObservations} makes of all observations.
 *
 * @param record       The article as stored, null if it is not. It may already hold the observation (a batch whose commit was lost).
 * @param observation  What a page showed.
 * @param context      See {@link FoldContext}; with `canRefold: false` a late observation is put where the states' times say.
 *
 * A record keeps states, not observations. So where an observation arrives late between two that showed the same other state, is older
 * than one that did not count, or changes a rendition (of which the record keeps neither tags nor validators), the answer is `refold`.
 * Everything else, that is every arrival in order, is exact from the record. The outcome is a function of the context only, so that
 * settling one capture again after a crash says the same. Pure.
 */
export function foldObservation(record: Article | null, observation: Observation, context: FoldContext): Folded {
  const entry = entryOf(observation);
  if (record !== null && context.known === 'edition' && context.timeline.length === 0) {
    return foldWithoutTimeline(record, observation);
  }
  const place = placeIn(context.timeline, entry);
  const outcome = outcomeOf(entry, place, context.known);
  if (!entry.onTopic && place.before === null) return { kind: 'folded', record, outcome: 'offTopic', changed: false };
  if (record === null) {
    if ((place.first ?? place.after) !== null && context.canRefold) return { kind: 'refold', outcome };
    const first = foldObservations([observation]);
    return { kind: 'folded', record: first, outcome, changed: first !== null };
  }
  const open = openRecord(record);
  const isNewest = place.after === null && (context.canRefold || isNewestObservation(open, observation));
  const next = fold(open, observation, entry, place, isNewest);
  if (next === null && context.canRefold) return { kind: 'refold', outcome };
  if (next !== null) return closed(record, next, outcome);
  const inserted = insertObservation(open, observation, place.after);
  return closed(record, inserted, outcome === 'revised' ? editOrNot(open, inserted, observation) : outcome);
}

function foldWithoutTimeline(record: Article, observation: Observation): Folded {
  const open = openRecord(record);
  const next = insertObservation(open, observation, null);
  return closed(record, next, editOrNot(open, next, observation));
}

function editOrNot(before: RecordHistories, after: RecordHistories, { article }: Observation): 'revised' | 'unchanged' {
  return countStates(after, article.edition) > countStates(before, article.edition) ? 'revised' : 'unchanged';
}

function closed(record: Article, next: RecordHistories, outcome: FoldOutcome): Folded {
  const folded = closeRecord(next);
  return { kind: 'folded', record: folded, outcome, changed: JSON.stringify(folded) !== JSON.stringify(record) };
}

function outcomeOf(entry: TimelineEntry, place: Place, known: FoldContext['known']): FoldOutcome {
  const { before, after, first } = place;
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
  place: Place,
  isNewest: boolean,
): RecordHistories | null {
  if (place.tied) return null;
  const history = open.editions.get(observation.article.edition);
  if (!history) {
    return place.after === null && canTakeEdition(open, entry, observation) ? addEdition(open, observation) : null;
  }
  const isHeld = isHeldAlready(open, history, observation, entry);
  if (isHeld || place.before?.stateKey === entry.stateKey) {
    const absorbed = absorbObservation(open, history, observation, isNewest);
    return withPictures(absorbed, observation, place);
  }
  const newest = history.states.at(-1);
  const isAppended =
    place.before !== null && place.after === null && newest !== undefined && newest.seenAt < entry.fetchedAt;
  if (!isAppended || history.edition !== open.primary || newest.key === entry.stateKey) return null;
  const states = [...history.states, stateOf(observation.article, entry.fetchedAt)];
  const grown = absorbObservation(open, { ...history, states }, observation, isNewest);
  return withPictures({ ...grown, top: topOf(observation.article, observation.capture) }, observation, place);
}

/** @returns null where pictures changed between two observations: the record does not tell how long the ones before were shown. */
function withPictures(open: RecordHistories, observation: Observation, place: Place): RecordHistories | null {
  if (observation.article.edition !== open.primary) return open;
  if (isToldBy(open.pictures, observation)) return open;
  // Not so where a batch wrote the file and its commit was lost: the record is ahead of what is known of its observations.
  const isNewest = place.after === null && (open.pictures.at(-1)?.seenAt ?? '') < observation.capture.fetchedAt;
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
  const top = open.top.capture;
  return (
    history.edition === open.primary &&
    history.states.at(-1)?.key === entry.stateKey &&
    top?.file === capture.file &&
    top.offset === capture.offset
  );
}
