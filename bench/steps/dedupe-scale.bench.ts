/**
 * What one more article costs as the corpus grows: fingerprint, neighbours, comparisons, links.
 *
 *     npx vitest run --config bench/steps/vitest.config.ts dedupe-scale            # to 200,000 articles
 *     DEDUPE_SCALE_MAX=20000 npx vitest run --config bench/steps/vitest.config.ts dedupe-scale
 *
 * The corpus: 100 articles a day of about 500 ideographs (1.5 KB) over a vocabulary with Zipf's law; a third carry two of
 * twelve pasted backgrounders, 3 % are edited copies and 1 % exact copies of an article of the last two days, 2 % arrive
 * up to ten days late. The index is in memory and makes texts anew when asked, as a store reads them from disk.
 */
import { expect, test } from 'vitest';
import type { ComparableText } from '../../src/dedupe/comparable-text.js';
import { decideLinks } from '../../src/dedupe/decide-links.js';
import { fingerprintOf } from '../../src/dedupe/fingerprint.js';
import { CatalogueIndex } from '../../test/unit/dedupe/catalogue-index.js';
import { RecentTexts } from '../../src/dedupe/prepared-text.js';
import { DEFAULT_DEDUPE_SETTINGS } from '../../src/dedupe/neighbour-index.js';
import type { ArticleKey } from '../../src/domain/page.js';
import { Random } from '../../test/quality/dedupe/random.js';

const ARTICLES_MAX = Number(process.env['DEDUPE_SCALE_MAX'] ?? 200_000);
const CHECKPOINTS = [1_000, 10_000, 50_000, 100_000, 200_000].filter((size) => size <= ARTICLES_MAX);
const ARTICLES_PER_DAY = 100;
/** Before each checkpoint links are decided for so many articles, more than the window holds; the others are only indexed. */
const DECIDED = 3_000;
/** The last of these are measured. */
const MEASURED = 1_000;

const vocabulary = (() => {
  const random = new Random(1);
  const character = (): string => String.fromCodePoint(0x4e00 + random.below(6000));
  return Array.from({ length: 5000 }, () => character() + character() + (random.next() < 0.2 ? character() : ''));
})();

function words(random: Random, count: number): string {
  let text = '';
  for (let i = 0; i < count; i += 1) text += vocabulary[Math.floor(vocabulary.length * random.next() ** 2.5)] ?? '';
  return text;
}

const backgrounders = Array.from({ length: 12 }, (_, i) => words(new Random(900 + i), 70));

function original(n: number): ComparableText {
  const random = new Random(n + 10_000);
  const body = [words(random, 60), words(random, 50), words(random, 40)];
  if (random.next() < 1 / 3) {
    const first = random.below(backgrounders.length);
    body.splice(2, 1, backgrounders[first]!, backgrounders[(first + 1) % backgrounders.length]!);
  }
  return {
    title: words(random, 9),
    lead: words(random, 25),
    body: body.map((text) => ({ type: 'text', text })),
    dateline: null,
    language: 'zh-Hans',
  };
}

function textOf(n: number): ComparableText {
  const random = new Random(n);
  const chance = random.next();
  const model = n - 1 - random.below(2 * ARTICLES_PER_DAY);
  if (chance >= 0.04 || model < 0) return original(n);
  const copied = original(model);
  if (chance < 0.01) return copied;
  const edit = (text: string): string => Array.from(text, (c) => (random.next() < 0.02 ? '改' : c)).join('');
  return { ...copied, body: copied.body.map((block) => ({ ...block, text: edit(block.text) })) };
}

class ScaleIndex extends CatalogueIndex {
  readings = 0;

  readonly recent = new RecentTexts();

  override textOf(key: ArticleKey): ComparableText {
    return this.recent.get(key, () => {
      this.readings += 1;
      return textOf(Number(key.split('/')[1]) - 1000);
    });
  }
}

const NOTHING: ComparableText = { title: '', lead: null, body: [], dateline: null, language: '' };

/** CPU time of this process: the machine's other work does not count. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function publishedAt(n: number): string {
  const lateMs = n % 50 === 0 ? (n % 10) * 86_400_000 : 0;
  const instant = Date.parse('2020-01-01T00:00:00Z') + (n / ARTICLES_PER_DAY) * 86_400_000 - lateMs;
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}

test('the cost of one more article does not grow with the corpus', () => {
  const index = new ScaleIndex(DEFAULT_DEDUPE_SETTINGS);
  const costs: number[] = [];
  let [fingerprintMs, decideMs, candidates, readings, linked] = [0, 0, 0, 0, 0];
  for (let n = 0; n < ARTICLES_MAX; n += 1) {
    const next = CHECKPOINTS.find((size) => size > n) ?? ARTICLES_MAX;
    if (n === next - MEASURED) [fingerprintMs, decideMs, candidates, readings, linked] = [0, 0, 0, index.readings, 0];
    const text = textOf(n);
    const before = cpuMs();
    const fingerprint = fingerprintOf(text);
    const between = cpuMs();
    const key: ArticleKey = `bench.test/${n + 1000}`;
    const entry = { key, ...fingerprint, publishedAt: publishedAt(n), link: null };
    index.put({ entry, text: NOTHING });
    fingerprintMs += between - before;
    if (n < next - DECIDED) continue;
    const changes = decideLinks({ changed: [key], previous: [] }, index, DEFAULT_DEDUPE_SETTINGS);
    decideMs += cpuMs() - between;
    candidates += index.originalsBefore(entry).length;
    linked += changes.length;
    if (n + 1 !== next) continue;
    costs.push(decideMs / MEASURED);
    const perArticle = (total: number): string => (total / MEASURED).toFixed(3);
    console.log(
      `${String(next).padStart(7)} articles: fingerprint ${perArticle(fingerprintMs)} ms, ` +
        `links ${perArticle(decideMs)} ms of CPU, candidates ${perArticle(candidates)}, ` +
        `texts read ${perArticle(index.readings - readings)}, links changed ${linked} of ${MEASURED}`,
    );
  }
  expect(linked).toBeGreaterThan(0.02 * MEASURED);
  expect(costs.at(-1)! / costs[0]!).toBeLessThan(3);
});
