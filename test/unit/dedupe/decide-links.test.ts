import { describe, expect, it } from 'vitest';
import type { ComparableText } from '../../../src/dedupe/comparable-text.js';
import { decideLinks } from '../../../src/dedupe/decide-links.js';
import { fingerprintOf } from '../../../src/dedupe/fingerprint.js';
import { linksOf, type IndexedText } from './reference-links.js';
import { CatalogueIndex } from './catalogue-index.js';
import { type Entry, DEFAULT_DEDUPE_SETTINGS, type DedupeSettings } from '../../../src/dedupe/neighbour-index.js';
import type { ArticleKey } from '../../../src/domain/page.js';
import { inventArticle, Random, rewordArticle } from './random-text.js';

const settings: DedupeSettings = { ...DEFAULT_DEDUPE_SETTINGS, windowDays: 3 };

function article(id: number, text: ComparableText, publishedAt: string | null): IndexedText {
  return { text, entry: { key: `site.test/${id}`, ...fingerprintOf(text), publishedAt, link: null } };
}

const day = (n: number): string => `2023-04-${String(1 + n).padStart(2, '0')}T00:00:00Z`;

/** An index that is kept up as the store keeps its own: change, decide, write back. */
class Corpus {
  readonly index: CatalogueIndex;

  constructor(
    readonly settings_: DedupeSettings = settings,
    private readonly decisionsMax?: number,
  ) {
    this.index = new CatalogueIndex(settings_);
  }

  change(put: readonly IndexedText[], removed: readonly ArticleKey[] = []): void {
    const changed = [...put.map(({ entry }) => entry.key), ...removed];
    const previous = changed.map((key) => this.index.entry(key)).filter((entry): entry is Entry => entry !== null);
    for (const { text, entry } of put)
      this.index.put({ text, entry: { ...entry, link: this.index.entry(entry.key)?.link ?? null } });
    for (const key of removed) this.index.remove(key);
    decideLinks({ changed, previous }, this.index, this.settings_, this.decisionsMax);
  }

  /** As the store does once it is idle. */
  decidePostponed(): void {
    while (this.index.postponed(1).length > 0) {
      decideLinks({ changed: [], previous: [] }, this.index, this.settings_, this.decisionsMax);
    }
  }

  links(): Record<string, unknown> {
    return Object.fromEntries(
      this.index
        .keys()
        .sort()
        .map((key) => [key, this.index.entry(key)?.link ?? null]),
    );
  }

