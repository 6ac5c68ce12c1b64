import { renderCurrentPage } from './render-current-page.js';
import { SAMPLE_ARTICLE } from './sample-article.js';
import { seeded, type Seeded } from './seeded.js';

const PAGE = Buffer.from(renderCurrentPage(SAMPLE_ARTICLE), 'utf8');
const MEGABYTE = 1024 * 1024;

/** How a page comes to grief; each takes a generator and gives bytes. */
const DAMAGES: readonly ((random: Seeded) => Buffer)[] = [
  (random) => PAGE.subarray(0, random.below(PAGE.length)),
  (random) => PAGE.subarray(random.below(PAGE.length)),
  (random) => Buffer.from(Array.from({ length: random.below(3_000) }, () => random.below(256))),
  (random) => {
    const copy = Buffer.from(PAGE);
    for (let count = random.below(60); count > 0; count -= 1) copy[random.below(copy.length)] = random.below(256);
    return copy;
  },
  (random) => {
    const at = random.below(PAGE.length);
    return Buffer.concat([PAGE.subarray(0, at), PAGE.subarray(at + random.below(500))]);
  },
  (random) => {
    const at = random.below(PAGE.length);
    const piece = PAGE.subarray(random.below(PAGE.length)).subarray(0, random.below(2_000));
    return Buffer.concat([PAGE.subarray(0, at), piece, PAGE.subarray(at)]);
  },
  (random) => insertText(random, random.pick(ODDITIES)),
  (random) => insertText(random, `<${random.pick(NAMES)} `.repeat(random.below(300))),
  (random) => insertText(random, `<${random.pick(NAMES)}>`.repeat(random.below(300))),
  (random) => insertText(random, `</${random.pick(NAMES)}>`.repeat(random.below(300))),
  () => Buffer.from(PAGE.toString('utf8'), 'utf16le'),
  (random) => Buffer.concat([Buffer.from(random.pick(['\ufeff', '\ufffe']), 'utf16le'), PAGE]),
  (random) => Buffer.from(PAGE.toString('utf8').replace('charset=utf-8', `charset=${random.pick(CHARSETS)}`)),
];

const NAMES = [
  'div',
  'p',
  'b',
  'a',
  'li',
  'ul',
  'td',
  'table',
  'tr',
  'script',
  'style',
  'svg',
  'template',
  'h1',
  'select',
];
const CHARSETS = ['windows-1251', 'gbk', 'utf-16', 'big5', 'x-nonsense', '', 'iso-2022-jp', 'replacement'];
const ODDITIES = [
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '<script>',
  '</script>',
  '<plaintext>',
  '<textarea>',
  '<title>',
  '&#xD800;',
  '&#x110000;',
  '&#0;',
  '&nbsp;&zwnj;&lrm;',
  '\u0000',
  '"\'><',
  '<div class="article" data-article-id="999999">',
  '<div class="article__body">',
  '<div itemscope itemprop="headline">x</div>',
  '<script type="application/ld+json">{"@type":"Article","datePublished":["x",{}],"headline":{"name":7}}</script>',
  '<meta property="article:published_time" content="99999999T9999+9999">',
  '<a data-unixtime="1e99">',
];

function insertText(random: Seeded, text: string): Buffer {
  const at = random.below(PAGE.length);
  return Buffer.concat([PAGE.subarray(0, at), Buffer.from(text, 'utf8'), PAGE.subarray(at)]);
}

/** @returns a page that came to grief in a way that the seed decides. */
export function damagedPage(seed: number): Buffer {
  const random = seeded(seed);
  return random.pick(DAMAGES)(random);
}

/** Pages that have brought parsers down: a few megabytes each, and each must end within the deadline. */
export const GIANTS: Readonly<Record<string, () => string>> = {
  'divs nested 10,000 deep': () => '<div>'.repeat(10_000) + 'text' + '</div>'.repeat(10_000),
  'articles nested 10,000 deep': () => '<div class="article"><div class="article__body">'.repeat(10_000),
  'inline tags that never close, closed by others': () => '<b>'.repeat(500_000) + '</i>'.repeat(500_000),
  'a million attributes': () => `<div class="article" ${'a=1 '.repeat(1_000_000)}>`,
  'an attribute of 20 MB': () => `<div class="article" title="${'x&amp;'.repeat(4 * MEGABYTE)}">`,
  '20 MB of text in one paragraph': () => page(`<div class="article__text">${'字 '.repeat(7 * MEGABYTE)}</div>`),
  '20 MB of no-break blanks': () => page(`<div class="article__text">${'\u00a0'.repeat(8 * MEGABYTE)}x</div>`),
  'line breaks and blanks': () => page(`<div class="article__text">${'<br>  \n'.repeat(300_000)}x</div>`),
  'half a million paragraphs': () => page('<div class="article__text">字</div>'.repeat(500_000)),
  'a hundred thousand cards and links': () =>
    page('<div data-type="article"><a href="/20240301/1057600003.html">x</a></div>'.repeat(100_000)),
  'a hundred thousand pictures': () => page('<div class="media"><img data-src="/a.jpg"></div>'.repeat(100_000)),
  'a hundred thousand tags': () =>
    page('</div><div class="article__footer"><li class="tag"><a class="tag__text">x</a>'.repeat(100_000)),
  'a hundred thousand copyright holders': () =>
    page('<div itemprop="copyrightHolder"><div itemprop="legalName">x</div></div>'.repeat(50_000)),
  'a million article classes': () => `<head></head>${'<div class="article">'.repeat(500_000)}`,
  'a million comment starts': () => '<!--'.repeat(2_000_000) + page('x'),
  'a million ampersands': () => page(`<div class="article__text">${'&'.repeat(4_000_000)}</div>`),
  'a million opening brackets': () => '<'.repeat(8_000_000),
  'JSON-LD nested 100,000 deep': () =>
    page(
      `<script type="application/ld+json">{"@type":"Article","url":${'['.repeat(100_000)}${']'.repeat(100_000)}}</script>`,
    ),
  'tables in tables': () => page(`<div class="article__text">${'<table><tr><td>x'.repeat(20_000)}</div>`),
  'lists in lists': () => page(`<div data-type="list">${'<ul><li>x'.repeat(20_000)}</div>`),
  'a title of 5 MB': () => renderCurrentPage({ ...SAMPLE_ARTICLE, title: '标题'.repeat(MEGABYTE) }),
  'dates without end': () =>
    page(`<div class="article__info-date">${'<a data-unixtime="1">12:00 1.1.2024</a>'.repeat(60_000)}</div>`),
};

function page(inside: string): string {
  return renderCurrentPage(SAMPLE_ARTICLE).replace(
    '<div class="article__body">',
    () => `<div class="article__body">${inside}`,
  );
}
