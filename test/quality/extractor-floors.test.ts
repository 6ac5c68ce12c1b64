import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import type { BodyBlock } from '../../src/domain/article.js';
import { decodeHtml } from '../../src/sputnik/html/decode-html.js';
import { readPage } from '../contract/read-page.js';
import floors from './floors.json' with { type: 'json' };
import { textF1 } from './text-f1.js';

/**
 * Quality per field over the golden pages, against floors that are raised quietly and lowered only on purpose,
 * and against Mozilla Readability alone on the same pages in the same run.
 */
const GOLDEN = join(import.meta.dirname, '../contract/golden');
const FIELDS = Object.keys(floors).filter((name) => name !== 'textF1' && name !== 'notArticle');

interface Expected {
  readonly url: string;
  readonly fetchedAt?: string;
  readonly notArticle?: string;
  readonly article?: Readonly<Record<string, unknown>> & {
    readonly title: string;
    readonly lead: string | null;
    readonly body: readonly BodyBlock[];
  };
}

interface Score {
  /** Pages that count. */
  pages: number;
  sum: number;
}

function measure(): { readonly ours: Map<string, Score>; readonly baseline: Map<string, Score> } {
  const [ours, baseline] = [new Map<string, Score>(), new Map<string, Score>()];
  for (const name of readdirSync(GOLDEN)) {
    const expected = JSON.parse(readFileSync(join(GOLDEN, name, 'expected.json'), 'utf8')) as Expected;
    const page = readFileSync(join(GOLDEN, name, 'page.html'));
    const result = readPage(page, expected.url, { fetchedAt: expected.fetchedAt ?? null });
    if (expected.article === undefined) {
      score(ours, 'notArticle', 'notArticle' in result && result.notArticle === expected.notArticle ? 1 : 0);
      continue;
    }
    const { article } = expected;
    const read: Readonly<Record<string, unknown>> = 'notArticle' in result ? {} : result.article;
    for (const field of FIELDS)
      score(ours, field, JSON.stringify(read[field]) === JSON.stringify(article[field]) ? 1 : 0);
    const text = [article.lead ?? '', ...article.body.map((block) => block.text)].join('\n');
    score(
      ours,
      'textF1',
      'notArticle' in result
        ? 0
        : textF1([result.article.lead ?? '', ...result.article.body.map((block) => block.text)].join('\n'), text),
    );
    const plain = readAlone(decodeHtml(page, null).text);
    score(baseline, 'textF1', textF1(plain.text, text));
    score(baseline, 'title', plain.title === article.title ? 1 : 0);
  }
  return { ours, baseline };
}

function readAlone(html: string): { readonly title: string; readonly text: string } {
  const { document } = parseHTML(html);
  const article = new Readability(document).parse();
  return { title: article?.title ?? '', text: article?.textContent ?? '' };
}

function score(scores: Map<string, Score>, name: string, value: number): void {
  const known = scores.get(name) ?? { pages: 0, sum: 0 };
  scores.set(name, { pages: known.pages + 1, sum: known.sum + value });
}

function meanOf(scores: Map<string, Score>, name: string): number {
  const found = scores.get(name);
  return found === undefined ? 0 : found.sum / found.pages;
}

describe('the quality of reading', () => {
  const { ours, baseline } = measure();

  it.each(Object.entries(floors))('%s does not fall below %d over the golden pages', (name, floor) => {
    expect(meanOf(ours, name)).toBeGreaterThanOrEqual(floor);
  });

  it('is better than that of Readability alone, in title and in text', () => {
    const table = ['textF1', 'title'].map(
      (name) =>
        `${name}: ours ${meanOf(ours, name).toFixed(3)}, Readability alone ${meanOf(baseline, name).toFixed(3)}`,
    );
    process.stderr.write(
      `reading quality over ${ours.get('title')?.pages ?? 0} golden articles: ${table.join('; ')}\n`,
    );
    expect(meanOf(ours, 'textF1')).toBeGreaterThan(meanOf(baseline, 'textF1'));
    expect(meanOf(ours, 'title')).toBeGreaterThan(meanOf(baseline, 'title'));
  });
});
