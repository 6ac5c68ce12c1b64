import { parseDocument } from 'htmlparser2';
import { selectAll } from 'css-select';
import type { AnyNode, Element } from 'domhandler';
import { textContent } from 'domutils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { TruthArticle } from '../../../testsite/content/truth.js';
import { startTestSite } from '../../../testsite/start-test-site.js';
import type { TestSite } from '../../../testsite/start-test-site.js';

const NOW = Date.UTC(2026, 6, 29, 5, 19);
const EDITIONS = ['sputnikglobe.com', 'ria.ru', 'big5.sputniknews.cn'];
const STORIES = 210;

interface Page {
  readonly truth: TruthArticle;
  readonly root: AnyNode;
}

let testSite: TestSite;
let pages: Page[];

const all = (root: AnyNode, selector: string): Element[] => selectAll<AnyNode, Element>(selector, root);
const text = (root: AnyNode, selector: string): string | null => {
  const [first] = all(root, selector);
  return first === undefined ? null : textContent(first).trim();
};
const attribute = (root: AnyNode, selector: string, name: string): string | null =>
  all(root, selector)[0]?.attribs[name] ?? null;

beforeAll(async () => {
  const clock = { now: () => NOW };
  testSite = await startTestSite({ seed: 5, stories: STORIES, clock, editions: EDITIONS });
  pages = await Promise.all(
    testSite.truth().map(async (truth) => {
      const html = await (await fetch(testSite.origin(truth.edition) + new URL(truth.url).pathname)).text();
      return { truth, root: parseDocument(html) };
    }),
  );
});
afterAll(() => testSite.stop());

describe('the second title', () => {
  const SECOND = 'h1.article__second-title';
  const secondTitled = (): Page[] => pages.filter(({ root }) => text(root, SECOND) !== null);

  it('stands on about one page in seven of every edition, the same ones each time', async () => {
    for (const edition of EDITIONS) {
      const count = secondTitled().filter(({ truth }) => truth.edition === edition).length;
      expect(count, edition).toBeGreaterThan(STORIES / EDITIONS.length / 20);
      expect(count, edition).toBeLessThan(STORIES / EDITIONS.length / 3);
    }
    const clock = { now: () => NOW };
    const again = await startTestSite({ seed: 5, stories: STORIES, clock, editions: EDITIONS });
    expect(again.truth()).toEqual(testSite.truth());
    await again.stop();
  });

  it('is the h1, while everything else on the page names the title', () => {
    for (const { root, truth } of secondTitled()) {
      expect(all(root, 'h1')).toHaveLength(1);
      expect(text(root, SECOND)).not.toBe(truth.title);
      expect(text(root, 'div.article__title')).toBe(truth.title);
      expect(attribute(root, 'meta[property="og:title"]', 'content')).toBe(truth.title);
      if (truth.edition !== 'ria.ru') expect(text(root, '[itemprop=headline]')).toBe(truth.title);
    }
  });

  it('is the lead where there is no announce text, and only there', () => {
    const leads = secondTitled().map(({ root, truth }) => [text(root, '.article__announce-text'), truth.lead]);
    expect(leads.some(([announced]) => announced === null)).toBe(true);
    expect(leads.some(([announced]) => announced !== null)).toBe(true);
    for (const { root, truth } of secondTitled()) {
      expect(truth.lead).toBe(text(root, '.article__announce-text') ?? text(root, SECOND));
    }
  });

  it('gives way to a lead that is asked for, or taken away', () => {
    const { truth } = secondTitled().find(({ root }) => text(root, '.article__announce-text') === null)!;
    testSite.edit(truth.articleId, { lead: null });
    expect(testSite.truth().find(({ articleId }) => articleId === truth.articleId)?.lead).toBeNull();
  });
});

describe('items on article pages', () => {
  const current = (): Page[] =>
    pages.filter(({ root, truth }) => truth.edition !== 'ria.ru' && text(root, '.article__meta') !== null);

  it('name the whole agency as publisher, and as author where nobody signs', () => {
    const ORGANISATION = '[itemtype="http://schema.org/Organization"]';
    const COUNTRY = '> [itemprop=address] > [itemprop=addressCountry] > [itemprop=name]';
    const unsigned = current().filter(({ truth }) => truth.authors.length === 0);
    expect(unsigned.length).toBeGreaterThan(0);
    for (const { root } of unsigned) {
      for (const name of ['author', 'publisher']) {
        expect(attribute(root, `[itemprop=${name}]${ORGANISATION} ${COUNTRY}`, 'content')).not.toBeNull();
        expect(text(root, `[itemprop=${name}]${ORGANISATION} > [itemprop=name]`)).not.toBeNull();
      }
    }
    const signed = current().filter(({ truth }) => truth.authors.length > 0);
    expect(signed.length).toBeGreaterThan(0);
    for (const { root, truth } of signed) {
      const people = all(root, '[itemprop=author][itemtype="http://schema.org/Person"] > [itemprop=name]');
      expect(people.map((person) => textContent(person))).toEqual(truth.authors);
      expect(
        attribute(root, `[itemprop=author] > [itemprop=worksFor]${ORGANISATION} ${COUNTRY}`, 'content'),
      ).toBeTruthy();
    }
  });

  it('tell size and a flag of each picture as text beside its URL', () => {
    const illustrated = current().filter(({ truth }) => truth.images.length > 0);
    expect(illustrated.length).toBeGreaterThan(0);
    for (const { root, truth } of illustrated) {
      const items = all(root, '.media [itemprop=image][itemtype="https://schema.org/ImageObject"]');
      expect(items.map((item) => attribute(item, '[itemprop=url]', 'href'))).toEqual(
        truth.images.map(({ url }) => url),
      );
      for (const item of items) expect(textContent(item).replace(/\s+/g, ' ').trim()).toBe('1920 1080 true');
    }
  });

  it('are JSON-LD on ria.ru', () => {
    const unsigned = pages.filter(({ truth, root }) => {
      return truth.edition === 'ria.ru' && truth.authors.length === 0 && text(root, '.m-ria') !== null;
    });
    expect(unsigned.length).toBeGreaterThan(0);
    for (const { root } of unsigned) {
      const article: unknown = JSON.parse(text(root, 'script[type="application/ld+json"]')!);
      const whole = { '@type': 'Organization', address: { addressCountry: { '@type': 'Country' } } };
      expect(article).toMatchObject({ '@type': 'Article', author: whole, publisher: whole });
    }
  });
});
