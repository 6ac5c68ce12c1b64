import { describe, expect, it } from 'vitest';
import type { ComparableText } from '../../../src/dedupe/comparable-text.js';
import { decideLinks } from '../../../src/dedupe/decide-links.js';
import { fingerprintOf } from '../../../src/dedupe/fingerprint.js';
import { CatalogueIndex } from './catalogue-index.js';
import { type Entry, DEFAULT_DEDUPE_SETTINGS as settings } from '../../../src/dedupe/neighbour-index.js';
import type { ArticleKey } from '../../../src/domain/page.js';
import { inventArticle, Random, rewordArticle } from './random-text.js';

/** Counts what a decision looks at, and every link that it writes. */
class CountingIndex extends CatalogueIndex {
  work = 0;

  override originalsBefore(entry: Entry): readonly Entry[] {
    const found = super.originalsBefore(entry);
    this.work += 1 + found.length;
    return found;
  }

  override meetersAfter(entry: Entry): readonly Entry[] {
    const found = super.meetersAfter(entry);
    this.work += 1 + found.length;
    return found;
  }

  override sameContent(contentHash: string): readonly Entry[] {
    const found = super.sameContent(contentHash);
    this.work += 1 + found.length;
    return found;
  }

  override textOf(key: ArticleKey): ComparableText {
    this.work += 1;
    return super.textOf(key);
  }

  override link(key: ArticleKey, link: Entry['link']): void {
    this.work += 1;
    super.link(key, link);
  }
}

const COPIES = 5_000;

/** In which order texts arrive that were published one after the other. */
type Order = 'oldest first' | 'newest first';

/** Publishes the texts one after the other, a copy a minute. @returns the work for the first and for the last fifty, each on average. */
function publish(
  texts: readonly ComparableText[],
  order: Order = 'oldest first',
): { early: number; late: number; index: CountingIndex } {
  const index = new CountingIndex(settings);
  const works: number[] = [];
  const published = [...texts.entries()];
  for (const [n, text] of order === 'oldest first' ? published : published.reverse()) {
    const key: ArticleKey = `site.test/${10_000 + n}`;
    const publishedAt = new Date(Date.UTC(2024, 0, 1, 0, n)).toISOString().replace('.000Z', 'Z');
    const known = fingerprints.get(text) ?? fingerprintOf(text);
    fingerprints.set(text, known);
    index.put({ text, entry: { key, ...known, publishedAt, link: null } });
    const before = index.work;
    decideLinks({ changed: [key], previous: [] }, index, settings);
    works.push(index.work - before);
  }
  const mean = (some: readonly number[]): number => some.reduce((sum, work) => sum + work, 0) / some.length;
  return { early: mean(works.slice(50, 100)), late: mean(works.slice(-50)), index };
}

const fingerprints = new Map<ComparableText, ReturnType<typeof fingerprintOf>>();

describe('a text that is published five thousand times', () => {
  const text = inventArticle(1, 120);

  it('costs each further exact copy the same few looks', () => {
    const { early, late, index } = publish(Array.from({ length: COPIES }, () => text));
    expect(index.entry('site.test/14999')?.link).toEqual({ id: 'site.test/10000', kind: 'exact', similarity: 1 });
    expect(late).toBe(early);
    expect(late).toBeLessThan(5);
  });

  it('costs each further near copy the same few looks', () => {
    const random = new Random(3);
    const versions = Array.from({ length: 100 }, () => rewordArticle(text, 40, random));
    const texts = [text, ...Array.from({ length: COPIES - 1 }, (_, n) => versions[n % versions.length]!)];
    const { early, late, index } = publish(texts);
    const followers = index.keys().filter((key) => index.entry(key)?.link?.kind === 'near');
    expect(followers.length).toBeGreaterThan(90);
    expect(late).toBeLessThan(early * 1.5 + 2);
    expect(late).toBeLessThan(12);
  });

  it('costs a stranger few readings that shares a pasted history with hundreds', () => {
    const history = inventArticle(7, 60).body;
    const texts = Array.from({ length: 400 }, (_, n) => {
      const own = inventArticle(100 + n, 120);
      return { ...own, body: [...own.body, ...history] };
    });
    const { early, late, index } = publish(texts);
    expect(index.keys().every((key) => index.entry(key)?.link === null)).toBe(true);
    expect(early).toBeLessThan(20);
    expect(late).toBeLessThan(20);
  });
});

describe('hundreds of texts that were filled in from one form', () => {
  const form = inventArticle(11, 100);
  const texts = Array.from({ length: 150 }, (_, n) => ({
    ...inventArticle(1000 + n, 40),
    body: [...inventArticle(1000 + n, 40).body, ...form.body],
  }));

  it.each(['oldest first', 'newest first'] as const)('cost the last the same few looks as the first, %s', (order) => {
    const { early, late, index } = publish(texts, order);
    expect(index.keys().filter((key) => index.entry(key)?.link === null)).toHaveLength(texts.length);
    // Each meets others: the form brings them together, though no two are one text.
    expect(early).toBeGreaterThan(10);
    expect(late).toBeLessThan(early * 1.5 + 2);
    expect(late).toBeLessThan(100);
  });

  it('let each find the copy of itself that came hours later', () => {
    const random = new Random(5);
    const copies = texts.map((text) => rewordArticle(text, 30, random));
    const { index } = publish([...texts, ...copies], 'newest first');
    const found = copies.filter(
      (_, n) => index.entry(`site.test/${10_150 + n}`)?.link?.id === `site.test/${10_000 + n}`,
    );
    expect(found.length).toBeGreaterThan(0.99 * copies.length);
  });
});
