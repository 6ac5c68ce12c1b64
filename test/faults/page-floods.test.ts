import { describe, expect, it } from 'vitest';
import { contentHashOf } from '../../src/dedupe/comparable-text.js';
import type { Article } from '../../src/domain/article.js';
import type { PageResult } from '../../src/domain/page-result.js';
import { Random } from '../quality/dedupe/random.js';
import { captureOf, extracted } from '../unit/records/observations.js';
import { differences, opened, recordFiles, scratchFolder, pageResultOf } from '../unit/store/fixtures.js';
import { expectSection } from './fault-table.js';

const PAGES = 150;
const IN_FLIGHT = 8;
const START_MS = Date.UTC(2024, 4, 1);

const ideographs = (random: Random, count: number): string =>
  Array.from({ length: count }, () => String.fromCodePoint(0x4e00 + random.below(3000))).join('');
const text = ideographs(new Random(5), 400);

const FLOODS: Readonly<Record<string, (n: number) => string>> = {
  'copies of one text, letter for letter': () => text,
  'copies of one text, one letter in forty changed': (n) => {
    const random = new Random(n + 1);
    return Array.from(text, (letter) => (random.next() < 1 / 40 ? '改' : letter)).join('');
  },
  'texts filled in from one form': (n) => ideographs(new Random(n + 1), 130) + text.slice(130),
};

function page(n: number, words: string): PageResult {
  const publishedAt = new Date(START_MS + n * 60_000).toISOString().replace('.000Z', 'Z');
  const made = extracted({
    at: n,
    articleId: String(1_000_000_000 + n),
    title: '同一标题的消息',
    text: words,
    publishedAt,
  });
  return pageResultOf({ article: { ...made, contentHash: contentHashOf(made) }, capture: captureOf({ at: n }) });
}

/** @returns the record files after pages have come in this order, a few at a time, and the writer has closed. */
async function stored(pages: readonly PageResult[]): Promise<Record<string, string>> {
  const dataDir = scratchFolder();
  const store = await opened(dataDir);
  for (let start = 0; start < pages.length; start += IN_FLIGHT) {
    await Promise.all(pages.slice(start, start + IN_FLIGHT).map((item) => store.storePage(item)));
  }
  await store.close();
  return recordFiles(dataDir);
}

const originalOf = (file: string): string => (JSON.parse(file) as Article).duplicateOf?.id ?? 'none';

describe('a flood of pages that are like each other', () => {
  const rows: string[][] = [];

  it.each(Object.entries(FLOODS))('ends equal newest first and oldest first: %s', async (name, wordsOf) => {
    const pages = Array.from({ length: PAGES }, (_, n) => page(n, wordsOf(n)));
    const [oldest, newest] = [await stored(pages), await stored([...pages].reverse())];
    expect(differences(newest, oldest)).toEqual([]);
    const originals = new Set(Object.values(newest).map(originalOf));
    expect(originals).toEqual(new Set(name.startsWith('texts') ? ['none'] : ['none', 'sputniknews.cn/1000000000']));
    const outcome = name.startsWith('texts') ? 'each is an original' : 'each names the one published first';
    rows.push([name, `${outcome}; records equal to those that came oldest first`]);
  });

  it('comes to what docs/faults.md says', async () => {
    await expectSection({
      title: 'Pages that come newest first',
      columns: [`${PAGES} pages`, 'outcome'],
      rows,
    });
  });
});
