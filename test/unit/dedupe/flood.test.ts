import { describe, expect, it } from 'vitest';
import type { ComparableText } from '../../../src/dedupe/comparable-text.js';
import { decideLinks } from '../../../src/dedupe/decide-links.js';
import { fingerprintOf } from '../../../src/dedupe/fingerprint.js';
import { CatalogueIndex } from './catalogue-index.js';
import type { CandidatePart, Entry } from '../../../src/dedupe/neighbour-index.js';
import { DEFAULT_DEDUPE_SETTINGS as settings } from '../../../src/dedupe/settings.js';
import type { ArticleKey } from '../../../src/domain/page.js';
import { inventArticle, Random, rewordArticle } from './random-text.js';

/** Counts what a decision looks at, and every link that it writes. */
class CountingIndex extends CatalogueIndex {
  work = 0;

  override candidates(entry: Entry, part: CandidatePart): readonly Entry[] {
    const found = super.candidates(entry, part);
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

/** Publishes the texts one after the other, a copy a minute. @returns the work for the first and for the last fifty, each on average. */
function publish(texts: readonly ComparableText[]): { early: number; late: number; index: CountingIndex } {
  const index = new CountingIndex(settings);
  const works: number[] = [];
  for (const [n, text] of texts.entries()) {
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
