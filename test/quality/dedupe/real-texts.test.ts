import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, test } from 'vitest';
import type { ComparableText } from '../../../src/dedupe/comparable-text.js';
import { chinese } from './corpus/chinese.js';
import { addFifth, cutFifth, editCharacters, reorder, traditional } from './edit-text.js';
import { Random } from './random.js';
import { answerOf } from './score.js';

const shared = process.env['SPUTNIK_SHARED'] ?? path.resolve(import.meta.dirname, '../../../../shared');
const file = path.join(shared, 'site/texts/zh-articles.jsonl');
const isAbsent = !existsSync(file);
if (isAbsent)
  console.warn(`SKIPPED: real Chinese texts are not at ${file}; set SPUTNIK_SHARED to the folder that holds site/`);

function readArticles(): ComparableText[] {
  const lines = isAbsent
    ? []
    : readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '');
  return lines
    .map((line) => JSON.parse(line) as { lang: string; text: string })
    .filter(({ lang }) => lang.startsWith('zh'))
    .map(({ lang, text }) => {
      const [title = '', ...blocks] = text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '');
      const body = blocks.map((block) => ({ type: 'text' as const, text: block }));
      return { title, lead: null, body, dateline: null, language: lang };
    });
}

const articles = readArticles();
const copies: Record<string, (article: ComparableText, random: Random) => ComparableText> = {
  'edits 1:200': (article, random) => editCharacters(article, 200, random),
  'edits 1:50': (article, random) => editCharacters(article, 50, random),
  'edits 1:200 across scripts': (article, random) => traditional(editCharacters(article, 200, random), random),
  'cut 20 %': (article, random) => cutFifth(article, random),
  'added 20 %': (article, random) => addFifth(article, chinese, random),
  reordered: (article, random) => reorder(article, random),
};

describe('deduplication of real Chinese texts', () => {
  test.skipIf(isAbsent)('calls the Traditional edition of a Simplified text exact', () => {
    const simplified = articles.filter(({ language }) => language === 'zh-Hans');
    expect(simplified.length).toBeGreaterThan(0);
    for (const article of simplified) expect(answerOf(article, traditional(article, new Random(1)))).toBe('exact');
  });

  it.skipIf(isAbsent).each(Object.entries(copies))('links the copy: %s', (_name, copy) => {
    for (const article of articles) {
      for (let seed = 1; seed <= 10; seed += 1) expect(answerOf(article, copy(article, new Random(seed)))).toBe('near');
    }
  });

  test.skipIf(isAbsent)('keeps five articles apart', () => {
    expect(articles).toHaveLength(5);
    for (const [i, a] of articles.entries()) {
      for (const b of articles.slice(i + 1)) expect(answerOf(a, b)).toBe('distinct');
    }
  });
});
