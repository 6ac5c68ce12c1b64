/**
 * What a search costs by the size of the corpus, and what an article costs until its words are found.
 *
 *     npx vitest run --config bench/steps/vitest.config.ts search-scale            # 200,000 articles
 *     SEARCH_SCALE_ARTICLES=20000 npx vitest run --config bench/steps/vitest.config.ts search-scale
 *
 * The corpus: articles of about 250 words (Chinese: 500 characters) in six languages, words by Zipf's law from a vocabulary of their own,
 * half of them on each topic and bearing its tag; the name of the country stands in the text of four of five. Queries: one to four
 * words, common and rare, phrases, exclusions, alternatives, filters, with and without words, in either order, pages near and far.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Article } from '../../src/domain/article.js';
import type { ArticleKey } from '../../src/domain/page.js';
import type { Database } from '../../src/store/catalogue/database.js';
import { fullTextTable } from '../../src/store/catalogue/catalogue-tables.js';
import { openForReading, openForWriting } from '../../src/store/catalogue/open-database.js';
import { searchCorpus, type SearchRequest } from '../../src/store/catalogue/search-corpus.js';
import { sampleArticle } from '../../test/unit/export/sample-articles.js';
import { articleRows } from '../../test/quality/search/fill-catalogue.js';
import { Random } from '../../test/quality/dedupe/random.js';

const ARTICLES = Number(process.env['SEARCH_SCALE_ARTICLES'] ?? 200_000);
const BATCH = 50;
const QUERIES = 400;

interface Language {
  readonly code: string;
  readonly edition: string;
  readonly country: string;
  readonly words: readonly string[];
  readonly separator: string;
  readonly length: number;
}

const ENDINGS: Readonly<Record<string, readonly string[]>> = {
  ru: ['', 'а', 'у', 'ом', 'ов', 'ами', 'ский', 'ение'],
  en: ['', 's', 'ed', 'ing', 'ation', 'ly'],
  hy: ['', 'ը', 'ի', 'ում', 'ից', 'ներ', 'ների'],
  ar: ['', 'ات', 'ين', 'ها'],
  az: ['', 'lar', 'da', 'dan', 'ın', 'ı'],
};

function language(code: string, edition: string, country: string, letters: string): Language {
  const random = new Random(code.charCodeAt(0) * 7 + code.charCodeAt(1));
  const alphabet = Array.from(letters);
  const isChinese = code.startsWith('zh');
  const letter = (): string =>
    isChinese ? String.fromCodePoint(0x4e00 + random.below(3_500)) : (alphabet[random.below(alphabet.length)] ?? '');
  const words = Array.from({ length: 100_000 }, () => {
    const stem = Array.from({ length: isChinese ? 2 : 3 + random.below(7) }, letter).join('');
    const endings = ENDINGS[code] ?? [''];
    return stem + (endings[random.below(endings.length)] ?? '');
  });
  return { code, edition, country, words, separator: isChinese ? '' : ' ', length: 250 };
}

const LANGUAGES = [
  language('zh-Hans', 'sputniknews.cn', '亚美尼亚', ''),
  language('ru', 'ria.ru', 'Армения', 'абвгдезиклмнопрстуя'),
  language('en', 'sputnikglobe.com', 'Armenia', 'abcdefghiklmnoprstuvy'),
  language('hy', 'arm.sputniknews.ru', 'Հայաստան', 'աբգդեզիլկհմնոպռստր'),
  language('ar', 'sarabic.ae', 'أرمينيا', 'ابتجحدرسشعفقلمنهوي'),
  language('az', 'sputnik.az', 'Ermənistan', 'abcçdeəfgiıklmnoöprsşt'),
];

/** Zipf's law, but for the most frequent words. */
const FLAT = 20;

function wordOf(random: Random, { words }: Language): string {
  return words[Math.floor(FLAT * (Math.exp(random.next() * Math.log(words.length / FLAT + 1)) - 1))] ?? '';
}

const sample = sampleArticle();

function article(n: number): Article {
  const random = new Random(n);
  const spoken = LANGUAGES[n % LANGUAGES.length]!;
  const text = (count: number): string =>
    Array.from({ length: count }, () => wordOf(random, spoken)).join(spoken.separator);
  const paragraph = (): string => `${text(60)}${random.next() < 0.4 ? `${spoken.separator}${spoken.country}` : ''}`;
  const day = new Date(Date.UTC(2015, 0, 1) + Math.floor(random.next() * 4_000) * 86_400_000)
    .toISOString()
    .slice(0, 10);
  return {
    ...sample,
    id: `${spoken.edition}/${1_000_000_000 + n}`,
    ...{ edition: spoken.edition, family: spoken.edition, language: spoken.code },
    title: `${text(8)}${random.next() < 0.2 ? `${spoken.separator}${spoken.country}` : ''}`,
    lead: text(20),
    body: [paragraph(), paragraph(), paragraph(), text(40)].map((one) => ({ type: 'text', text: one })),
    tags: [{ name: random.next() < 0.5 ? spoken.country : 'other', url: null, kind: null }],
    topics: [random.next() < 0.5 ? 'armenia' : 'azerbaijan'],
    publishedAt: `${day}T08:00:00Z`,
    renditions: [],
    duplicateOf: null,
  };
}

