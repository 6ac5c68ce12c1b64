import { parquetReadObjects } from 'hyparquet';
import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { articleSchema, type Article } from '../../../src/domain/article.js';
import { CSV_COLUMNS } from '../../../src/export/encode-csv.js';
import { PARQUET_COLUMNS, type ColumnForm } from '../../../src/export/encode-parquet.js';
import { encodeArticles } from '../../../src/export/encode-articles.js';
import { EXPORT_FORMATS, type ExportFormat } from '../../../src/export/export-formats.js';
import { encodeAtom, feedHead } from '../../../src/export/encode-feeds.js';
import { webUrl } from '../../../src/export/safe-markup.js';
import { readCsv } from './read-csv.js';
import { HOSTILE, sampleArticle } from './sample-articles.js';

const EDITED = sampleArticle(
  {
    revisions: [
      {
        revision: 1,
        seenAt: '2023-04-12T12:00:00Z',
        modifiedAt: null,
        title: 'a',
        lead: null,
        body: [],
        tags: [],
        contentHash: `sha256:${'1'.repeat(64)}`,
      },
    ],
    duplicateOf: { id: 'sputniknews.cn/1049499304', kind: 'near', similarity: 0.93 },
    authors: ['Анна', 'Борис'],
    images: [{ url: 'https://cdn.sputniknews.cn/1.jpg', caption: 'подпись', credit: null }],
    modifiedAt: '2023-04-13T00:00:00Z',
    language: 'ru',
  },
  1049499306,
);
const ARTICLES = [sampleArticle(), HOSTILE, EDITED];

async function bytesOf(format: ExportFormat, articles: Iterable<Article>, withMark = false): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of encodeArticles(format, articles, { topic: null, withMark }))
    chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

async function textOf(format: ExportFormat, articles: Iterable<Article> = ARTICLES): Promise<string> {
  return (await bytesOf(format, articles)).toString('utf8');
}

describe('export', () => {
  it.each(['ndjson', 'json'] as const)('as %s gives back the very records', async (format) => {
    const text = await textOf(format);
    const values = format === 'json' ? (JSON.parse(text) as unknown[]) : text.trimEnd().split('\n').map(parsed);
    // UTF-8 has no half characters.
    const wanted = JSON.parse(Buffer.from(JSON.stringify(ARTICLES)).toString('utf8')) as unknown[];
    expect(values.map((value) => articleSchema.parse(value))).toEqual(wanted);
  });

  it.each(EXPORT_FORMATS)('of nothing is a whole %s', async (format) => {
    const bytes = await bytesOf(format, []);
    if (format === 'json') expect(JSON.parse(bytes.toString())).toEqual([]);
    if (format === 'jsonfeed') expect(JSON.parse(bytes.toString())).toMatchObject({ items: [] });
    if (format === 'csv') expect(readCsv(bytes.toString())).toHaveLength(1);
    if (format === 'parquet') expect(await readParquet(bytes)).toEqual([]);
    if (format === 'rss') expect(elements(bytes.toString(), 'item')).toEqual([]);
  });

  it('takes records one at a time, whatever their number', async () => {
    let given = 0;
    function* endless(): Generator<Article> {
      for (;;) {
        given += 1;
        yield sampleArticle();
      }
    }
    for (const format of EXPORT_FORMATS.filter((name) => name !== 'parquet')) {
      given = 0;
      let chunks = 0;
      for await (const chunk of encodeArticles(format, endless(), { topic: null, withMark: false })) {
        expect(chunk.length).toBeLessThan(10_000);
        chunks += 1;
        if (chunks === 50) break;
      }
      expect(given).toBeLessThanOrEqual(51);
    }
  });
});

