import { describe, expect, it } from 'vitest';
import { createUrlRules } from '../../../src/sputnik/urls/url-rules.js';
import { parseList } from '../../../src/sputnik/lists/parse-list.js';
import { CN, EDITIONS } from './editions.js';
import { hasSharedPages, sharedPage } from './shared-material.js';

const rules = createUrlRules(EDITIONS);
const TAG = 'https://sputniknews.cn/geo_Vanadzor/';
const MORE = '/services/geo_Vanadzor/more.html?id=10001&amp;date=20230412T194000';
const MORE_REAL = 'https://sputniknews.cn/services/geo_Vanadzor/more.html?id=10001&date=20230412T194000';

const sputnikItem = (id: number, title = `Story ${String(id)}`): string =>
  `<div class="list__item"><div class="list__content"><a class="list__image" href="/20230412/${String(id)}.html"><img alt="Picture"></a>` +
  `<a href="/20230412/${String(id)}.html" class="list__title">${title}</a></div>` +
  '<div class="list__info"><div class="list__date" data-unixtime="1681299600"><span class="date">昨天, 19:40</span></div>' +
  '<ul class="tags"><li class="tag"><a class="tag__text" href="/geo_Armenia/">Armenia</a></li></ul></div></div>';
const riaItem = (id: number): string =>
  `<div class="list-item" data-type="article"><div class="list-item__content"><a href="https://ria.ru/20230412/slug-${String(id)}.html" class="list-item__image"></a>` +
  `<a href="https://ria.ru/20230412/slug-${String(id)}.html" class="list-item__title color-font-hover-only">Story</a></div>` +
  '<div class="list-item__info"><div class="list-item__date">Вчера, 19:40</div></div></div>';
const lenta =
  '<div class="lenta"><div class="lenta__item"><a href="/20230413/88888.html"><span class="lenta__item-text">Ticker</span><span class="lenta__item-date" data-unixtime="1681386000"></span></a></div></div>';
const page = (content: string): string =>
  `<!DOCTYPE html><html><head><title>T</title></head><body class="header lenta"><header class="header"><a href="/20230413/77777.html">Band</a></header>${content}</body></html>`;
const parse = (html: string, kind: 'tag' | 'day' | 'more' = 'tag', url = TAG) => parseList(kind, html, url, rules);
const ids = (html: string): string[] => parse(html).items.map(({ address }) => address.articleId);
const codes = (html: string, kind: 'tag' | 'day' | 'more' = 'tag'): string[] =>
  parse(html, kind).problems.map(({ code }) => code);

