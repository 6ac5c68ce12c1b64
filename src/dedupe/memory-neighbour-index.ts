import type { DuplicateOf } from '../domain/article.js';
import type { ArticleKey } from '../domain/page.js';
import type { ComparableText } from './comparable-text.js';
import type { Entry, NeighbourIndex } from './neighbour-index.js';
import { isWithinWindow } from './time-window.js';

/** An entry with its text, as the index in memory is filled. */
export interface IndexedText {
  readonly entry: Entry;
  readonly text: ComparableText;
}

const DAY_MS = 86_400_000;
/** 32 bits of band and 20 of period are a whole number that a double holds. */
const PERIODS = 2 ** 20;
/** Keeps periods before 1970 positive. */
const PERIOD_OFFSET = PERIODS / 2;

/** A neighbour index in memory: for a whole corpus decided at once, for tests, and as the model of the catalogue's. */
export class MemoryNeighbourIndex implements NeighbourIndex {
  private readonly articles = new Map<ArticleKey, IndexedText>();
  private readonly byContent = new Map<string, Set<ArticleKey>>();
  /** By band and period: a band that pasted paragraphs repeat for years must not be read through for years. */
  private readonly byBand = new Map<number, Set<ArticleKey>>();

  constructor(private readonly windowDays: number) {}

  /** Adds an article or replaces it. */
  put(article: IndexedText): void {
    this.remove(article.entry.key);
    const { key, contentHash } = article.entry;
    this.articles.set(key, article);
    addTo(this.byContent, contentHash, key);
    for (const place of this.placesOf(article.entry, [0])) addTo(this.byBand, place, key);
  }

  remove(key: ArticleKey): void {
    const article = this.articles.get(key);
    if (article === undefined) return;
    this.articles.delete(key);
    removeFrom(this.byContent, article.entry.contentHash, key);
    for (const place of this.placesOf(article.entry, [0])) removeFrom(this.byBand, place, key);
  }

  /** Records a decision. */
  link(key: ArticleKey, link: DuplicateOf | null): void {
    const article = this.articles.get(key);
    if (article !== undefined) this.articles.set(key, { ...article, entry: { ...article.entry, link } });
  }

  keys(): ArticleKey[] {
    return [...this.articles.keys()];
  }

  sameContent(contentHash: string): readonly Entry[] {
    return this.entriesOf(this.byContent.get(contentHash) ?? new Set());
  }

  candidates(entry: Entry): readonly Entry[] {
    const keys = new Set<ArticleKey>();
    for (const place of this.placesOf(entry, [-1, 0, 1])) {
      for (const key of this.byBand.get(place) ?? []) if (key !== entry.key) keys.add(key);
    }
    return this.entriesOf(keys).filter((other) =>
      isWithinWindow(entry.publishedAt, other.publishedAt, this.windowDays),
    );
  }

  textOf(key: ArticleKey): ComparableText {
    const article = this.articles.get(key);
    if (article === undefined) throw new Error(`wanted the text of an indexed article, found none under ${key}`);
    return article.text;
  }

  entry(key: ArticleKey): Entry | null {
    return this.articles.get(key)?.entry ?? null;
  }

  /** Bands joined with periods as long as the window (a day at least): what lies within it is in this period or one beside it. */
  private placesOf({ bands, publishedAt }: Entry, periods: readonly number[]): number[] {
    if (publishedAt === null) return [];
    const period = Math.floor(Date.parse(publishedAt) / (Math.max(1, this.windowDays) * DAY_MS)) + PERIOD_OFFSET;
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
