import type { Article } from '../../../src/domain/article.js';

const SHA = '3f5a0c1d9b7e46d28a54c0f2e1b6d7a890c4e5f6a7b8c9d0e1f203142536475a';
const BODY = [
  { type: 'text' as const, text: '俄羅斯衛星通訊社埃里溫4月12日電 亞美尼亞經濟部12日公佈了運輸走廊的計劃。' },
  { type: 'quote' as const, text: '「第一段將於明年開通。」' },
];
const CAPTURE = {
  file: 'captures/20230412T1141-0001.warc.gz',
  offset: 48_211,
  length: 19_874,
  sha256: SHA,
  fetchedAt: '2023-04-12T12:05:09Z',
  status: 200,
  etag: '"6436a1f2-1c2d"',
  lastModified: 'Wed, 12 Apr 2023 12:03:00 GMT',
  via: 'http' as const,
};
const IMAGE = {
  url: 'https://cdn.sputniknews.cn/img/07e7/04/0c/1049499300_0:0:1280:720_1920x0_80_0_0_0123456789abcdef.jpg',
  caption: '埃里溫的車站',
  credit: '© Sputnik / Example',
};

const FIRST_STATE = {
  revision: 1,
  seenAt: '2023-04-12T11:45:31Z',
  modifiedAt: null,
  title: '亚美尼亚将公布运输走廊计划',
  lead: null,
  body: BODY.slice(0, 1),
  tags: [],
  contentHash: `sha256:${SHA.replace('3', '4')}`,
};

/** An invented article in which every key has something in it. */
export const EXAMPLE_ARTICLE: Article = {
  schemaVersion: 2,
  id: 'sputniknews.cn/1049499304',
  url: 'https://sputniknews.cn/20230412/1049499304.html',
  aliases: ['https://sputniknews.cn/20230411/1049499304.html'],
  edition: 'sputniknews.cn',
  family: 'sputniknews.cn',
  language: 'zh-Hans',
  title: '亚美尼亚公布运输走廊计划',
  lead: '第一段将于明年开通。',
  body: BODY,
  dateline: '俄羅斯衛星通訊社埃里溫4月12日電',
  publishedAt: '2023-04-12T11:40:00Z',
  modifiedAt: '2023-04-12T12:03:00Z',
  tags: [{ name: '亚美尼亚', url: 'https://sputniknews.cn/geo_yameiniya/', kind: 'geo' }],
  topics: ['armenia'],
  section: '经济',
  authors: ['Анна Примерова'],
  format: 'text',
  images: [IMAGE],
  related: [{ url: 'https://sputniknews.cn/20230410/1049480011.html', title: '两国代表讨论运输' }],
  copyrightHolder: 'MIA „Rossiya Segodnya“',
  contentHash: `sha256:${SHA}`,
  renditions: [
    {
      edition: 'big5.sputniknews.cn',
      url: 'https://big5.sputniknews.cn/20230412/1049499304.html',
      language: 'zh-Hant',
      title: '亞美尼亞公佈運輸走廊計劃',
      lead: '第一段將於明年開通。',
      body: BODY,
      publishedAt: '2023-04-12T11:40:00Z',
      contentHash: `sha256:${SHA}`,
      seenAt: '2023-04-12T12:07:44Z',
      revisions: [{ ...FIRST_STATE, title: '亞美尼亞將公佈運輸走廊計劃' }],
    },
  ],
  revisions: [FIRST_STATE],
  duplicates: ['sputnik.az/454321987'],
  duplicateOf: { id: 'am.sputniknews.ru/58123456', kind: 'near', similarity: 0.93 },
  goneAt: '2024-02-01T06:10:44Z',
  pictures: [{ seenAt: '2023-04-12T11:45:31Z', images: [] }],
  firstSeenAt: '2023-04-12T11:45:31Z',
  lastSeenAt: '2024-01-30T06:12:02Z',
  capture: CAPTURE,
  provenance: { publishedAt: 'article:published_time', title: 'h1' },
  extractor: { name: 'sputnik-2021', version: '7' },
};
