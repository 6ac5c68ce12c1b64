import { earliest, primaryEdition } from './fold-observations.js';
import { picturesSeen } from './picture-history.js';
import { stateOf, topOf, type EditionHistory, type RecordHistories } from './record-histories.js';
import type { Observation } from './timeline.js';

/**
 * The edition's states stay as they are; addresses and times take the observation in.
 *
 * @param isNewest  Whether no later observation of the page is known; its address is then the edition's.
 */
export function absorbObservation(
  open: RecordHistories,
  history: EditionHistory,
  { article, capture }: Observation,
  isNewest: boolean,
): RecordHistories {
  const url = isNewest ? article.url : history.url;
  const publishedAt = earliest([history.publishedAt, article.publishedAt]);
  return {
    ...open,
    editions: new Map([...open.editions, [history.edition, { ...history, url, publishedAt }]]),
    urls: new Set([...open.urls, article.url]),
    publishedAt: earliest([open.publishedAt, article.publishedAt]),
    firstSeenAt: earliest([open.firstSeenAt, capture.fetchedAt]),
    lastSeenAt: latest(open.lastSeenAt, capture.fetchedAt),
  };
}

/** Adds a further edition of the family; it takes the top if it comes first by rule, and the record's text becomes a rendition. */
export function addEdition(open: RecordHistories, observation: Observation): RecordHistories {
  const { article, capture } = observation;
  const { edition, url, language, publishedAt } = article;
  const history = { edition, url, language, publishedAt, states: [stateOf(article, capture.fetchedAt)] };
  const grown = absorbObservation(open, history, observation, true);
  const primary = primaryEdition(open.family, [...grown.editions.keys()]);
  if (primary === open.primary) return grown;
  return { ...grown, primary, top: topOf(article, capture), pictures: picturesSeen([observation]) };
}

function latest(a: string | null, b: string): string {
  return a !== null && a > b ? a : b;
}
