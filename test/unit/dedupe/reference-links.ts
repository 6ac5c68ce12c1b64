import type { DuplicateOf } from '../../../src/domain/article.js';
import type { ArticleKey } from '../../../src/domain/page.js';
import {
  compareCanonically,
  type Entry,
  leastSimilarity,
  type DedupeSettings,
} from '../../../src/dedupe/neighbour-index.js';
import { chooseLeader } from '../../../src/dedupe/decide-links.js';
import type { ComparableText } from '../../../src/dedupe/comparable-text.js';
import { compareTexts } from '../../../src/dedupe/compare-texts.js';
import { mayReach } from '../../../src/dedupe/fingerprint.js';
import { atOnce } from '../../../src/platform/in-turns.js';

/** An entry with its text. */
export interface IndexedText {
  readonly entry: Entry;
  readonly text: ComparableText;
}

/**
 * Decides the links of a whole corpus from nothing: the definition that `decideLinks` keeps up step by step.
 *
 * @param articles  Every article, in any order. Links that entries carry are not read.
 * @param settings  Threshold, window, cap.
 * @returns         The link of each key in canonical order; null for an original.
 *
 * Pure: a function of the set. Articles are taken in canonical order. The first with a content hash is that text's
 * original, the others its exact duplicates. An original of its text that is near to an earlier one which is not linked
 * itself, and which it meets through a band, is that one's near duplicate. Looks at every pair, so that it is plain; for small sets.
 */
export function linksOf(
  articles: Iterable<IndexedText>,
  settings: DedupeSettings,
): Map<ArticleKey, DuplicateOf | null> {
  const sorted = [...articles].sort((a, b) => compareCanonically(a.entry, b.entry));
  const firstOfContent = new Map<string, ArticleKey>();
  /** Originals and near duplicates, in canonical order, each with its original. */
  const met: Met[] = [];
  const texts = new Map<ArticleKey, ComparableText>();
  const links = new Map<ArticleKey, DuplicateOf | null>();
  for (const article of sorted) {
    const { entry, text } = article;
    const first = firstOfContent.get(entry.contentHash);
    if (first !== undefined) {
      links.set(entry.key, { id: first, kind: 'exact', similarity: 1 });
      continue;
    }
    firstOfContent.set(entry.contentHash, entry.key);
    const rivals = metBy(entry, met, settings);
    const compare = ({ key }: Entry) => compareTexts(text, texts.get(key) ?? text, settings);
    const link = atOnce(chooseLeader(entry, rivals, settings.comparedMax, compare));
    links.set(entry.key, link);
    texts.set(entry.key, text);
    const original = link === null ? entry : met.find((other) => other.entry.key === link.id)?.entry;
    if (original !== undefined) met.push({ entry, original });
  }
  return links;
}

interface Met {
  readonly entry: Entry;
  readonly original: Entry;
}

/** @returns the originals an entry is compared with; see `NeighbourIndex.originalsBefore`. */
function metBy(entry: Entry, met: readonly Met[], settings: DedupeSettings): Entry[] {
  const { windowDays, perBandMax } = settings;
  const isNear = (other: Entry): boolean => isWithinWindow(other.publishedAt, entry.publishedAt, windowDays);
  const near = met.filter((other) => isNear(other.entry));
  const last = entry.bands.flatMap((band) =>
    near.filter((other) => other.entry.bands.includes(band)).slice(-perBandMax),
  );
  const originals = [...new Set(last.map(({ original }) => original))].filter(isNear);
  return originals.filter(({ sketch }) => mayReach(leastSimilarity(settings), entry.sketch, sketch));
}

const DAY_MS = 86_400_000;

/**
 * @param a, b        UTC instants, or null where the time is not known.
 * @param windowDays  Greatest distance in days, both ends included.
 * @returns           Whether the two lie so close together; false if either is not known.
 */
function isWithinWindow(a: string | null, b: string | null, windowDays: number): boolean {
  if (a === null || b === null) return false;
  return Math.abs(Date.parse(a) - Date.parse(b)) <= windowDays * DAY_MS;
}
