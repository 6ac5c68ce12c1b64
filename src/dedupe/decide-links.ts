import type { DuplicateOf } from '../domain/article.js';
import type { ArticleKey } from '../domain/page.js';
import { compareTexts, type Comparison } from './compare-texts.js';
import { estimateSimilarity } from './fingerprint.js';
import { compareCanonically, type Entry, type NeighbourIndex } from './neighbour-index.js';
import type { DedupeSettings } from './settings.js';

/** What has changed since the links in the index were decided. */
export interface ChangedSet {
  /** Articles added, revised (text or publication time) or removed. */
  readonly changed: readonly ArticleKey[];
  /** What the index held of them before: none for those added. */
  readonly previous: readonly Entry[];
}

/** A link that has become another. */
export interface LinkChange {
  readonly key: ArticleKey;
  readonly before: DuplicateOf | null;
  readonly duplicateOf: DuplicateOf | null;
}

function sameLink(a: DuplicateOf | null, b: DuplicateOf | null): boolean {
  return a?.id === b?.id && a?.kind === b?.kind && a?.similarity === b?.similarity;
}

/** One round of decisions; lives for one call. */
class Round {
  /** Links as they were before the round, of those decided in it. */
  private readonly before = new Map<ArticleKey, DuplicateOf | null>();
  /** First of their content, to be decided against earlier originals. */
  private readonly queue = new CanonicalQueue();

  constructor(
    private readonly index: NeighbourIndex,
    private readonly settings: DedupeSettings,
    private readonly changed: ReadonlySet<ArticleKey>,
  ) {}

  run(previous: readonly Entry[]): LinkChange[] {
    const arrivals = new Map<string, Entry[]>();
    for (const { contentHash } of previous) arrivals.set(contentHash, []);
    for (const key of this.changed) {
      const entry = this.index.entry(key);
      if (entry === null) continue;
      const sameContent = arrivals.get(entry.contentHash);
      if (sameContent === undefined) arrivals.set(entry.contentHash, [entry]);
      else sameContent.push(entry);
    }
    for (const [contentHash, entries] of arrivals) this.decideExact(contentHash, entries);
    // Only an original bears on others: those that a state which is no more has borne on are decided again.
    for (const entry of previous) if (entry.link === null) this.queueLater(entry);
    for (let next = this.queue.pop(); next !== null; next = this.queue.pop()) this.decideNear(next);
    return this.changes();
  }

  /**
   * Links the texts that repeat one content. While the first of them stays the first, the others point to it already, and only what came is
   * looked at, however many there are.
   */
  private decideExact(contentHash: string, arrived: readonly Entry[]): void {
    const first = this.index.firstOfContent(contentHash);
    if (first === null) return;
    const isProcessed = !this.changed.has(first.key) && first.link?.kind !== 'exact';
    const members = isProcessed ? arrived : this.index.sameContent(contentHash);
    const link: DuplicateOf = { id: first.key, kind: 'exact', similarity: 1 };
    for (const member of members) {
      if (member.key === first.key) continue;
      this.decide(member, link);
      if (member.link === null && !this.changed.has(member.key)) this.queueLater(member);
    }
    if (!isProcessed) this.queue.push(first);
  }

  private decide(entry: Entry, link: DuplicateOf | null): void {
    if (!this.before.has(entry.key)) this.before.set(entry.key, entry.link);
    if (this.changed.has(entry.key) || !sameLink(entry.link, link)) this.index.link(entry.key, link);
  }

  /** An article bears only on those after it: they are decided again when it begins or ceases to be an original. */
  private queueLater(entry: Entry): void {
    for (const other of this.index.candidates(entry, 'standing')) {
      if (compareCanonically(other, entry) > 0) this.queue.push(other);
    }
  }