describe('a list page', () => {
  it('lists its items with title and time, and says where it goes on', () => {
    const list = parse(
      page(
        `<div class="list">${sputnikItem(10001)}${sputnikItem(10002, '<b>A</b> &amp;\n B')}</div><div class="list-more" data-url="${MORE}">More</div>`,
      ),
    );
    expect(list).toMatchObject({ next: MORE_REAL, children: [], problems: [] });
    expect(list.items.map(({ address, ...rest }) => ({ url: address.url, ...rest }))).toEqual([
      {
        url: 'https://sputniknews.cn/20230412/10001.html',
        listedAt: '2023-04-12T11:40:00Z',
        modifiedAt: null,
        title: 'Story 10001',
      },
      {
        url: 'https://sputniknews.cn/20230412/10002.html',
        listedAt: '2023-04-12T11:40:00Z',
        modifiedAt: null,
        title: 'A & B',
      },
    ]);
  });

  it('of RIA is read alike, its time of day being no time', () => {
    const list = parse(
      page(`<div class="rubric-list"><div class="list list-tags">${riaItem(10001)}${riaItem(10002)}</div></div>`),
      'tag',
      'https://ria.ru/location_Armenia/',
    );
    expect(list.items.map(({ address, listedAt, title }) => [address.pageId, listedAt, title])).toEqual([
      ['ria.ru/10001', null, 'Story'],
      ['ria.ru/10002', null, 'Story'],
    ]);
    expect(list.next).toBeNull();
  });

  it('does not take ticker, menus, header, footer or side blocks for items', () => {
    const side = `<aside><div class="list">${sputnikItem(99991)}</div></aside><div class="sidebar"><div class="list">${sputnikItem(99992)}</div></div>`;
    const menu =
      '<nav><a href="/20230412/99993.html">x</a></nav><div class="modal__preset"><div class="list__item"><a href="/20230412/99994.html">x</a></div></div>';
    const foot =
      '<footer><a href="/20230412/99995.html">x</a></footer><div class="footer__rubric"><a href="/20230412/99996.html">x</a></div>';
    const other = '<p><a href="/20230412/99997.html">elsewhere on the page</a></p>';
    expect(
      ids(page(`${lenta}${menu}<div class="list">${sputnikItem(10001)}</div>${side}${other}${lenta}${foot}`)),
    ).toEqual(['10001']);
  });

  it('prefers items within a list to those outside of one', () => {
    expect(ids(page(`${sputnikItem(99991)}<div class="list">${sputnikItem(10001)}</div>`))).toEqual(['10001']);
    expect(ids(page(`<div>${sputnikItem(10001)}</div>`))).toEqual(['10001']);
  });

  it('takes all article links where it finds no list, and says so', () => {
    const html = page(
      `${lenta}<div class="cards"><a href="/20230412/10001.html"><img></a><a href="/20230412/10001.html">Story</a><a href="/russia/">Russia</a></div>`,
    );
    expect(parse(html).items).toMatchObject([{ address: { articleId: '10001' }, title: 'Story', listedAt: null }]);
    expect(codes(html)).toEqual(['noListMarkup']);
  });

  it('without any article is an error, never silence', () => {
    expect(codes(page('<div class="list"></div>'))).toEqual(['empty']);
    expect(codes(page(`<h1>Nothing</h1>${lenta}`))).toEqual(['empty']);
    expect(codes('')).toEqual(['empty']);
    expect(codes('Forbidden')).toEqual(['wrongDocument']);
    expect(
      codes(
        page('<div class="list"><div class="list__item"><a class="list__title" href="/video/">V</a></div></div>'),
        'day',
      ),
    ).toEqual(['unreadableItems', 'empty']);
  });

  it('that bears no list and leads to no article at all is somebody else’s page', () => {
    const portal =
      '<html><body><nav><a href="/help/">Help</a></nav><h1>Sign in</h1><a href="https://portal.example/">On</a></body></html>';
    expect(codes(portal)).toEqual(['wrongDocument']);
    expect(codes(portal, 'day')).toEqual(['wrongDocument']);
    expect(codes('<html><body><aside><a href="/20230412/10001.html">X</a></aside></body></html>')).toEqual(['empty']);
  });

  it('that is cut off says so and keeps what came before', () => {
    const whole = page(`<div class="list">${sputnikItem(10001)}${sputnikItem(10002)}</div>`);
    const cut = parse(whole.slice(0, whole.indexOf('Story 10002')));
    expect(cut.problems.map(({ code }) => code)).toEqual(['broken']);
    expect(cut.items.map(({ address }) => address.articleId)).toEqual(['10001', '10002']);
  });

  it('names each page once, in its order', () => {
    expect(
      ids(page(`<div class="list">${sputnikItem(10002)}${sputnikItem(10001)}${sputnikItem(10002)}</div>`)),
    ).toEqual(['10002', '10001']);
  });
});

