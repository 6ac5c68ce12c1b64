import { describe, expect, it } from 'vitest';
import { createUrlRules } from '../../../src/sputnik/urls/url-rules.js';
import { BIG5, edition, EDITIONS } from './editions.js';

const rules = createUrlRules(EDITIONS);
const MORE_RULES = createUrlRules([
  ...EDITIONS,
  edition('sputnik.az', { formerHosts: ['m.sputnik.az'] }),
  edition('arm.sputniknews.ru', { formerHosts: ['armeniasputnik.am'] }),
]);
const canonical = (href: string, base?: string): string | undefined => rules.parse(href, base)?.url;

describe('the URL rules', () => {
  it('reads the seed article whole', () => {
    expect(rules.parse('https://big5.sputniknews.cn/20230412/1049499304.html')).toEqual({
      edition: 'big5.sputniknews.cn',
      family: 'sputniknews.cn',
      articleId: '1049499304',
      pageId: 'big5.sputniknews.cn/1049499304',
      articleKey: 'sputniknews.cn/1049499304',
      url: 'https://big5.sputniknews.cn/20230412/1049499304.html',
      date: '20230412',
    });
  });

  it.each([
    // current form, and what carries no meaning
    ['http://big5.sputniknews.cn/20230412/1049499304.html', 'https://big5.sputniknews.cn/20230412/1049499304.html'],
    [
      'https://ria.ru/20260531/polnolunie-2095779946.html?in=t&utm_source=x#top',
      'https://ria.ru/20260531/polnolunie-2095779946.html',
    ],
    ['https://ria.ru/amp/20260531/polnolunie-2095779946.html', 'https://ria.ru/20260531/polnolunie-2095779946.html'],
    ['https://ria.ru/20260531/polnolunie-2095779946-print.html', 'https://ria.ru/20260531/polnolunie-2095779946.html'],
    ['https://ria.ru/20260531/2095779946-print.html', 'https://ria.ru/20260531/2095779946.html'],
    ['https://ria.ru/20260531/2095779946.html/', 'https://ria.ru/20260531/2095779946.html'],
    [
      'https://sputnikglobe.com/20190610/A-Word---with-Capitals-1075753030.html',
      'https://sputnikglobe.com/20190610/A-Word---with-Capitals-1075753030.html',
    ],
    [
      'https://sputnikglobe.com/20190610/fn-57-pistols-1075753030.html',
      'https://sputnikglobe.com/20190610/fn-57-pistols-1075753030.html',
    ],
    // old forms
    [
      'https://sputnikglobe.com/world/201906201075975805-irans-drone/',
      'https://sputnikglobe.com/world/201906201075975805-irans-drone/',
    ],
    ['http://sputniknews.cn/russia/201904261028311515/', 'https://sputniknews.cn/russia/201904261028311515/'],
    [
      'https://sputnikglobe.com/amp/world/201906201075975805-irans-drone',
      'https://sputnikglobe.com/world/201906201075975805-irans-drone/',
    ],
    [
      'https://am.sputniknews.ru/politics/20190820/19975297/slug-of-it.html',
      'https://am.sputniknews.ru/politics/20190820/19975297/slug-of-it.html',
    ],
    [
      'https://am.sputniknews.ru/politics/20190820/19975297/slug-of-it-print.html',
      'https://am.sputniknews.ru/politics/20190820/19975297/slug-of-it.html',
    ],
    ['https://ria.ru/society/20111128/169117640.html', 'https://ria.ru/society/20111128/169117640.html'],
  ])('reduces %s to %s', (href, expected) => {
    expect(canonical(href)).toBe(expected);
  });

  it('moves a URL of the current form from an earlier host to the host of today', () => {
    expect(canonical('https://sputniknews.com/20190620/drone-1075975805.html')).toBe(
      'https://sputnikglobe.com/20190620/drone-1075975805.html',
    );
    expect(canonical('https://tr.sputniknews.com/20210405/1044199999.html')).toBe(
      'https://anlatilaninotesi.com.tr/20210405/1044199999.html',
    );
  });

  it('leaves an old page on the earlier host where it was read, under the identity of today', () => {
    const old = rules.parse('http://sputniknews.com/world/201906201075975805-irans-drone/#comments');
    expect(old?.url).toBe('https://sputniknews.com/world/201906201075975805-irans-drone/');
    expect(old?.pageId).toBe('sputnikglobe.com/1075975805');
    expect(canonical('http://en.rian.ru/russia/20111128/169117640.html')).toBe(
      'https://en.rian.ru/russia/20111128/169117640.html',
    );
  });

  it('folds a second host of today into the edition, whatever the form', () => {
    expect(canonical('https://cdn.sputniknews.cn/20230412/1049499304.html')).toBe(
      'https://sputniknews.cn/20230412/1049499304.html',
    );
    expect(canonical('https://cdn.sputniknews.cn/russia/201904261028311515/')).toBe(
      'https://sputniknews.cn/russia/201904261028311515/',
    );
  });

  it('gives the Chinese editions one article key and two page ids', () => {
    const simplified = rules.parse('https://sputniknews.cn/20230412/1049499304.html');
    const traditional = rules.parse('https://big5.sputniknews.cn/20230412/1049499304.html');
    expect(simplified?.articleKey).toBe(traditional?.articleKey);
    expect(simplified?.pageId).not.toBe(traditional?.pageId);
  });

  it('identifies by id, so a re-issued or renamed page stays the same page', () => {
    const ids = [
      'https://ria.ru/20260531/polnolunie-2095779946.html',
      'https://ria.ru/20270101/another-slug-2095779946.html',
      'https://rian.ru/science/20260531/2095779946.html',
    ].map((href) => rules.parse(href)?.pageId);
    expect(new Set(ids)).toEqual(new Set(['ria.ru/2095779946']));
  });

  it('reads relative URLs against the page they stood on', () => {
    expect(canonical('/20230412/1049499304.html', 'https://sputniknews.cn/geo_Vanadzor/')).toBe(
      'https://sputniknews.cn/20230412/1049499304.html',
    );
    expect(canonical('//big5.sputniknews.cn/20230412/1049499304.html', 'https://sputniknews.cn/')).toBe(
      'https://big5.sputniknews.cn/20230412/1049499304.html',
    );
    expect(canonical('../20230412/1049499304.html', 'https://sputniknews.cn/20230411/')).toBe(
      'https://sputniknews.cn/20230412/1049499304.html',
    );
    expect(canonical('/20230412/1049499304.html')).toBeUndefined();
    expect(canonical('/20230412/1049499304.html', 'rubbish')).toBeUndefined();
  });

  it('reads host names as DNS does and percent-encoding as RFC 3986 does', () => {
    expect(canonical('HTTPS://WWW.BIG5.Sputniknews.CN.:443/20230412/%31049499304.html')).toBe(
      'https://big5.sputniknews.cn/20230412/1049499304.html',
    );
    const encoded = 'https://sputniknews.cn/20230412/%E4%BA%9A-1049499304.html';
    expect(canonical('https://sputniknews.cn/20230412/%e4%ba%9a-1049499304.html')).toBe(encoded);
    expect(canonical('https://sputniknews.cn/20230412/亚-1049499304.html')).toBe(encoded);
    expect(canonical('  https://sputniknews.cn/20230412/100%-1049499304.html\n')).toBe(
      'https://sputniknews.cn/20230412/100%25-1049499304.html',
    );
  });

  it('takes a mirror’s own origin for the edition whose page links to it', () => {
    const replayed = createUrlRules([{ ...BIG5, fetchFrom: 'http://127.0.0.1:8801' }]);
    const href = 'http://127.0.0.1:8801/20230412/1049499304.html';
    expect(replayed.parse(href, 'https://big5.sputniknews.cn/geo_Vanadzor/')?.url).toBe(
      'https://big5.sputniknews.cn/20230412/1049499304.html',
    );
    expect(replayed.parse(href)).toBeNull();
    expect(rules.parse(href, 'https://big5.sputniknews.cn/')).toBeNull();
  });

  it.each([
    ['nothing', ''],
    ['a front page', 'https://sputniknews.cn/'],
    ['a day page', 'https://sputniknews.cn/20230412/'],
    ['a section', 'https://sputniknews.cn/russia/'],
    ['a tag page', 'https://sputniknews.cn/geo_Vanadzor/'],
    ['another site', 'https://example.com/20230412/1049499304.html'],
    ['a host that only ends like ours', 'https://evilsputniknews.cn/20230412/1049499304.html'],
    ['a host that only begins like ours', 'https://sputniknews.cn.evil.example/20230412/1049499304.html'],
    ['another scheme', 'ftp://sputniknews.cn/20230412/1049499304.html'],
    ['a script', 'javascript:location="https://sputniknews.cn/20230412/1049499304.html"'],
    ['a port', 'https://sputniknews.cn:8443/20230412/1049499304.html'],
    ['credentials', 'https://user:secret@sputniknews.cn/20230412/1049499304.html'],
    ['a user alone', 'https://sputniknews.cn@sputniknews.cn/20230412/1049499304.html'],
    ['NUL', 'https://sputniknews.cn/20230412/a\u0000-1049499304.html'],
    ['an encoded NUL', 'https://sputniknews.cn/20230412/a%00-1049499304.html'],
    ['a line break within', 'https://sputniknews.cn/2023\n0412/1049499304.html'],
    ['an encoded line break', 'https://sputniknews.cn/20230412/a%0D%0A-1049499304.html'],
    ['a backslash', 'https://sputniknews.cn\\@evil.example/20230412/1049499304.html'],
    ['an encoded slash', 'https://sputniknews.cn/20230412/..%2f..%2fetc-1049499304.html'],
    ['an encoded backslash', 'https://sputniknews.cn/20230412/..%5cetc-1049499304.html'],
    ['half a surrogate pair', 'https://sputniknews.cn/20230412/\ud83d-1049499304.html'],
    ['a day that does not exist', 'https://sputniknews.cn/20230231/1049499304.html'],
    ['29 February of no leap year', 'https://sputniknews.cn/20230229/1049499304.html'],
    ['month 13', 'https://sputniknews.cn/20231301/1049499304.html'],
    ['day 0', 'https://sputniknews.cn/20230400/1049499304.html'],
    ['a year before the web', 'https://sputniknews.cn/19891231/1049499304.html'],
    ['a year far away', 'https://sputniknews.cn/21000101/1049499304.html'],
    ['an id of three digits', 'https://sputniknews.cn/20230412/104.html'],
    ['an id of twenty digits', 'https://sputniknews.cn/20230412/10494993041049499304.html'],
    ['an id that is no number', 'https://sputniknews.cn/20230412/NaN.html'],
    ['a negative id', 'https://sputniknews.cn/20230412/-1049499304.html'],
    ['an id with a leading zero', 'https://sputniknews.cn/20230412/01049499304.html'],
    ['digits of another script', 'https://sputniknews.cn/20230412/１０４９４９９３０４.html'],
    ['an impossible day in an old form', 'https://sputniknews.cn/russia/201902301028311515/'],
    ['a service', 'https://sputniknews.cn/services/20230412/1049499304.html'],
    ['amp twice', 'https://sputniknews.cn/amp/amp/20230412/1049499304.html'],
    ['a picture', 'https://cdn.sputniknews.cn/img/07e6/09/0e/1043944238_0.jpg'],
    ['more than 2048 units', `https://sputniknews.cn/20230412/${'a'.repeat(2048)}-1049499304.html`],
    ['more than 2048 units once encoded', `https://sputniknews.cn/20230412/${'亚'.repeat(300)}-1049499304.html`],
  ])('refuses %s', (_what, href) => {
    expect(rules.parse(href)).toBeNull();
  });

  it('accepts the leap day of a leap year and ids of 4 and 19 digits', () => {
    expect(rules.parse('https://sputniknews.cn/20240229/1049.html')?.articleId).toBe('1049');
    expect(rules.parse('https://sputniknews.cn/20240229/1049499304104949930.html')?.articleId).toHaveLength(19);
  });

  it('knows hosts of today and of earlier, and no others', () => {
    expect(rules.editionOfHost('EN.rian.ru.')?.id).toBe('sputnikglobe.com');
    expect(rules.editionOfHost('cdn.sputniknews.cn')?.id).toBe('sputniknews.cn');
    expect(rules.editionOfHost('img.sputniknews.cn')).toBeNull();
    expect(rules.editionById('ria.ru')?.language).toBe('ru');
    expect(rules.editionById('rian.ru')).toBeNull();
  });

  it('refuses two editions that claim one host', () => {
    expect(() => createUrlRules([edition('a.example'), edition('b.example', { formerHosts: ['A.example'] })])).toThrow(
      /a\.example belongs to two editions/,
    );
  });

  it.each([
    ['https://big5.sputniknews.cn//20221031/1045130805.html', 'https://big5.sputniknews.cn/20221031/1045130805.html'],
    ['https://big5.sputniknews.cn/20221031///1045130805.html', 'https://big5.sputniknews.cn/20221031/1045130805.html'],
    ['//20221031/1045130805.html', 'https://sputniknews.cn/20221031/1045130805.html'],
    ['///amp//20221031/1045130805.html', 'https://sputniknews.cn/20221031/1045130805.html'],
    ['https://m.sputnik.az/20230412/xeber-445000107.html', 'https://sputnik.az/20230412/xeber-445000107.html'],
    [
      'https://m.sputnik.az/world/20170421/409939301/slug-of-it.html',
      'https://sputnik.az/world/20170421/409939301/slug-of-it.html',
    ],
    [
      'https://m.armeniasputnik.am/society/20210126/26220065/slug.html?mobile_return=no',
      'https://armeniasputnik.am/society/20210126/26220065/slug.html',
    ],
    [
      'http://www.m.sputniknews.com/russia/20150724/1024986748.html',
      'https://sputniknews.com/russia/20150724/1024986748.html',
    ],
  ])('knows the spelling %s', (href, expected) => {
    const found = MORE_RULES.parse(href, 'https://sputniknews.cn/20230412/1049499304.html');
    expect(found?.url).toBe(expected);
    expect(MORE_RULES.parse(found!.url)).toEqual(found);
  });

  it('is idempotent and total on 20,000 mangled URLs', () => {
    const random = seededRandom(20230412);
    let accepted = 0;
    for (let round = 0; round < 20_000; round++) {
      const address = rules.parse(mangledAddress(random), 'https://sputniknews.cn/');
      if (address === null) continue;
      accepted += 1;
      expect(rules.parse(address.url)).toEqual(address);
      expect(new URL(address.url).href).toBe(address.url);
    }
    expect(accepted).toBeGreaterThan(2_000);
  });
});

