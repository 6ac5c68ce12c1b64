import type { DuplicateOf } from '../domain/article.js';
import type { ArticleKey } from '../domain/page.js';
import { compareCanonically } from './canonical-order.js';
import type { ComparableText } from './comparable-text.js';
import { isCandidate } from './is-candidate.js';
import type { IndexedText } from './links-of.js';
import type { CandidatePart, Entry, NeighbourIndex } from './neighbour-index.js';
import type { DedupeSettings } from './settings.js';

const DAY_MS = 86_400_000;
/** 24 bits of band and 20 of period are a whole number that a double holds. */
const PERIODS = 2 ** 20;
/** Keeps periods before 1970 positive. */
const PERIOD_OFFSET = PERIODS / 2;

/** A neighbour index in memory: for tests, and as the model of the catalogue's. */
export class MemoryNeighbourIndex implements NeighbourIndex {
  private readonly articles = new Map<ArticleKey, IndexedText>();
  private readonly byContent = new Map<string, Set<ArticleKey>>();
  /** By band and period: a band that pasted paragraphs repeat for years must not be read through for years. */
  private readonly originals = new Map<number, Set<ArticleKey>>();
  private readonly followers = new Map<number, Set<ArticleKey>>();

  constructor(private readonly settings: DedupeSettings) {}

  /** Adds an article or replaces it; it is undecided then. */
  put(article: IndexedText): void {
    this.remove(article.entry.key);
    const { key, contentHash } = article.entry;
    this.articles.set(key, article);
    addTo(this.byContent, contentHash, key);
  }

  remove(key: ArticleKey): void {
    const article = this.articles.get(key);
    if (article === undefined) return;
    this.articles.delete(key);
    removeFrom(this.byContent, article.entry.contentHash, key);
    this.unplace(article.entry);
  }

  link(key: ArticleKey, link: DuplicateOf | null): void {
    const article = this.articles.get(key);
    if (article === undefined) return;
    this.unplace(article.entry);
    this.articles.set(key, { ...article, entry: { ...article.entry, link } });
    if (link?.kind === 'exact') return;
    const part = link === null ? this.originals : this.followers;
    for (const place of this.placesOf(article.entry, [0])) addTo(part, place, key);
  }

  keys(): ArticleKey[] {
    return [...this.articles.keys()];
  }

  firstOfContent(contentHash: string): Entry | null {
    let first: Entry | null = null;
    for (const key of this.byContent.get(contentHash) ?? []) {
      const entry = this.entry(key);
      if (entry !== null && (first === null || compareCanonically(entry, first) < 0)) first = entry;
    }
    return first;
  }

  sameContent(contentHash: string): readonly Entry[] {
    return this.entriesOf(this.byContent.get(contentHash) ?? new Set());
  }

  candidates(entry: Entry, part: CandidatePart): readonly Entry[] {
    const keys = new Set<ArticleKey>();
    for (const place of this.placesOf(entry, [-1, 0, 1])) {
      for (const key of this.originals.get(place) ?? []) keys.add(key);
      if (part === 'standing') for (const key of this.followers.get(place) ?? []) keys.add(key);
    }
    return this.entriesOf(keys).filter((other) => isCandidate(entry, other, this.settings));
  }

  textOf(key: ArticleKey): ComparableText {
    const article = this.articles.get(key);
    if (article === undefined) throw new Error(`wanted the text of an indexed article, found none under ${key}`);
    return article.text;
  }

  entry(key: ArticleKey): Entry | null {
    return this.articles.get(key)?.entry ?? null;
  }

  private unplace(entry: Entry): void {
    for (const place of this.placesOf(entry, [0])) {
      removeFrom(this.originals, place, entry.key);
      removeFrom(this.followers, place, entry.key);
    }
  }

  /** Bands joined with periods as long as the window (a day at least): what lies within it is in this period or one beside it. */
  private placesOf({ bands, publishedAt }: Entry, periods: readonly number[]): number[] {
    if (publishedAt === null) return [];
    const lengthMs = Math.max(1, this.settings.windowDays) * DAY_MS;
    const period = Math.floor(Date.parse(publishedAt) / lengthMs) + PERIOD_OFFSET;
    return periods.flatMap((step) => bands.map((band) => band * PERIODS + ((period + step) % PERIODS)));
  }

  private entriesOf(keys: ReadonlySet<ArticleKey>): Entry[] {
    const entries: Entry[] = [];
    for (const key of keys) {
      const entry = this.entry(key);
      if (entry !== null) entries.push(entry);
    }
    return entries;
  }
}

function addTo<K>(sets: Map<K, Set<ArticleKey>>, at: K, key: ArticleKey): void {
  const set = sets.get(at);
  if (set === undefined) sets.set(at, new Set([key]));
  else set.add(key);
}

function removeFrom<K>(sets: Map<K, Set<ArticleKey>>, at: K, key: ArticleKey): void {
  const set = sets.get(at);
  set?.delete(key);
  if (set?.size === 0) sets.delete(at);
}