  /** Every earlier article is decided by now, so the index tells the originals before this one. */
  private decideNear(queued: Entry): void {
    const entry = this.index.entry(queued.key);
    if (entry === null || this.isExactByNow(entry)) return;
    const earlier = this.index.candidates(entry, 'originals').filter((other) => compareCanonically(other, entry) < 0);
    const link = chooseLeader(entry, earlier, this.settings.comparedMax, (other) =>
      compareTexts(this.index.textOf(entry.key), this.index.textOf(other.key), this.settings),
    );
    const wasOriginal = entry.link === null && !this.changed.has(entry.key);
    this.decide(entry, link);
    if (wasOriginal !== (link === null)) this.queueLater(entry);
  }

  /** Queued before its content got another first. */
  private isExactByNow(entry: Entry): boolean {
    return entry.link?.kind === 'exact' && this.index.firstOfContent(entry.contentHash)?.key !== entry.key;
  }

  private changes(): LinkChange[] {
    const changes: LinkChange[] = [];
    for (const [key, before] of this.before) {
      const duplicateOf = this.index.entry(key)?.link ?? null;
      if (!sameLink(before, duplicateOf)) changes.push({ key, before, duplicateOf });
    }
    return changes.sort((a, b) => (a.key < b.key ? -1 : 1));
  }
}

/**
 * Re-decides the links that a change can affect, and writes them to the index.
 *
 * @param change    Keys added, revised or removed since, and what the index held of them before.
 * @param index     The set after the change. Entries carry the links in force before it (null for new ones); of those changed none
 *                  is decided, the others all are.
 * @param settings  The same as ever before; others call for deciding everything again.
 * @returns         The links that have become others, by key. Afterwards the index holds what deciding every article from nothing would give.
 *
 * A function of the set, so the order of arrival does not show. Decisions depend only on earlier articles in canonical order, so
 * affected ones are taken in that order, each once at most; the cascade stops where an article stays what it was.
 *
 * Cost: the neighbours of what changed, not the corpus, nor the number of copies: a further copy of a text costs a look at its original,
 * whether it is exact or near. Only where a new original comes before all its copies does each of them have to be pointed to it.
 */
export function decideLinks(change: ChangedSet, index: NeighbourIndex, settings: DedupeSettings): LinkChange[] {
  return new Round(index, settings, new Set(change.changed)).run(change.previous);
}

/**
 * Finds the original that an article nearly repeats: the earliest of the earlier originals it is near to.
 *
 * @param entry        The article.
 * @param originals    The originals among its candidates that come before it in canonical order.
 * @param comparedMax  At most so many are compared, the most alike by their sketches first; ties in canonical order.
 * @param compare      Compares the article's text with that of another.
 * @returns            The link, or null: the article is an original itself.
 *
 * A pure function of the sets given, whatever their order.
 */
export function chooseLeader(
  entry: Entry,
  originals: readonly Entry[],
  comparedMax: number,
  compare: (other: Entry) => Comparison,
): DuplicateOf | null {
  const compared = originals
    .map((original) => ({ original, likeness: estimateSimilarity(entry.sketch, original.sketch) }))
    .sort((a, b) => b.likeness - a.likeness || compareCanonically(a.original, b.original))
    .slice(0, comparedMax)
    .map(({ original }) => original);
  for (const original of compared.sort(compareCanonically)) {
    const { kind, similarity } = compare(original);
    if (kind === 'near') return { id: original.key, kind, similarity };
  }
  return null;
}

/** Gives entries out in canonical order, each key once for good. */
export class CanonicalQueue {
  /** The first in canonical order stands last. */
  private readonly waiting: Entry[] = [];
  private readonly seen = new Set<ArticleKey>();

  /** Takes an entry in, unless its key was ever taken in before. */
  push(entry: Entry): void {
    if (this.seen.has(entry.key)) return;
    this.seen.add(entry.key);
    let low = 0;
    for (let high = this.waiting.length; low < high;) {
      const middle = (low + high) >> 1;
      const other = this.waiting[middle];
      if (other !== undefined && compareCanonically(entry, other) < 0) low = middle + 1;
      else high = middle;
    }
    this.waiting.splice(low, 0, entry);
  }

  /** @returns the first entry in canonical order, or null when there is none. */
  pop(): Entry | null {
    return this.waiting.pop() ?? null;
  }
}
