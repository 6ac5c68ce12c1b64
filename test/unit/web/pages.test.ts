import { describe, expect, it } from 'vitest';
import { articleResult } from '../store/fixtures.js';
import { ask } from './ask.js';
import { elements, emptySite, FAMILY, hrefs, siteOf } from './page-site.js';

describe('the overview', () => {
  it('draws charts that have a name, a description and their figures as a table, and nothing that runs', async () => {
    const { body } = await ask(`${await siteOf(20)}/`);
    const charts = elements(body, 'svg').filter(({ attribs }) => attribs?.['class'] === 'chart');
    expect(charts.length).toBeGreaterThanOrEqual(1);
    for (const chart of charts) {
      const ids = chart.attribs?.['aria-labelledby']?.split(' ') ?? [];
      expect(chart.attribs?.['role']).toBe('group');
      expect(
        elements(body, 'a').filter(({ attribs }) => attribs?.['href'] === `#${ids[0]?.replace('title', 'figures')}`),
      ).toHaveLength(1);
      expect(ids.map((id) => body.split(`id="${id}"`).length)).toEqual([2, 2]);
    }
    const drawn = new Set(
      [...body.matchAll(/<svg[\s\S]*?<\/svg>/g)].flatMap(([svg]) => [...svg.matchAll(/<(\w+)/g)].map(([, tag]) => tag)),
    );
    expect(
      [...drawn].filter((tag) => !['svg', 'title', 'desc', 'path', 'text', 'g', 'circle', 'a'].includes(tag ?? '')),
    ).toEqual([]);
    expect(body).not.toMatch(/ style=|<script|javascript:/);
    expect(body).toMatch(
      /<a href="\/articles\?since=2024-05-09&amp;until=2024-05-09&amp;duplicates=all">2024-05-09<\/a>/,
    );
  });

  it('counts what its links lead to', async () => {
    const origin = await siteOf(20);
    const { body } = await ask(`${origin}/`);
    const tile = /<a href="([^"]+)"><b>(\d+)<\/b><span>articles<\/span>/.exec(body.replace(/\s+(?=<)|(?<=>)\s+/g, ''));
    const list = (await ask(origin + tile![1]!.replaceAll('&amp;', '&'))).body;
    expect(list).toContain(`${tile![2]!} articles</p>`);
  });
});

