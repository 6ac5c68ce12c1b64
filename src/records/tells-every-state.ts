import type { Article } from '../domain/article.js';
import { openRecord } from './record-histories.js';

/**
 * Whether every state of a record was seen at one of the moments that are known: else a record that is folded again would lose text.
 *
 * @param momentsOf  When captures of the article in an edition were made, as UTC instants.
 */
export function tellsEveryState(record: Article, momentsOf: (edition: string) => ReadonlySet<string>): boolean {
  for (const [edition, history] of openRecord(record).editions) {
    const moments = momentsOf(edition);
    // A rendition that has not changed does not say when it was first seen.
    const isUntimed = edition !== record.edition && history.states.length === 1;
    if (isUntimed ? moments.size === 0 : !history.states.every(({ seenAt }) => moments.has(seenAt))) return false;
  }
  return true;
}

/** What captures of pages with a text do not tell: a 304 is a sight too, and withdrawal and links are told by other things. */
export function withWhatOthersTell(folded: Article, stored: Article | null): Article {
  if (stored === null) return folded;
  const { goneAt, lastSeenAt, duplicates, duplicateOf } = stored;
  return { ...folded, goneAt, lastSeenAt, duplicates, duplicateOf };
}
