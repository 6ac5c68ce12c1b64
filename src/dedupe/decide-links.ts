import type { DuplicateOf } from '../domain/article.js';
import type { ArticleKey } from '../domain/page.js';
import { compareCanonically } from './canonical-order.js';
import { CanonicalQueue } from './canonical-queue.js';
import { chooseLeader } from './choose-leader.js';
import type { ComparableText } from './comparable-text.js';
import { compareTexts } from './compare-texts.js';
import type { Entry, NeighbourIndex } from './neighbour-index.js';
import type { DedupeSettings } from './settings.js';

/** What has changed since the links in the index were decided. */
export interface ChangedSet {
  /** Articles added, revised (text or publication time) or removed. */
  readonly changed: readonly ArticleKey[];
  /** What the index held of them before: none for those added. */
  readonly previous: readonly Entry[];
}

/** A link that has to be written. */
export interface LinkChange {
  readonly key: ArticleKey;
  readonly duplicateOf: DuplicateOf | null;
}

function sameLink(a: DuplicateOf | null, b: DuplicateOf | null): boolean {
  return a?.id === b?.id && a?.kind === b?.kind && a?.similarity === b?.similarity;
}

/** At most so many texts are kept during a round, about 50 KB each when prepared. */
const TEXTS_KEPT_MAX = 256;

/** One round of decisions; lives for one call. */
class Round {
  /** Links decided in this round; they stand before those in the index. */
  private readonly decided = new Map<ArticleKey, DuplicateOf | null>();
  /** First of its content before this round or during it, not yet decided against earlier originals. */
  private readonly queue = new CanonicalQueue();
  private readonly texts = new Map<ArticleKey, ComparableText>();

  constructor(
    private readonly index: NeighbourIndex,
    private readonly settings: DedupeSettings,
    private readonly changed: ReadonlySet<ArticleKey>,
  ) {}

  run(previous: readonly Entry[]): LinkChange[] {
    const hashes = new Set(previous.map(({ contentHash }) => contentHash));
    for (const key of this.changed) {
      const entry = this.index.entry(key);
      if (entry !== null) hashes.add(entry.contentHash);
    }
    const unsettled = [...hashes].flatMap((hash) => this.decideExact(hash));
    for (const entry of [...unsettled, ...previous]) this.queueLater(entry, this.index.candidates(entry));
    for (let next = this.queue.pop(); next !== null; next = this.queue.pop()) this.decideNear(next);
    return this.changes();
  }

  /** Links the texts that repeat one content; @returns those that enter or leave the ranks of its first. */
  private decideExact(contentHash: string): Entry[] {
    const [first, ...others] = [...this.index.sameContent(contentHash)].sort(compareCanonically);
    if (first === undefined) return [];
    const unsettled: Entry[] = [];
    for (const other of others) {
      if (other.link?.kind !== 'exact') unsettled.push(other);
      this.decided.set(other.key, { id: first.key, kind: 'exact', similarity: 1 });
    }
    if (first.link?.kind === 'exact' || this.changed.has(first.key)) {
      unsettled.push(first);
      this.queue.push(first);
    }
    return unsettled;
  }

  private linkOf(entry: Entry): DuplicateOf | null {
    const decided = this.decided.get(entry.key);
    return decided === undefined ? entry.link : decided;
  }

  /** An article bears only on those after it: they are decided anew when it comes, goes, or changes its part. */
  private queueLater(entry: Entry, candidates: readonly Entry[]): void {
    for (const other of candidates) {
      if (compareCanonically(other, entry) > 0 && this.linkOf(other)?.kind !== 'exact') this.queue.push(other);
    }
  }

  /** Every earlier article is settled by now. */
  private decideNear(entry: Entry): void {
    const candidates = this.index.candidates(entry);
    const earlier = candidates.filter((other) => compareCanonically(other, entry) < 0 && this.linkOf(other) === null);
    const link = chooseLeader(entry, earlier, this.settings.comparedMax, (other) =>
      compareTexts(this.textOf(entry.key), this.textOf(other.key), this.settings),
    );
    const before = this.linkOf(entry);
    this.decided.set(entry.key, link);
    if ((before === null) !== (link === null)) this.queueLater(entry, candidates);
  }

  /** Reading a text may mean reading a file, and preparing it for comparison costs as much: both once per round. */
  private textOf(key: ArticleKey): ComparableText {
    const known = this.texts.get(key);
    if (known !== undefined) return known;
    const text = this.index.textOf(key);
    if (this.texts.size >= TEXTS_KEPT_MAX) this.texts.clear();
    this.texts.set(key, text);
    return text;
  }

  private changes(): LinkChange[] {
    const changes: LinkChange[] = [];
    for (const [key, duplicateOf] of this.decided) {
      const entry = this.index.entry(key);
      if (entry !== null && !sameLink(entry.link, duplicateOf)) changes.push({ key, duplicateOf });
    }
    return changes.sort((a, b) => (a.key < b.key ? -1 : 1));
  }
}

/**
 * Re-decides the links that a change can affect.
 *
 * @param change    Keys added, revised or removed since, and what the index held of them before.
 * @param index     The set after the change; entries carry the links in force before it (null for new ones).
 * @param settings  The same as ever before; other settings call for `linksOf` over everything.
 * @returns         The links that differ from those in force, by key. Written back, they make the index equal to `linksOf`.
 *
 * Pure; a function of the set, so the order of arrival does not show. Decisions depend only on earlier articles in
 * canonical order, so affected ones are taken in that order, each once at most; the cascade stops where an article
 * stays what it was. Cost: the neighbours of what changed, not the corpus.
 */
export function decideLinks(change: ChangedSet, index: NeighbourIndex, settings: DedupeSettings): LinkChange[] {
  return new Round(index, settings, new Set(change.changed)).run(change.previous);
}