/** A linear congruential generator: the same URLs in every run. */
function seededRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function mangledAddress(random: (below: number) => number): string {
  const pick = (...choices: readonly string[]): string => choices[random(choices.length)]!;
  const host = pick('sputniknews.cn', 'BIG5.sputniknews.cn', 'sputniknews.com', 'en.rian.ru.', 'cdn.sputniknews.cn');
  const slug = pick(
    '',
    'a-',
    'A--b-',
    '%e4%ba%9a-',
    '亚-',
    '%%341-',
    '100%-',
    "it's-",
    '[x]|-',
    '%2541-',
    'a b-',
    '&#39;-',
    '%C3-',
  );
  const id = pick('1049499304', '1234', '12345-67890', '0123', '%31234', '99999999999999999999');
  const path = pick(
    `/20230412/${slug}${id}.html`,
    `/amp/20230412/${slug}${id}.html`,
    `/world/20190620${id}-${slug}/`,
    `/world/20190620${id}`,
    `/politics/20150403/${id}/${slug}x.html`,
    `/a/../20230412/${slug}${id}-print.html`,
  );
  const url = `${pick('https://', 'http://', '//')}${host}${path}${pick('', '?in=t', '#x', '?a=%00')}`;
  const at = random(url.length * 3);
  return at < url.length
    ? url.slice(0, at) + pick('%', '/', '\u0000', '.', '-', '9', '亚', '%2e') + url.slice(at + 1)
    : url;
}
