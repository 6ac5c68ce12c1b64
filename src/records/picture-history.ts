import type { Article, ArticleImage, PictureState } from '../domain/article.js';
import type { Observation } from './timeline.js';

/** Later changes of one article's pictures are not kept: a page whose addresses change with every visit must not grow its record without end. */
const PICTURE_STATES_MAX = 50;

/** What one edition has shown, oldest first; never empty. Unlike revisions it is kept apart: other pictures alone make no revision. */
export type PictureHistory = readonly PictureState[];

/** @returns the history that a record tells; the pictures on top are the only ones where it keeps none. */
export function picturesOf({ pictures, images, revisions, capture, firstSeenAt }: Article): PictureHistory {
  return pictures ?? [{ seenAt: revisions[0]?.seenAt ?? capture?.fetchedAt ?? firstSeenAt ?? '', images }];
}

/** @param observations  Of one edition, in order, those that do not count left out; at least one. */
export function picturesSeen(observations: readonly Observation[]): PictureHistory {
  return observations.reduce<PictureHistory>((history, observation) => appendPictures(history, observation), []);
}

/** Adds an observation that is newer than all others. */
export function appendPictures(history: PictureHistory, { article, capture }: Observation): PictureHistory {
  const { images } = article;
  const newest = history.at(-1);
  const isKnown = newest !== undefined && areSame(newest.images, images);
  if (isKnown || history.length >= PICTURE_STATES_MAX) return history;
  return [...history, { seenAt: capture.fetchedAt, images: [...images] }];
}

/** Whether an observation between others shows the pictures that are known to have been in force then. */
export function isToldBy(history: PictureHistory, { article, capture }: Observation): boolean {
  const inForce = history.findLast((state) => state.seenAt <= capture.fetchedAt);
  return inForce !== undefined && areSame(inForce.images, article.images);
}

function areSame(a: readonly ArticleImage[], b: readonly ArticleImage[]): boolean {
  const words = (images: readonly ArticleImage[]): string =>
    JSON.stringify(images.map(({ url, caption, credit }) => [url, caption, credit]));
  return words(a) === words(b);
}
