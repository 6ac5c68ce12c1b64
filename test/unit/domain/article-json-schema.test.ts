import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { articleJsonSchema } from '../../../src/domain/article-json-schema.js';
import { articleSchema, type Article } from '../../../src/domain/article.js';

const HASH = `sha256:${'a'.repeat(64)}`;
const INSTANT = '2024-05-06T07:08:09Z';

const ARTICLE: Article = {
  schemaVersion: 2,
  id: 'example.org/10001',
  url: 'https://example.org/20240506/10001.html',
  aliases: ['https://example.org/20240505/10001.html'],
  edition: 'example.org',
  family: 'example.org',
  language: 'zh-Hans',
  title: '山谷里开了一座新桥',
  lead: null,
  body: [{ type: 'text', text: '桥长一百米。' }],
  dateline: null,
  publishedAt: INSTANT,
  modifiedAt: null,
  tags: [{ name: '亚美尼亚', url: null, kind: null }],
  topics: ['armenia'],
  section: null,
  authors: [],
  format: 'text',
  images: [{ url: 'https://example.org/a.jpg', caption: null, credit: null }],
  related: [{ url: 'https://example.org/20240501/10000.html', title: null }],
  copyrightHolder: null,
  contentHash: HASH,
  renditions: [
    {
      edition: 'big5.example.org',
      url: 'https://big5.example.org/20240506/10001.html',
      language: 'zh-Hant',
      title: '山谷裡開了一座新橋',
      lead: null,
      body: [{ type: 'quote', text: '橋長一百米。' }],
      publishedAt: INSTANT,
      contentHash: HASH,
    },
  ],
  revisions: [
    {
      revision: 1,
      seenAt: INSTANT,
      modifiedAt: null,
      title: '新桥',
      lead: null,
      body: [],
      tags: [],
      contentHash: HASH,
    },
  ],
  duplicates: ['example.org/10002'],
  duplicateOf: { id: 'example.org/9999', kind: 'near', similarity: 0.93 },
  goneAt: null,
  firstSeenAt: INSTANT,
  lastSeenAt: INSTANT,
  capture: {
    file: 'captures/a.warc.gz',
    offset: 0,
    length: 1,
    sha256: 'b'.repeat(64),
    fetchedAt: INSTANT,
    status: 200,
    etag: null,
    lastModified: null,
    via: 'http',
  },
  provenance: { title: 'h1' },
  extractor: { name: 'current', version: '2026-01' },
};

const accepts = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(articleJsonSchema());

describe('the published schema of an article', () => {
  it('is the one that the code makes; `npm run schema` writes it again', () => {
    const published = readFileSync(new URL('../../../schema/article.schema.json', import.meta.url), 'utf8');
    expect(published).toBe(`${JSON.stringify(articleJsonSchema(), null, 2)}\n`);
  });

  it('names and describes itself and every key', () => {
    const { $schema, $id, title, properties } = articleJsonSchema();
    expect($schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect($id).toBe('urn:sputnik-harvester:schema:article:2');
    expect(title).toBe('Article');
    expect(Object.keys(properties as object)).toEqual(Object.keys(articleSchema.shape));
    for (const property of Object.values(properties as object)) expect(property).toHaveProperty('description');
  });

  it('accepts a whole article, as the code does', () => {
    expect(articleSchema.parse(ARTICLE)).toEqual(ARTICLE);
    expect(accepts(ARTICLE), JSON.stringify(accepts.errors)).toBe(true);
  });

  const rendition = ARTICLE.renditions[0]!;
  it.each<[string, object]>([
    ['an unknown key', { ...ARTICLE, views: 7 }],
    ['an unknown key of a part', { ...ARTICLE, body: [{ type: 'text', text: 'a', html: '<p>' }] }],
    ['another version', { ...ARTICLE, schemaVersion: 1 }],
    ['an id without family', { ...ARTICLE, id: '10001' }],
    ['local time', { ...ARTICLE, publishedAt: '2024-05-06T07:08:09+08:00' }],
    ['a block of unknown type', { ...ARTICLE, body: [{ type: 'image', text: 'a' }] }],
    ['an empty title', { ...ARTICLE, title: '' }],
    ['a hash without its name', { ...ARTICLE, contentHash: 'a'.repeat(64) }],
    ['a rendition without its edition', { ...ARTICLE, renditions: [{ ...rendition, edition: undefined }] }],
    ['a similarity beyond 1', { ...ARTICLE, duplicateOf: { ...ARTICLE.duplicateOf, similarity: 1.1 } }],
  ])('refuses %s, as the code does', (_name, article) => {
    const stored: unknown = JSON.parse(JSON.stringify(article));
    expect(accepts(stored)).toBe(false);
    expect(articleSchema.safeParse(stored).success).toBe(false);
  });

  it.each(Object.keys(ARTICLE))('refuses an article without %s', (key) => {
    expect(accepts(Object.fromEntries(Object.entries(ARTICLE).filter(([name]) => name !== key)))).toBe(false);
  });
});
