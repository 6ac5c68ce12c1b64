import { describe, expect, it } from 'vitest';
import { createUrlRules } from '../../../src/sputnik/urls/url-rules.js';
import { parseList } from '../../../src/sputnik/lists/parse-list.js';
import { EDITIONS } from './editions.js';
import { hasSharedPages, sharedPage } from './shared-material.js';

const rules = createUrlRules(EDITIONS);
const URL_OF_FEED = 'https://sputniknews.cn/export/rss2/archive/index.xml';
const feed = (items: string, open = '<rss version="2.0"><channel>', close = '</channel></rss>'): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${open}<title>Agency</title><link>https://sputniknews.cn/</link>${items}${close}`;
const item = (id: number, more = ''): string =>
  `<item><title>Story ${String(id)}</title><link>https://sputniknews.cn/20230412/${String(id)}.html</link>${more}</item>`;
const parse = (text: string) => parseList('feed', text, URL_OF_FEED, rules);
const codes = (text: string): string[] => parse(text).problems.map(({ code }) => code);

describe('a feed', () => {
  it('lists its items with UTC times and titles', () => {
    const list = parse(feed(item(10001, '<pubDate>Wed, 12 Apr 2023 19:40:00 +0800</pubDate>') + item(10002)));
    expect(list).toMatchObject({ next: null, children: [], problems: [] });
    expect(list.items.map(({ address, ...rest }) => ({ id: address.articleId, ...rest }))).toEqual([
      { id: '10001', listedAt: '2023-04-12T11:40:00Z', modifiedAt: null, title: 'Story 10001' },
      { id: '10002', listedAt: null, modifiedAt: null, title: 'Story 10002' },
    ]);
  });

  it('may use CDATA, entities and white space', () => {
    const text =
      '<item><title><![CDATA[ A <b>\n & B ]]></title><guid>\n https://ria.ru/20230412/x-10003.html?a=1&amp;b=2 \n</guid></item>';
    expect(parse(feed(text)).items[0]).toMatchObject({
      title: 'A <b> & B',
      address: { url: 'https://ria.ru/20230412/x-10003.html' },
    });
    expect(
      parse(feed('<item><title>A &amp; B &#x4E9A; &nbsp;</title><link>/20230412/10004.html</link></item>')).items[0],
    ).toMatchObject({
      title: 'A & B 亚 &nbsp;',
      address: { articleId: '10004' },
    });
  });

  it('takes an item’s own children only, never a relative’s link or a picture’s title', () => {
    const text =
      '<item xmlns:n="x"><n:related><n:url>https://sputniknews.cn/20230411/99999.html</n:url><link>https://sputniknews.cn/20230411/99998.html</link></n:related>' +
      '<media:title>Picture</media:title><n:link>https://sputniknews.cn/20230411/99997.html</n:link>' +
      '<title>Story</title><link>https://sputniknews.cn/20230412/10001.html</link></item>';
    const list = parse(feed(text));
    expect(list.items).toHaveLength(1);
    expect(list.items[0]).toMatchObject({ title: 'Story', address: { articleId: '10001' } });
  });

  it('may have every element prefixed', () => {
    const text =
      '<ns0:rss xmlns:ns0="x"><ns0:channel><ns0:item><ns0:title>S</ns0:title><ns0:link>https://sputniknews.cn/20230412/10001.html</ns0:link></ns0:item></ns0:channel></ns0:rss>';
    expect(parse(text)).toMatchObject({ items: [{ title: 'S' }], problems: [] });
  });

  it('may be Atom', () => {
    const text =
      '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>S</title><link rel="edit" href="https://sputniknews.cn/20230412/99999.html"/>' +
      '<link href="https://sputniknews.cn/20230412/10001.html"/><id>tag:x</id><published>2023-04-12T19:40:00+08:00</published><updated>2023-04-12T20:40:00+08:00</updated></entry></feed>';
    expect(parse(text).items).toMatchObject([
      { address: { articleId: '10001' }, listedAt: '2023-04-12T11:40:00Z', modifiedAt: '2023-04-12T12:40:00Z' },
    ]);
  });

  it('names each page once, keeping what a repeat adds', () => {
    const list = parse(
      feed(
        item(10001) +
          '<item><link>https://sputniknews.cn/20230413/slug-10001.html</link><pubDate>Wed, 12 Apr 2023 19:40:00 +0800</pubDate></item>',
      ),
    );
    expect(list.items).toHaveLength(1);
    expect(list.items[0]).toMatchObject({
      title: 'Story 10001',
      listedAt: '2023-04-12T11:40:00Z',
      address: { date: '20230412' },
    });
  });

  it('counts entries that lead to no article', () => {
    expect(parse(feed(item(10001) + '<item><link>https://sputniknews.cn/video/</link></item>')).problems).toEqual([
      { code: 'unreadableItems', detail: '1 entries lead to no known article', count: 1 },
    ]);
  });
});

