import type { DuplicateOf } from '../domain/article.js';
import { PermanentError } from '../domain/errors.js';
import type { ArticleKey } from '../domain/page.js';
import { atOnce } from '../platform/in-turns.js';
import { compareTexts, type Comparison } from './compare-texts.js';
import { BAND_COUNT, estimateSimilarity, mayReach } from './fingerprint.js';
import {
  compareCanonically,
  type Entry,
  type NeighbourIndex,
  leastSimilarity,
  type DedupeSettings,
} from './neighbour-index.js';

/** The changes since the links in the index were decided. */
interface ChangedSet {
  /** Articles added, revised (text or publication time) or removed. */
  readonly changed: readonly ArticleKey[];
  /** What the index held of them before: none for those added. */
  readonly previous: readonly Entry[];
}

/** A link that has become another. */
interface LinkChange {
  readonly key: ArticleKey;
  readonly before: DuplicateOf | null;
  readonly duplicateOf: DuplicateOf | null;
}

function sameLink(a: DuplicateOf | null, b: DuplicateOf | null): boolean {
  return a?.id === b?.id && a?.kind === b?.kind && a?.similarity === b?.similarity;
}

function exactlyLike(first: Entry): DuplicateOf {
  return { id: first.key, kind: 'exact', similarity: 1 };
}

/** @returns the original that others meet through an article; null for an exact duplicate, whose original says the same. */
function originalMetBy(key: ArticleKey, link: DuplicateOf | null): ArticleKey | null {
  if (link === null) return key;
  return link.kind === 'exact' ? null : link.id;
}

/** One round of decisions; lives for one call. */
class Round {
  /** Links as they were before the round, of those decided in it. */
  private readonly before = new Map<ArticleKey, DuplicateOf | null>();
  /** First of their content, to be decided against earlier originals. */
  private readonly queue = new CanonicalQueue();
  /** For keys that are queued only because they meet other originals than before: these originals. */
  private readonly newlyMet = new Map<ArticleKey, Set<ArticleKey>>();
  /** Those among them that may meet the original no more to which they are linked. */
  private readonly mayHaveLost = new Set<ArticleKey>();
  /** Those queued for any other reason. */
  private readonly wholly = new Set<ArticleKey>();

  constructor(
    private readonly index: NeighbourIndex,
    private readonly settings: DedupeSettings,
    private readonly changed: ReadonlySet<ArticleKey>,
    private decisionsLeft: number,
  ) {}

  *run(previous: readonly Entry[]): Generator<undefined, LinkChange[]> {
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
    for (const entry of previous) if (originalMetBy(entry.key, entry.link) !== null) this.queueAfterLost(entry);
    for (const entry of this.index.postponed(this.decisionsLeft)) this.queueWholly(entry);
    for (let next = this.queue.pop(); next !== null; next = this.queue.pop()) yield* this.decideOrWait(next.key);
    return this.changes();
  }

  /** Where a text is out of reach an article keeps its link until that can be read; what changed waits with its own change. */
  private *decideOrWait(key: ArticleKey): Generator<undefined, void> {
    try {
      yield* this.decideAgain(key);
    } catch (error) {
      if (!(error instanceof PermanentError) || this.changed.has(key)) throw error;
      this.index.postpone(key, 'outOfReach');
    }
  }

  /**
   * Links the texts with the same content. As long as the first of them stays the first, the others already point to
   * it, and only the new ones are examined, however many there are.
   */
  private decideExact(contentHash: string, arrived: readonly Entry[]): void {
    const first = this.index.firstOfContent(contentHash);
    if (first === null) return;
    const isDecided = !this.changed.has(first.key) && first.link?.kind !== 'exact';
    for (const member of arrived) if (member.key !== first.key) this.decide(member, exactlyLike(first));
    if (!isDecided) for (const member of this.index.sameContent(contentHash)) this.queueWholly(member);
  }

  /** Takes a decision in, and queues those on which it bears: they meet this article, or through it its original. */
  private decide(entry: Entry, link: DuplicateOf | null): void {
    const isChanged = this.changed.has(entry.key);
    if (!this.before.has(entry.key)) this.before.set(entry.key, entry.link);
    if (!isChanged && !this.wholly.has(entry.key) && sameLink(entry.link, link)) return;
    this.index.link(entry.key, link);
    const was = isChanged ? null : originalMetBy(entry.key, entry.link);
    const is = originalMetBy(entry.key, link);
    if (is === was) return;
    if (is === null) this.queueAfterLost(entry);
    else this.queueAfterMet(entry, is, was);
  }

  private queueWholly(entry: Entry): void {
    this.wholly.add(entry.key);
    this.queue.push(entry);
  }

  /** Those who met an article that is met no more meet another one instead. */
  private queueAfterLost(entry: Entry): void {
    for (const other of this.index.meetersAfter(entry)) this.queueWholly(other);
  }