describe('where a list goes on', () => {
  const next = (content: string, kind: 'tag' | 'more' = 'tag') =>
    parse(page(`<div class="list">${sputnikItem(10001)}</div>${content}`), kind).next;

  it('may stand in any element and either attribute', () => {
    expect(next(`<button class="whatever" data-url="${MORE}"></button>`)).toBe(MORE_REAL);
    expect(next(`<div data-next-url="https://sputniknews.cn${MORE}"></div>`)).toBe(MORE_REAL);
    expect(next(`<div data-url="/services/a_b/more.html?id=1"></div><div data-next-url="${MORE}"></div>`)).toBe(
      MORE_REAL,
    );
  });

  it('is neither the ticker’s widget nor a share button, nor on another host', () => {
    expect(
      next('<div data-url="/services/archive/widget/more.html?id=0&amp;date=0&amp;articlemask=lenta_common"></div>'),
    ).toBeNull();
    expect(next('<div data-url="/20230412/10001.html"></div><div data-url=""></div>')).toBeNull();
    expect(next('<div data-url="https://evil.example/services/x/more.html"></div>')).toBeNull();
    expect(next('<div data-url="https://big5.sputniknews.cn/services/x/more.html"></div>')).toBeNull();
    expect(next(`<footer><div data-url="${MORE}"></div></footer>`)).toBeNull();
  });

  it('is nowhere after an empty fragment, though the fragment names a URL', () => {
    const fragment = (items: string) => `<div class="list-items-loaded" data-next-url="${MORE}">${items}</div>`;
    const end = parse(fragment(''), 'more');
    expect(end).toEqual({ items: [], entries: 0, next: null, children: [], problems: [] });
    expect(parse('', 'more')).toEqual(end);
    const middle = parse(fragment(sputnikItem(10001)), 'more');
    expect(middle).toMatchObject({ next: MORE_REAL, problems: [] });
    expect(middle.items).toHaveLength(1);
  });

  it('is a real URL where a mirror names its own', () => {
    const replayed = createUrlRules([{ ...CN, fetchFrom: 'http://127.0.0.1:8801' }]);
    const html = page(
      `<div class="list"><div class="list__item"><a class="list__title" href="http://127.0.0.1:8801/20230412/10001.html">S</a></div></div><div data-url="http://127.0.0.1:8801${MORE}"></div>`,
    );
    const list = parseList('tag', html, TAG, replayed);
    expect(list.next).toBe(MORE_REAL);
    expect(list.items[0]?.address.url).toBe('https://sputniknews.cn/20230412/10001.html');
  });
});

describe('a hostile list page', () => {
  it('is bounded in depth, items and length', () => {
    expect(codes(page('<div>'.repeat(200_000)))).toEqual(['tooDeep', 'empty']);
    expect(codes('x'.repeat(30_000_001))).toEqual(['tooLarge']);
    const many = parse(
      page(`<div class="list">${Array.from({ length: 30_000 }, (_, at) => sputnikItem(10_000 + at)).join('')}</div>`),
    );
    expect(many.items).toHaveLength(5_000);
    expect(many.problems.map(({ code }) => code)).toEqual(['capped']);
    const titled = parse(page(`<div class="list">${sputnikItem(10001, 'x'.repeat(1_000_000))}</div>`));
    expect(titled.items[0]?.title).toHaveLength(500);
  });

  it('never makes any parser throw, whatever is cut out of it', () => {
    const whole = page(
      `${lenta}<div class="list">${sputnikItem(10001)}</div><div class="list-more" data-url="${MORE}"></div><!-- c --><script>"</div>"</script>`,
    );
    for (let at = 0; at < whole.length; at += 3) {
      const text = whole.slice(0, at) + whole.slice(at + 1 + (at % 37));
      for (const kind of ['feed', 'sitemap', 'tag', 'more'] as const) {
        expect(parseList(kind, text, TAG, rules).items.length).toBeLessThanOrEqual(4);
      }
    }
  });
});

describe.skipIf(!hasSharedPages)('the real front page of ria.ru', () => {
  const list = hasSharedPages ? parse(sharedPage('ria.ru-home-20260415.html'), 'tag', 'https://ria.ru/') : null;

  it('has no list; its article links are taken, and that is said', () => {
    expect(list?.problems.map(({ code }) => code)).toEqual(['noListMarkup']);
    expect(list?.items).toHaveLength(55);
    for (const { address, title } of list?.items ?? []) {
      expect(address.edition).toBe('ria.ru');
      expect(title).not.toBe('');
    }
  });

  it('goes on nowhere: its only load-more is the ticker’s', () => {
    expect(list?.next).toBeNull();
  });
});