describe('export as CSV', () => {
  it('is read back cell by cell once the guard is taken off', async () => {
    const [head, ...rows] = readCsv(await textOf('csv'));
    expect(head).toEqual(CSV_COLUMNS.map(({ name }) => name));
    const wanted = ARTICLES.map((article) =>
      CSV_COLUMNS.map(({ of }) => Buffer.from(String(of(article) ?? '')).toString('utf8')),
    );
    expect(rows.map((row) => row.map((cell) => cell.replace(/^'/, '')))).toEqual(wanted);
  });

  it('has no cell that a spreadsheet would take for a formula, wide forms included', async () => {
    const [, , hostile = []] = readCsv(await textOf('csv'));
    expect(hostile.filter((cell) => /^[\s]*[=+\-@＝＋－＠\t\r]/.test(cell))).toEqual([]);
    const cell = (name: string): string | undefined => hostile[CSV_COLUMNS.findIndex((one) => one.name === name)];
    expect(cell('title')).toMatch(/^'=HYPERLINK/);
    expect(cell('lead')).toMatch(/^'@SUM/);
    expect(cell('authors')).toBe("'-2+3\nO'Neil");
    expect(cell('section')).toBe("'\tcmd");
    expect(cell('copyrightHolder')).toBe("'+49");
    expect(cell('dateline')).toBe("''");
  });

  it('begins with a byte order mark only where it is asked for', async () => {
    expect((await bytesOf('csv', [], true)).subarray(0, 4)).toEqual(Buffer.from([0xef, 0xbb, 0xbf, 0x22]));
    expect((await bytesOf('csv', []))[0]).toBe(0x22);
  });
});

describe('export as Parquet', () => {
  it('is read back by another library, column by column', async () => {
    const rows = await readParquet(await bytesOf('parquet', ARTICLES));
    expect(rows).toHaveLength(3);
    for (const [index, article] of ARTICLES.entries()) {
      for (const { name, form, of } of PARQUET_COLUMNS) {
        expect([name, comparable(form, rows[index]?.[name])]).toEqual([name, comparable(form, of(article))]);
      }
    }
    expect(rows[0]?.['topics']).toEqual(['armenia']);
    expect(rows[0]?.['publishedAt']).toBeInstanceOf(Date);
    expect(rows[2]?.['duplicateOf']).toMatchObject({ kind: 'near', similarity: 0.93 });
  });

  it('holds the columns that are asked for', async () => {
    const chunks: Uint8Array[] = [];
    const options = { topic: null, withMark: false, fields: ['topics', 'id'] };
    for await (const chunk of encodeArticles('parquet', ARTICLES, options)) chunks.push(Buffer.from(chunk));
    const rows = await readParquet(Buffer.concat(chunks));
    expect(rows.map((row) => Object.keys(row))).toEqual(ARTICLES.map(() => ['id', 'topics']));
  });

  it('gives a piece after as many rows as are asked for', async () => {
    const pieces: Uint8Array[] = [];
    const rows = Array.from({ length: 7 }, () => ARTICLES[0]!);
    const options = { topic: null, withMark: false, groupRowsMax: 3 };
    for await (const piece of encodeArticles('parquet', rows, options)) pieces.push(Buffer.from(piece));
    expect(pieces).toHaveLength(3);
    expect(await readParquet(Buffer.concat(pieces))).toHaveLength(7);
  });

  it('begins a new row group before the old one grows large', async () => {
    const long = sampleArticle({ body: [{ type: 'text', text: 'ա'.repeat(3_000_000) }] });
    const chunks: number[] = [];
    for await (const chunk of encodeArticles('parquet', [long, long, long, long], { topic: null, withMark: false })) {
      chunks.push(chunk.length);
    }
    expect(chunks).toHaveLength(2);
    expect(await readParquet(await bytesOf('parquet', [long, long, long, long]))).toHaveLength(4);
  });
});

describe('feeds', () => {
  it('as RSS are well-formed, with dates of RFC 822, and carry no markup of what was collected', async () => {
    const text = await textOf('rss');
    const items = elements(text, 'item');
    expect(items).toHaveLength(3);
    expect(child(items[0]!, 'title')).toBe('三个检查站将重新开放');
    expect(child(items[0]!, 'pubDate')).toBe('Wed, 12 Apr 2023 11:40:00 GMT');
    expect(child(items[0]!, 'guid')).toBe('tag:sputniknews.cn,2014-11-10:1049499304');
    expect(child(items[1]!, 'title')).toBe(HOSTILE.title);
    expect(child(items[1]!, 'pubDate')).toBe('Wed, 12 Apr 2023 12:00:00 GMT');
    expectHarmless(child(items[1]!, 'content:encoded'));
    expect(text).not.toMatch(/javascript:|[\u0000\u001b]/);
  });

  it('as Atom are well-formed, with a newest change and stable ids', () => {
    const text = [...encodeAtom(ARTICLES, feedHead('armenia'))].join('');
    const entries = elements(text, 'entry');
    expect(entries).toHaveLength(3);
    expect(elements(text, 'updated').at(-1)).toMatchObject({ children: [{ data: '2023-04-13T00:00:00Z' }] });
    expect(child(entries[2]!, 'updated')).toBe('2023-04-13T00:00:00Z');
    expectHarmless(child(entries[1]!, 'content'));
  });

  it('as JSON Feed 1.1 say what the specification wants', async () => {
    const feed = JSON.parse(await textOf('jsonfeed')) as { version: string; title: string; items: FeedJson[] };
    expect(feed.version).toBe('https://jsonfeed.org/version/1.1');
    expect(feed.items).toHaveLength(3);
    for (const item of feed.items) {
      expect(item.id).toMatch(/^tag:/);
      expect(item.url).toMatch(/^https:/);
      expect(item.date_published).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expectHarmless(item.content_html);
    }
    expect(feed.items[1]).not.toHaveProperty('image');
    expect(feed.items[2]).toMatchObject({ image: 'https://cdn.sputniknews.cn/1.jpg', language: 'ru' });
  });

  it('as schema.org hold a NewsArticle a line, without links that are none', async () => {
    const lines = (await textOf('schema-org')).trimEnd().split('\n').map(parsed) as Record<string, unknown>[];
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatchObject({
      '@context': 'https://schema.org',
      '@type': 'NewsArticle',
      headline: '三个检查站将重新开放',
      datePublished: '2023-04-12T11:40:00Z',
      inLanguage: 'zh-Hans',
      keywords: ['亚美尼亚'],
    });
    expect(lines[2]).toMatchObject({ author: [{ '@type': 'Person', name: 'Анна' }, { name: 'Борис' }] });
    expect(JSON.stringify(lines)).not.toContain('javascript:');
  });
});

describe('an address that is to become a link', () => {
  it.each([
    ['https://sputniknews.cn/1.html', 'https://sputniknews.cn/1.html'],
    ['http://sputniknews.cn', 'http://sputniknews.cn/'],
    ['javascript:alert(1)', null],
    [' JaVaScRiPt:alert(1)', null],
    ['java\nscript:alert(1)', null],
    ['data:text/html,x', null],
    ['vbscript:x', null],
    ['file:///etc/passwd', null],
    ['//evil.example/', null],
    ['https://user:pass@evil.example/', null],
    ['nothing', null],
  ])('%j becomes %j', (address, link) => {
    expect(webUrl(address)).toBe(link);
  });
});

interface FeedJson {
  readonly id: string;
  readonly url: string;
  readonly date_published: string;
  readonly content_html: string;
}

type Element = ReturnType<typeof elements>[number];

/** Every element of the name, by an XML reader. */
function elements(xml: string, name: string) {
  const found: { name: string; children: unknown[] }[] = [];
  const walk = (nodes: readonly unknown[]): void => {
    for (const node of nodes as { name?: string; children?: unknown[] }[]) {
      if (node.name === name) found.push(node as { name: string; children: unknown[] });
      walk(node.children ?? []);
    }
  };
  walk(parseDocument(xml, { xmlMode: true, decodeEntities: true }).children);
  return found;
}

/** The text of an element's child. */
function child(element: Element, name: string): string {
  const found = (element.children as { name?: string; children?: { data?: string }[] }[]).find(
    (node) => node.name === name,
  );
  return (found?.children ?? []).map(({ data }) => data ?? '').join('');
}

/** The HTML holds the elements that we write and no attribute at all. */
function expectHarmless(html: string): void {
  const seen = new Set<string>();
  const walk = (nodes: readonly unknown[]): void => {
    for (const node of nodes as { name?: string; attribs?: object; children?: unknown[] }[]) {
      if (node.name !== undefined) seen.add(node.name);
      expect(Object.keys(node.attribs ?? {})).toEqual([]);
      walk(node.children ?? []);
    }
  };
  walk(parseDocument(html).children);
  expect([...seen].filter((name) => !['p', 'br', 'ul', 'li', 'h2', 'blockquote'].includes(name))).toEqual([]);
}

async function readParquet(bytes: Buffer): Promise<Record<string, unknown>[]> {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  return parquetReadObjects({ file });
}

function parsed(line: string): unknown {
  return JSON.parse(line);
}

function wellFormed(text: string): string {
  return Buffer.from(text).toString('utf8');
}

/** A value of a column as both sides have it: instants as milliseconds, numbers as numbers, what is absent as null. */
function comparable(form: ColumnForm, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (form === 'instant') return new Date(value as string | Date).getTime();
  if (form === 'text') return wellFormed(value as string);
  if (typeof form === 'string') return Number(value);
  if ('list' in form) return (value as unknown[]).map((member) => comparable(form.list, member));
  const members = value as Record<string, unknown>;
  return Object.fromEntries(Object.entries(form.of).map(([name, one]) => [name, comparable(one, members[name])]));
}