  /**
   * Those who meet an article meet its original `is`, where it was `was` before (null: the article is newly met, and may push another
   * out). Beyond that they meet only what they met before, or less.
   */
  private queueAfterMet(entry: Entry, is: ArticleKey, was: ArticleKey | null): void {
    const isUncapped = BAND_COUNT * this.settings.perBandMax <= this.settings.comparedMax;
    // An original that is not similar to the article that it newly meets keeps its decision.
    const original = is === entry.key ? entry : this.index.entry(is);
    for (const other of this.index.meetersAfter(entry, isUncapped ? original?.sketch : undefined)) {
      if (!isUncapped) this.queueWholly(other);
      if (!isUncapped || other.link?.id === is) continue;
      if (other.link !== null && (was === null || other.link.id === was)) this.mayHaveLost.add(other.key);
      this.newlyMet.set(other.key, (this.newlyMet.get(other.key) ?? new Set()).add(is));
      this.queue.push(other);
    }
  }

  /** Every earlier article is decided by now, so the index tells the originals before this one. */
  private *decideAgain(key: ArticleKey): Generator<undefined, void> {
    const isLeft = this.decisionsLeft === 0 && !this.changed.has(key);
    // Whether its original is still met takes as long to find out as to decide it.
    if (isLeft && (this.wholly.has(key) || this.mayHaveLost.has(key))) {
      this.index.postpone(key);
      return;
    }
    const entry = this.index.entry(key);
    if (entry === null || (!this.wholly.has(key) && (yield* this.staysLinked(entry)))) return;
    if (isLeft) {
      this.index.postpone(key);
      return;
    }
    if (!this.changed.has(key)) this.decisionsLeft -= 1;
    const first = this.index.firstOfContent(entry.contentHash);
    if (first !== null && first.key !== key) {
      this.decide(entry, exactlyLike(first));
      return;
    }
    const originals = this.index.originalsBefore(entry);
    const compare = (other: Entry): Comparison => this.compare(entry, other);
    this.decide(entry, yield* chooseLeader(entry, originals, this.settings.comparedMax, compare));
  }

  /**
   * An article keeps its decision while it meets its original and is not similar to an earlier article among those
   * newly met.
   */
  private *staysLinked(entry: Entry): Generator<undefined, boolean> {
    const id = entry.link?.id;
    const current = id === undefined ? null : this.index.entry(id);
    if (current !== null && this.mayHaveLost.has(entry.key)) {
      if (!this.index.originalsBefore(entry).some(({ key }) => key === id)) return false;
    }
    for (const key of this.newlyMet.get(entry.key) ?? []) {
      const original = this.index.entry(key);
      if (original === null || (current !== null && compareCanonically(original, current) > 0)) continue;
      if (!mayReach(leastSimilarity(this.settings), original.sketch, entry.sketch)) continue;
      if (this.compare(entry, original).kind === 'near') return false;
      yield;
    }
    return true;
  }

  private compare(a: Entry, b: Entry): Comparison {
    return compareTexts(this.index.textOf(a.key), this.index.textOf(b.key), this.settings);
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
 * @param decisionsMax  Besides those changed, at most so many are decided; the others are postponed.
 * @throws {PermanentError} where a text is out of reach that what changed is to be compared with.
 * @returns         The links that have become others, by key. Once nothing is postponed any more, the index holds what deciding every
 *                  article from nothing would give.
 *
 * A function of the set, so the order of arrival does not show. Decisions depend only on earlier articles in canonical order, so
 * affected ones are taken in that order, each once at most; the cascade stops where an article stays what it was.
 *
 * Cost: an arrival bears on `perBandMax` articles for each of its 36 bands, whatever the number of copies and the order of arrival. Only
 * where a new original comes before its copies does each of them have to be pointed to it: as many at a time as `decisionsMax` says.
 */
export function decideLinks(
  change: ChangedSet,
  index: NeighbourIndex,
  settings: DedupeSettings,
  decisionsMax = Number.MAX_SAFE_INTEGER,
): LinkChange[] {
  return atOnce(decideLinksInSteps(change, index, settings, decisionsMax));
}

/** The same, giving its thread away between comparisons. The index must not change meanwhile. */
export function decideLinksInSteps(
  change: ChangedSet,
  index: NeighbourIndex,
  settings: DedupeSettings,
  decisionsMax: number,
): Generator<undefined, LinkChange[]> {
  return new Round(index, settings, new Set(change.changed), decisionsMax).run(change.previous);
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
 * A pure function of the sets given, whatever their order. Gives its thread away between comparisons.
 */
export function* chooseLeader(
  entry: Entry,
  originals: readonly Entry[],
  comparedMax: number,
  compare: (other: Entry) => Comparison,
): Generator<undefined, DuplicateOf | null> {
  const compared = originals
    .map((original) => ({ original, likeness: estimateSimilarity(entry.sketch, original.sketch) }))
    .sort((a, b) => b.likeness - a.likeness || compareCanonically(a.original, b.original))
    .slice(0, comparedMax)
    .map(({ original }) => original);
  for (const original of compared.sort(compareCanonically)) {
    const { kind, similarity } = compare(original);
    if (kind === 'near') return { id: original.key, kind, similarity };
    yield;
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
