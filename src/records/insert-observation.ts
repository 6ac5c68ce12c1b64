import { absorbObservation, addEdition } from './absorb-observation.js';
import { appendPictures } from './picture-history.js';
import { stateOf, topOf, type EditionHistory, type HistoryState, type RecordHistories } from './record-histories.js';
import { stateKey } from './state-key.js';
import type { Observation, TimelineEntry } from './timeline.js';

/**
 * Puts an observation where the times of the record's states say: for records whose other observations cannot be read again (captures
 * thrown away, catalogue rebuilt without them). Text is never lost; the moment at which a state was seen a second time may be.
 *
 * @param after  The next later observation of the page, if one is known.
 */
export function insertObservation(
  open: RecordHistories,
  observation: Observation,
  after: TimelineEntry | null,
): RecordHistories {
  const { article, capture } = observation;
  const history = open.editions.get(article.edition);
  if (!history) return addEdition(open, observation);
  const state = stateOf(article, capture.fetchedAt);
  const isPrimary = history.edition === open.primary;
  const found = history.states.findIndex((other) => other.seenAt > state.seenAt);
  const index = found < 0 ? history.states.length : found;
  const earlier = history.states[index - 1];
  const later = history.states[index];
  if (!earlier && article.topics.length === 0) return open;
  const isNewest = after === null && isNewestObservation(open, observation);
  const pictures = isNewest && isPrimary ? appendPictures(open.pictures, observation) : open.pictures;
  const absorbed = (states: readonly HistoryState[]): RecordHistories => ({
    ...absorbObservation(open, { ...history, states }, observation, isNewest),
    pictures,
  });
  // Of one second, the record does not tell which came first: equal to one of them, or to the one before them, is no edit.
  const before = history.states.findLast((other) => other.seenAt < state.seenAt);
  const near = [before, ...history.states.filter((other) => other.seenAt === state.seenAt)];
  if (near.some((other) => other && isSame(other, state, isPrimary))) return absorbed(history.states);
  const states = [...history.states];
  if (later && isSame(later, state, isPrimary)) {
    states[index] = state;
  } else {
    states.splice(index, 0, state);
    // The newest state was seen again after this observation, so it stands on top again.
    if (!later && earlier && after) states.push({ ...earlier, seenAt: after.fetchedAt });
  }
  const takesTop = isPrimary && isTop(states, state);
  return takesTop ? { ...absorbed(states), top: topOf(article, capture) } : absorbed(states);
}

/** How many states the record's edition shows: tells whether an insertion was an edit. */
export function countStates(open: RecordHistories, edition: string): number {
  return open.editions.get(edition)?.states.length ?? 0;
}

/** Whether no later sight of the article is known, as far as the record tells. */
export function isNewestObservation(open: RecordHistories, { capture }: Observation): boolean {
  return open.lastSeenAt === null || capture.fetchedAt >= open.lastSeenAt;
}

/** A record keeps no tags for the newest state of a rendition, so renditions are compared without. */
function isSame(a: HistoryState, b: HistoryState, withTags: boolean): boolean {
  return withTags ? a.key === b.key : stateKey({ ...a, tags: [] }) === stateKey({ ...b, tags: [] });
}

function isTop(states: EditionHistory['states'], state: HistoryState): boolean {
  return states.at(-1) === state;
}
