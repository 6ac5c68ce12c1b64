import type { DuplicateOf } from '../domain/article.js';
import type { ArticleKey } from '../domain/page.js';
import { compareCanonically } from './canonical-order.js';
import { chooseLeader } from './choose-leader.js';
import type { ComparableText } from './comparable-text.js';
import { compareTexts } from './compare-texts.js';
import { isCandidate } from './is-candidate.js';
import type { Entry } from './neighbour-index.js';
import type { DedupeSettings } from './settings.js';

/** An entry with its text. */
export interface IndexedText {
  readonly entry: Entry;
  readonly text: ComparableText;
}

/**
 * Decides the links of a whole corpus from nothing; the definition that `decideLinks` keeps up step by step.
 *
 * @param articles  Every article, in any order. Links that entries carry are not read.
 * @param settings  Threshold, window, cap.
 * @returns         The link of each key in canonical order; null for an original.
 *
 * Pure: a function of the set. Articles are taken in canonical order. The first with a content hash is that text's
 * original, the others its exact duplicates. An original of its text that is near to an earlier one which is not linked
 * itself is that one's near duplicate. Looks at every pair, so that it is plain; for small sets.
 */
export function linksOf(
  articles: Iterable<IndexedText>,
  settings: DedupeSettings,
): Map<ArticleKey, DuplicateOf | null> {
  const sorted = [...articles].sort((a, b) => compareCanonically(a.entry, b.entry));
  const firstOfContent = new Map<string, ArticleKey>();
  const originals = new Map<ArticleKey, IndexedText>();
  const links = new Map<ArticleKey, DuplicateOf | null>();
  for (const article of sorted) {
    const { entry, text } = article;
    const first = firstOfContent.get(entry.contentHash);
    if (first !== undefined) {
      links.set(entry.key, { id: first, kind: 'exact', similarity: 1 });
      continue;
    }
    firstOfContent.set(entry.contentHash, entry.key);
    const earlier = [...originals.values()].filter((other) => isCandidate(entry, other.entry, settings));
    const link = chooseLeader(
      entry,
      earlier.map((other) => other.entry),
      settings.comparedMax,
      ({ key }) => compareTexts(text, originals.get(key)?.text ?? text, settings),
    );
    links.set(entry.key, link);
    if (link === null) originals.set(entry.key, article);
  }
  return links;
}