/** Of the processor, so that what else the machine does does not count. */
function cpuMs(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

function fill(database: Database): number {
  const addRow = articleRows(database);
  const fullText = fullTextTable(database);
  let spent = 0;
  for (let start = 0; start < ARTICLES; start += BATCH) {
    const batch = Array.from({ length: BATCH }, (_, i) => article(start + i));
    database.exec('BEGIN');
    for (const one of batch) addRow(one);
    const before = process.cpuUsage();
    for (const one of batch) fullText.put(one);
    const { user, system } = process.cpuUsage(before);
    spent += user + system;
    const committing = process.cpuUsage();
    database.exec('COMMIT');
    const committed = process.cpuUsage(committing);
    spent += committed.user + committed.system;
  }
  return spent / 1_000 / ARTICLES;
}

function requests(): SearchRequest[] {
  const random = new Random(99);
  const rare = (spoken: Language): string => spoken.words[1_000 + random.below(20_000)] ?? '';
  const common = (spoken: Language): string => spoken.words[random.below(40)] ?? '';
  const forms: readonly ((spoken: Language) => SearchRequest)[] = [
    (spoken) => ({ text: spoken.country }),
    (spoken) => ({ text: spoken.country, order: 'newest' }),
    (spoken) => ({ text: rare(spoken) }),
    (spoken) => ({ text: `${spoken.country} ${common(spoken)}` }),
    (spoken) => ({ text: `${spoken.country} ${rare(spoken)}` }),
    (spoken) => ({ text: `${common(spoken)} ${common(spoken)} ${common(spoken)} ${common(spoken)}` }),
    (spoken) => ({ text: `"${common(spoken)}${spoken.separator}${common(spoken)}"` }),
    (spoken) => ({ text: `${spoken.country} -${common(spoken)}` }),
    (spoken) => ({ text: `(${common(spoken)} OR ${rare(spoken)} OR ${common(spoken)}) tag:${spoken.country}` }),
    (spoken) => ({ text: LANGUAGES.map(({ country }) => country).join(' OR '), page: spoken.length % 7 }),
    (spoken) => ({ text: `${spoken.country} since:2019-05-17 until:2022-03 topic:armenia` }),
    (spoken) => ({ text: '', filters: { topics: ['armenia'], editions: [spoken.edition], until: '2021-07-14' } }),
    (spoken) => ({ text: spoken.country, page: 400 }),
    () => ({ text: 'a b c d e f g h' }),
    (spoken) => ({ text: spoken.code.startsWith('zh') ? '中 国' : `-${common(spoken)}` }),
  ];
  return Array.from({ length: QUERIES }, (_, i) =>
    forms[i % forms.length]!(LANGUAGES[random.below(LANGUAGES.length)]!),
  );
}

test('searches by the size of the corpus', () => {
  const folder = mkdtempSync(join(tmpdir(), 'search-scale-'));
  try {
    const { database } = openForWriting(join(folder, 'catalogue.db'));
    database.exec('PRAGMA synchronous = OFF');
    const cost = fill(database);
    database.close();
    const reading = openForReading(folder)!;
    const numbers = (key: ArticleKey): Article => article(Number(key.split('/')[1]) - 1_000_000_000);
    const timed = requests().map((request) => {
      const start = process.cpuUsage();
      const { total } = searchCorpus(reading, numbers, request);
      return { text: request.text, total, order: request.order, ms: cpuMs(start) };
    });
    timed.sort((a, b) => a.ms - b.ms);
    const at = (share: number): string => timed[Math.ceil(timed.length * share) - 1]!.ms.toFixed(1);
    const bytes = statSync(join(folder, 'catalogue.db')).size;
    console.log(
      `${ARTICLES} articles: ${cost.toFixed(3)} CPU-ms an article, ${(bytes / ARTICLES / 1_024).toFixed(1)} KiB each in the catalogue`,
    );
    console.log(`${QUERIES} queries: median ${at(0.5)}, 95 of 100 within ${at(0.95)}, slowest ${at(1)} ms`);
    for (const { text, total, order, ms } of timed.slice(-12))
      console.log(`  ${ms.toFixed(1)} ms: ${text} (${total}, ${order ?? 'relevance'})`);
    reading.close();
    expect(Number(at(0.95))).toBeLessThan(100);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