  /** By the definition, in another order, so that no order can show. */
  fromScratch(random: Random): Record<string, unknown> {
    const articles = random
      .shuffle(this.index.keys())
      .map((key) => ({ entry: this.index.entry(key)!, text: this.index.textOf(key) }));
    const links = linksOf(articles, this.settings_);
    return Object.fromEntries([...links].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

const text = inventArticle(1, 120);
const copy = rewordArticle(text, 30, new Random(1));

describe('decideLinks', () => {
  it('links an exact duplicate to the one published first, whichever came first', () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const corpus = new Corpus();
      const pair = [article(1002, text, day(0)), article(1001, text, day(1))];
      for (const i of order) corpus.change([pair[i]!]);
      expect(corpus.links()).toEqual({
        'site.test/1001': { id: 'site.test/1002', kind: 'exact', similarity: 1 },
        'site.test/1002': null,
      });
    }
  });

  it('links exact duplicates across any distance in time, near ones within the window only', () => {
    const corpus = new Corpus();
    corpus.change([
      article(1001, text, day(0)),
      article(1002, text, day(20)),
      article(1003, copy, day(3)),
      article(1004, inventArticle(9, 120), null),
    ]);
    expect(corpus.index.entry('site.test/1002')?.link?.kind).toBe('exact');
    expect(corpus.index.entry('site.test/1003')?.link?.kind).toBe('near');
    corpus.change([article(1003, copy, day(4))]);
    expect(corpus.index.entry('site.test/1003')?.link).toBeNull();
  });

  it('finds neighbours on both ends of any window, and none beyond', () => {
    for (const windowDays of [0, 0.5, 1, 3, 7]) {
      const index = new CatalogueIndex({ ...settings, windowDays });
      const put = (id: number, ms: number): Entry => {
        const item = article(id, copy, new Date(Date.parse(day(10)) + ms).toISOString().replace('.000Z', 'Z'));
        index.put(item);
        index.link(item.entry.key, null);
        return item.entry;
      };
      const window = windowDays * 86_400_000;
      const [middle] = [
        put(1001, 0),
        put(1002, window),
        put(1003, -window),
        put(1004, window + 1000),
        put(1005, -window - 1000),
      ];
      expect([...index.originalsBefore(middle), ...index.meetersAfter(middle)].map(({ key }) => key).sort()).toEqual([
        'site.test/1002',
        'site.test/1003',
      ]);
    }
  });

  it('links a near duplicate to an original, never to a near duplicate', () => {
    const corpus = new Corpus();
    const second = rewordArticle(copy, 30, new Random(2));
    corpus.change([article(1001, text, day(0)), article(1002, copy, day(1)), article(1003, second, day(2))]);
    expect(corpus.links()).toMatchObject({ 'site.test/1001': null, 'site.test/1002': { id: 'site.test/1001' } });
    expect(corpus.index.entry('site.test/1003')?.link?.id).not.toBe('site.test/1002');
  });

  it('re-decides the followers of an original that was removed or rewritten', () => {
    const corpus = new Corpus();
    corpus.change([article(1001, text, day(0)), article(1002, copy, day(1)), article(1003, text, day(2))]);
    corpus.change([], ['site.test/1001']);
    expect(corpus.links()).toMatchObject({
      'site.test/1002': null,
      'site.test/1003': { id: 'site.test/1002', kind: 'near' },
    });
    corpus.change([article(1002, inventArticle(5, 120), day(1))]);
    expect(corpus.links()).toEqual({ 'site.test/1002': null, 'site.test/1003': null });
  });

  it('reports only links that change', () => {
    const corpus = new Corpus();
    corpus.change([article(1001, text, day(0)), article(1002, copy, day(1))]);
    expect(
      decideLinks({ changed: ['site.test/1001', 'site.test/1002'], previous: [] }, corpus.index, settings),
    ).toEqual([]);
  });

  it.each([
    { seed: 1, comparedMax: 64 },
    { seed: 2, comparedMax: 64 },
    { seed: 3, comparedMax: 64 },
    { seed: 4, comparedMax: 1 },
    { seed: 5, comparedMax: 2 },
    { seed: 6, comparedMax: 144, perBandMax: 1 },
    { seed: 7, comparedMax: 144, perBandMax: 2 },
    { seed: 9, comparedMax: 144 },
    { seed: 10, comparedMax: 144, decisionsMax: 1 },
    { seed: 11, comparedMax: 64, perBandMax: 2, decisionsMax: 3 },
  ])(
    'reaches the links of a decision from scratch in any order of arrivals, revisions and removals: %o',
    ({ seed, comparedMax, perBandMax = settings.perBandMax, decisionsMax }) => {
      const random = new Random(seed);
      const corpus = new Corpus({ ...settings, comparedMax, perBandMax }, decisionsMax);
      const stems = Array.from({ length: 3 }, (_, i) => inventArticle(seed * 10 + i, 60));
      const pool = stems.flatMap((stem) => {
        const drift = [stem];
        for (let i = 0; i < 7; i += 1) drift.push(rewordArticle(random.pick(drift), 8 + random.below(30), random));
        return drift;
      });
      let linked = 0;
      for (let step = 0; step < 120; step += 1) {
        const some = (): IndexedText =>
          article(1001 + random.below(30), random.pick(pool), random.below(12) === 0 ? null : day(random.below(8)));
        const put = new Map(Array.from({ length: random.below(4) }, some).map((item) => [item.entry.key, item]));
        const removed =
          random.below(3) === 0 ? corpus.index.keys().filter((key) => !put.has(key) && random.below(10) === 0) : [];
        corpus.change([...put.values()], removed);
        // What is postponed may wait for further changes, and be changed itself.
        if (random.below(3) > 0 && decisionsMax !== undefined) continue;
        corpus.decidePostponed();
        const links = corpus.links();
        expect(links).toEqual(corpus.fromScratch(random));
        linked += Object.values(links).filter((link) => link !== null).length;
      }
      expect(linked).toBeGreaterThan(200);
    },
  );

  it('ends with the same links in every order of arrival', () => {
    const random = new Random(42);
    const stem = inventArticle(77, 60);
    const drift = [stem];
    for (let i = 0; i < 14; i += 1) drift.push(rewordArticle(drift.at(-1)!, 12, random));
    const articles = drift.map((version, i) => article(1001 + random.below(9000), version, day(i % 5)));
    const ends = new Set<string>();
    for (let round = 0; round < 25; round += 1) {
      const corpus = new Corpus();
      for (const item of random.shuffle([...articles, ...articles.slice(0, 4)])) corpus.change([item]);
      ends.add(JSON.stringify(corpus.links()));
    }
    expect(ends.size).toBe(1);
  });
});