describe('a feed that is no feed', () => {
  it('is told apart from an empty one', () => {
    expect(codes(feed(''))).toEqual(['empty']);
    for (const text of [
      '',
      ' ',
      'Bad Gateway',
      '{"items":[]}',
      '<!DOCTYPE html><html><body><item>x</item></body></html>',
      '\u0000\u0001',
    ]) {
      expect(codes(text)).toEqual(['wrongDocument']);
    }
  });

  it('is broken where it is cut off; the whole items before the cut are kept, the cut one is not', () => {
    const whole = feed(item(10001) + item(10002));
    const list = parse(whole.slice(0, whole.indexOf('Story 10002') + 60));
    expect(list.items.map(({ address }) => address.articleId)).toEqual(['10001']);
    expect(list.problems.map(({ code }) => code)).toEqual(['broken']);
    expect(codes(feed('').replace('</channel>', ''))).toEqual(['broken', 'empty']);
    expect(codes(`${feed(item(10001)).slice(0, -20)}<![CDATA[ never closed`)).toContain('broken');
  });

  it('expands no entities', () => {
    const bomb = `<!DOCTYPE rss [<!ENTITY a "${'x'.repeat(1000)}"><!ENTITY b "${'&a;'.repeat(1000)}"><!ENTITY e SYSTEM "file:///etc/passwd">]>${feed(item(10001).replace('Story', '&b;&e;'))}`;
    const list = parse(bomb);
    expect(list.items[0]?.title).toBe('&b;&e; 10001');
    expect(list.problems).toEqual([]);
  });

  it('is bounded in items, depth, text and length', () => {
    const many = parse(feed(Array.from({ length: 60_000 }, (_, at) => item(10_000 + at)).join('')));
    expect(many.items.length).toBeLessThan(8_000);
    expect(many.problems.map(({ code }) => code)).toEqual(['capped']);
    expect(codes(feed('<a>'.repeat(100_000)))).toEqual(['tooDeep', 'empty']);
    expect(codes(' '.repeat(30_000_001))).toEqual(['tooLarge']);
    const titled = parse(
      feed(`<item><title>${'亚'.repeat(1_000_000)}</title><link>/20230412/10001.html</link></item>`),
    );
    expect(titled.items[0]?.title).toHaveLength(500);
  });

  it('never throws, whatever is cut out of it', () => {
    const whole = feed(
      item(10001, '<pubDate>Wed, 12 Apr 2023 19:40:00 +0800</pubDate>') + item(10002, '<![CDATA[x]]><!-- c -->'),
    );
    for (let at = 0; at < whole.length; at++) {
      for (const cut of [1, 40])
        expect(parse(whole.slice(0, at) + whole.slice(at + cut)).items.length).toBeLessThanOrEqual(2);
    }
  });
});

describe.skipIf(!hasSharedPages)('the real feed of 2019', () => {
  it('lists its 15 items with times', () => {
    const list = parse(sharedPage('sputniknews.cn-rss-2019-04-05.xml'));
    expect(list.problems).toEqual([]);
    expect(list.items).toHaveLength(15);
    expect(list.items[0]).toMatchObject({
      address: { pageId: 'sputniknews.cn/1028311515', url: 'https://sputniknews.cn/russia/201904261028311515/' },
      listedAt: '2019-04-25T17:34:00Z',
    });
    for (const { listedAt, title } of list.items) {
      expect(listedAt).toMatch(/^2019-0[45]-/);
      expect(title).toMatch(/\S/);
    }
  });
});
