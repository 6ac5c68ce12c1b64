import type { Article, Revision } from '../../domain/article.js';
import { contentHashOf } from '../../dedupe/comparable-text.js';

/**
 * @returns the record with its hashes as today's folding makes them; the very same one if that on top is right. Earlier states and
 *          renditions are hashed without the dateline of the text on top, the only one that a record keeps. Pure.
 */
export function withTodaysHashes(record: Article): Article {
  const { dateline } = record;
  const contentHash = contentHashOf(record);
  if (contentHash === record.contentHash) return record;
  const rehashed = (revisions: readonly Revision[], language: string): Revision[] =>
    revisions.map((state) => ({ ...state, contentHash: contentHashOf({ ...state, language, dateline }) }));
  return {
    ...record,
    contentHash,
    revisions: rehashed(record.revisions, record.language),
    renditions: record.renditions.map((rendition) => {
      const { language, revisions } = rendition;
      const renewed = { ...rendition, contentHash: contentHashOf({ ...rendition, dateline }) };
      return revisions === undefined ? renewed : { ...renewed, revisions: rehashed(revisions, language) };
    }),
  };
}