describe('the numbers of the overview', () => {
  const squashed = (body: string): string => body.replace(/\s+(?=<)|(?<=>)\s+/g, '');

  it('tells an edition whose texts are renditions of another one by its pages', async () => {
    const { store, origin } = await emptySite();
    // The record is big5's first, and changes hands.
    for (const edition of ['big5.sputniknews.cn', FAMILY]) {
      await store.storePage(articleResult({ at: 1, edition, url: `https://${edition}/20240505/1000000001.html` }));
    }
    const body = squashed((await ask(`${await origin()}/`)).body);
    expect(body).toContain('<a href="/pages?edition=big5.sputniknews.cn&amp;state=stored">1 rendition</a>');
    expect(body.match(/aria-label="1 article in 30 days/g)).toHaveLength(2);
  });

  it('has each number of edits and withdrawals lead to as many', async () => {
    const { store, origin } = await emptySite();
    const day = 86_400;
    for (const [at, text] of [
      [1, 'One.'],
      [2, 'Two.'],
      [3, 'Two!'],
      [8 * day, 'Three.'],
    ] as const) {
      await store.storePage(articleResult({ at, text }));
    }
    const at = await origin();
    const body = squashed((await ask(`${at}/`)).body);
    const weeks = [...body.matchAll(/<a href="(\/edits\?[^"]+)">(\d+)<\/a>/g)];
    expect(weeks.map(([, href = '', count]) => [/since=([\d-]+)/.exec(href)?.[1], count])).toEqual([
      ['2024-05-06', '1'],
      ['2024-04-29', '2'],
    ]);
    for (const [, href = '', count] of weeks) {
      const list = (await ask(at + href.replaceAll('&amp;', '&'))).body;
      expect(elements(list, 'li').filter(({ children }) => children?.some(({ name }) => name === 'h2'))).toHaveLength(
        Number(count),
      );
    }
  });
});

describe('the list of articles', () => {
  it('gives every article once on the way there, and the same pages on the way back', async () => {
    const origin = await siteOf(70);
    const pages: string[][] = [];
    let next = '/articles';
    for (let count = 0; count < 3; count += 1) {
      const { body } = await ask(origin + next);
      expect(body).toContain('70 articles');
      pages.push(hrefs(body).filter((href) => /^\/articles\/sputniknews.cn\/\d+$/.test(href)));
      next =
        elements(body, 'a').find(({ attribs }) => attribs?.['rel'] === (count < 2 ? 'next' : 'prev'))?.attribs?.[
          'href'
        ] ?? '';
    }
    expect(new Set(pages.flat()).size).toBe(70);
    expect(pages.map((page) => page.length)).toEqual([30, 30, 10]);
    for (const wanted of [pages[1], pages[0]]) {
      const { body } = await ask(origin + next);
      expect(hrefs(body).filter((href) => /^\/articles\/sputniknews.cn\/\d+$/.test(href))).toEqual(wanted);
      next = elements(body, 'a').find(({ attribs }) => attribs?.['rel'] === 'prev')?.attribs?.['href'] ?? '';
    }
    expect(next).toBe('');
  });

  it.each([
    ['/articles?topic=cheese', 404, 'No topic is called “cheese”'],
    ['/articles?edition=evil.example', 404, 'No edition is called'],
    ['/articles?q=%22open', 400, 'This cannot be looked for'],
    ['/articles?q=%E4%BA%9A%20tag:', 400, '<code>亚 <mark>tag:</mark></code>'],
    ['/articles?order=oldest', 400, 'Order: expected one of relevance, newest'],
    ['/articles?since=today', 400, 'Since: expected a day, such as 2023-04-12'],
    ['/articles?topic=cheese', 404, '<p>There are: armenia'],
    ['/articles?since=2024-02-30', 400, 'Since: no such day'],
    ['/articles?topic=&edition=&q=&since=', 200, '3 articles'],
    ['/articles?q=Title', 200, '<mark>Title</mark>'],
    ['/articles?lang=zh', 200, '3 articles'],
    ['/articles?lang=fr', 200, 'Nothing found'],
    ['/articles?edited=yes', 200, 'Nothing found'],
    ['/articles?q=Title&page=99', 200, '3 articles, none of them on this page'],
    ['/articles?q=Title&page=99', 200, '<a rel="prev" href="/articles?q=Title&amp;page=1">'],
    ['/articles?since=2024-05-02&until=2024-05-01', 400, 'Since is later than until'],
    ['/articles?topic=armenia&topic=karabakh', 400, 'Topic: is given more than once'],
    ['/articles?gone=no&edited=no', 200, '3 articles'],
  ])('answers %s with %i and says %s', async (path, status, words) => {
    const answer = await ask((await siteOf(3)) + path, { accept: 'text/html' });
    expect([answer.status, String(answer.headers['content-type'])]).toEqual([status, 'text/html; charset=utf-8']);
    expect(answer.body).toContain(words);
    expect(answer.body).toContain('<a href="/articles" aria-current="page">');
  });
});

describe('the page of an article', () => {
  it('tells an edit word by word where the wordings are near, in Chinese character by character, and any two states', async () => {
    const { store, origin } = await emptySite();
    const texts = ['代表团今天抵达埃里温并举行会谈', '代表团昨天抵达埃里温并举行会谈', '代表团昨天抵达巴库并举行会谈'];
    for (const [at, text] of texts.entries()) {
      await store.storePage(articleResult({ at, articleId: '1000000100', title: 'Title', text }));
    }
    const path = `/articles/${FAMILY}/1000000100`;
    const site = await origin();
    const newest = (await ask(site + path)).body;
    expect(newest).toContain('代表团昨天抵达<del>埃里温</del><ins>巴库</ins>并举行会谈');
    expect(hrefs(newest)).toContain(`${path}?from=1&to=2`);
    const first = (await ask(`${site}${path}?from=1&to=2`)).body;
    expect(first).toContain('代表团<del>今</del><ins>昨</ins>天抵达埃里温并举行会谈');
    const both = (await ask(`${site}${path}?from=1&to=3`)).body;
    expect(both).toContain('<del>今</del><ins>昨</ins>天抵达<del>埃里温</del><ins>巴库</ins>');
    expect((await ask(`${site}${path}?from=0&to=3`)).status).toBe(400);
    expect((await ask(`${site}${path}?from=9&to=7`)).body).toContain('<del>埃里温</del>');
  });

  it('stays under 150 KB however long an article is, and says what it leaves out', async () => {
    const { store, origin } = await emptySite();
    for (const [at, letter] of ['字', '词'].entries()) {
      const blocks = Array.from({ length: 400 }, (_, n) => `${letter.repeat(300)}${n}`).join('\n');
      await store.storePage(articleResult({ at, articleId: '1000000100', title: 'Title', text: blocks }));
    }
    const { body } = await ask(`${await origin()}/articles/${FAMILY}/1000000100`);
    expect(Buffer.byteLength(body)).toBeLessThan(150_000);
    expect(body).toMatch(/more (?:paragraph|edit)s? in the/);
  });

  it('compares with another article, and says so where that is not stored', async () => {
    const site = await siteOf(3);
    const path = `/articles/${FAMILY}/1000000100`;
    const { body } = await ask(`${site}${path}?against=${FAMILY}/1000000102`);
    expect(body).toContain('Compared with');
    expect((await ask(`${site}${path}?against=${FAMILY}/1999999999`)).status).toBe(404);
    expect((await ask(`${site}${path}?against=../../etc`)).status).toBe(404);
  });
});

describe('a capture', () => {
  it.each([
    '/captures/sputnik-x.warc.gz/0.warc.gz',
    '/captures/sputnik-x.warc.gz/0.html',
    '/captures/..%2fcatalogue.db/0.warc.gz',
    '/captures/%2e%2e/0.html',
  ])('is a download of a page that the catalogue names, and nothing else: %s', async (path) => {
    const { status } = await ask((await siteOf(1)) + path);
    expect([400, 404]).toContain(status);
  });
});
