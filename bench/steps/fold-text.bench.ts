/**
 * How many texts of about 1.5 KB are folded, hashed and fingerprinted in a second of CPU.
 *
 *     npx vitest run --config bench/steps/vitest.config.ts fold-text
 */
import { expect, test } from 'vitest';
import { contentHashOf, type ComparableText } from '../../src/dedupe/comparable-text.js';
import { fingerprintOf } from '../../src/dedupe/fingerprint.js';
import { foldText } from '../../src/normalise/fold-text.js';
import { chinese } from '../../test/quality/dedupe/corpus/chinese.js';
import { russian } from '../../test/quality/dedupe/corpus/russian.js';
import { articleOf, traditional } from '../../test/quality/dedupe/edit-text.js';
import { Random } from '../../test/quality/dedupe/random.js';

const BYTES = 1500;
const TEXTS = 4000;

function perSecond(work: (text: string) => unknown, texts: readonly string[]): number {
  for (const text of texts.slice(0, 500)) work(text);
  const { user, system } = process.cpuUsage();
  for (const text of texts) work(text);
  const now = process.cpuUsage();
  return Math.round((1e6 * texts.length) / (now.user + now.system - user - system));
}

function textsLike(article: ComparableText): string[] {
  const source = Buffer.from(
    [article.title, article.lead ?? '', ...article.body.map(({ text }) => text)].join('\n').repeat(3),
  );
  // Cut at a byte that may split a character: U+FFFD at the ends is what broken pages hold.
  const cut = source
    .subarray(0, BYTES)
    .toString()
    .replace(/\ufffd$/, '');
  return Array.from({ length: TEXTS }, (_, i) => `${i} ${cut}`);
}

test('texts of 1.5 KB in a second', () => {
  const story = articleOf('zh-Hans', chinese.stories[0]!, chinese.backgrounders);
  const corpora = {
    Simplified: story,
    Traditional: traditional(story, new Random(1)),
    Russian: articleOf('ru', russian.stories[0]!, russian.backgrounders),
  };
  for (const [name, article] of Object.entries(corpora)) {
    const texts = textsLike(article);
    const asArticle = (text: string): ComparableText => ({
      title: text.slice(0, 25),
      lead: null,
      body: [{ type: 'text', text }],
      dateline: null,
      language: name,
    });
    const folded = perSecond(foldText, texts);
    console.log(
      `${name}: fold ${folded}, content hash ${perSecond((text) => contentHashOf(asArticle(text)), texts)}, ` +
        `fingerprint ${perSecond((text) => fingerprintOf(asArticle(text)), texts)} texts/s`,
    );
    expect(folded).toBeGreaterThan(10_000);
  }
});
