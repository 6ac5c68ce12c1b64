import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BodyBlock } from '../../src/domain/article.js';
import { readArticlePage } from './read-page.js';
import { renderCurrentPage } from './render-current-page.js';

const shared = process.env['SPUTNIK_SHARED'] ?? resolve(import.meta.dirname, '../../../shared');
const isPresent = existsSync(join(shared, 'site/pages/INDEX.tsv'));
if (!isPresent) process.stderr.write(`SKIPPED: the real pages are not at ${shared}/site (set SPUTNIK_SHARED)\n`);

interface Expected {
  readonly url: string;
  readonly articleId: string;
  readonly language: string;
  readonly title: string;
  readonly lead: string | null;
  readonly dateline?: string;
  readonly body: readonly BodyBlock[];
  readonly publishedAt: string;
  readonly modifiedAt: string | null;
  readonly tags: readonly (string | { readonly name: string; readonly url: string })[];
  readonly topics?: readonly string[];
  readonly image?: string;
  readonly related?: readonly string[];
  readonly section?: string;
  readonly copyrightHolder?: string;
  readonly authors?: readonly string[];
  readonly images?: readonly unknown[];
}

function load(path: string): Expected {
  return JSON.parse(readFileSync(join(shared, 'site', path), 'utf8')) as Expected;
}

describe.skipIf(!isPresent)('the real pages', () => {
  it.each(['201906201075975805', '201911181077343476'])(
    'reads the old-engine page %s as it was checked by hand',
    (id) => {
      const expected = load(`pages/sputniknews.com-${id}.expected.json`);
      const page = readFileSync(join(shared, `site/pages/sputniknews.com-${id}.html`));
      const article = readArticlePage(page, expected.url, { fetchedAt: '2026-08-01T00:00:00Z' });
      expect(article).toMatchObject({
        url: expected.url,
        articleId: expected.articleId,
        language: expected.language,
        title: expected.title,
        lead: expected.lead,
        publishedAt: expected.publishedAt,
        modifiedAt: expected.modifiedAt,
        section: expected.section,
        extractor: { name: 'sputnik-2015' },
      });
      expect(article.body).toEqual(expected.body);
      expect(article.tags.map(({ name, url }) => ({ name, url }))).toEqual(expected.tags);
    },
  );

  it('reads a current-engine page made of the seed document as it was checked by hand', () => {
    const expected = load('seed/1049499304.expected.json');
    const seed = readFileSync(join(shared, 'site/seed/1049499304.txt'), 'utf8').split('\n');
    const tags = expected.tags.map((tag) => (typeof tag === 'string' ? tag : tag.name));
    const html = renderCurrentPage({
      ...expected,
      published: '2023-04-12T19:40+0800',
      modified: '2023-04-12T19:40+0800',
      unixtime: 1681299600,
      tags: tags.map((name, at) => ({ name, href: `/geo_${at}/` })),
      image: expected.image ?? '',
      inlineLinks: [
        {
          block: 0,
          words: expected.body[0]!.text.slice(expected.body[0]!.text.indexOf('與') + 1).split('。')[0]!,
          href: '/20230412/1049479854.html',
        },
      ],
      cards: [{ after: 1, href: '/20230412/1049479854.html?in=t', title: 'A card' }],
      articleBody: seed.find((line) => line.length > 500) ?? '',
      agency: '俄羅斯衛星通訊社',
      copyrightHolder: expected.copyrightHolder ?? '',
    });
    const article = readArticlePage(html, expected.url, { fetchedAt: '2026-08-01T00:00:00Z' });
    expect(article).toMatchObject({
      url: expected.url,
      articleId: expected.articleId,
      language: expected.language,
      title: expected.title,
      lead: expected.lead,
      dateline: expected.dateline,
      publishedAt: expected.publishedAt,
      modifiedAt: expected.modifiedAt,
      topics: expected.topics,
      copyrightHolder: expected.copyrightHolder,
      extractor: { name: 'sputnik-2021' },
    });
    expect(article.body).toEqual(expected.body);
    expect(article.tags.map(({ name }) => name)).toEqual(tags);
    expect(article.tags.map(({ kind }) => kind)).toEqual(tags.map(() => 'geo'));
    expect(article.images[0]).toEqual({ url: expected.image, caption: 'Photo', credit: '© Sputnik / A. Photographer' });
    expect(article.images).toHaveLength(1);
    expect(article.related).toEqual(expected.related?.map((url) => ({ url, title: 'A card' })));
  });

  it.each(['20210516-1732490130', '20210516-1732499934', '20220611-1794720292'])(
    'reads the ria.ru page %s of the current engine as it was checked by hand, every field of it',
    (id) => {
      const expected = load(`pages/ria.ru-${id}.expected.json`);
      const page = readFileSync(join(shared, `site/pages/ria.ru-${id}.html`));
      const article = readArticlePage(page, expected.url, { fetchedAt: '2026-08-01T00:00:00Z' });
      const { title, lead, dateline, publishedAt, modifiedAt, section, authors, images, copyrightHolder } = expected;
      expect(article).toMatchObject({ title, lead, dateline, publishedAt, modifiedAt, section, copyrightHolder });
      expect(article).toMatchObject({ articleId: expected.articleId, format: 'text', extractor: { name: 'ria-2021' } });
      expect(article.body).toEqual(expected.body);
      expect(article.tags).toEqual(expected.tags);
      expect(article.authors).toEqual(authors);
      expect(article.images).toEqual(images);
    },
  );

  it('reads what an excerpt of a ria.ru page of 2026 still holds', () => {
    const page = readFileSync(join(shared, 'site/pages/ria.ru-20260531-2095779946.excerpt.html'));
    const article = readArticlePage(page, 'https://ria.ru/20260531/polnolunie-2095779946.html', {
      fetchedAt: '2026-08-01T00:00:00Z',
    });
    expect(article).toMatchObject({
      title: 'Редкая "голубая Луна" взойдет 31 мая',
      lead: null,
      dateline: 'МОСКВА, 31 мая - РИА Новости.',
      publishedAt: '2026-05-30T21:44:00Z',
      modifiedAt: '2026-05-30T21:44:00Z',
      section: 'Наука',
      extractor: { name: 'ria-2021' },
    });
    expect(article.body.map(({ type }) => type)).toEqual(['text', 'text']);
    expect(article.body[1]?.text).toMatch(/^Первое полнолуние мая .*"когда Луна станет голубой" .*события\)\.$/);
    expect(article.tags.map(({ name, kind }) => [name, kind])).toEqual([
      ['Луна', 'location'],
      ['Российская академия наук', 'organization'],
      ['Наука', 'tag'],
    ]);
    expect(article.related.map(({ url }) => url)).toEqual([
      'https://ria.ru/20260529/sozvezdiya-2095392769.html',
      'https://ria.ru/20260530/kosmos-2095659602.html',
    ]);
  });
});
