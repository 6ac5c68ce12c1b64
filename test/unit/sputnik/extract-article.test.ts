import { describe, expect, it } from 'vitest';
import { extractArticle } from '../../../src/sputnik/extractors/extract-article.js';
import { readArticlePage, readPage } from '../../contract/read-page.js';
import { renderCurrentPage } from '../../contract/render-current-page.js';
import { SAMPLE_ARTICLE } from '../../contract/sample-article.js';

const PAGE = renderCurrentPage(SAMPLE_ARTICLE);
const { url } = SAMPLE_ARTICLE;

describe('extractArticle', () => {
  it('reads the same from the cut and from the whole page', () => {
    const whole = PAGE.replace('</head>', '</head >');
    expect(readArticlePage(whole, url)).toEqual(readArticlePage(PAGE, url));
  });

  it.each([
    ['a comment', '<!-- ', ' -->'],
    ['a script', '<script>', '</script>'],
  ])('is not led astray by a whole article in %s before the real one', (_, open, close) => {
    const fake = `<div class="article" data-article-id="1057700001"><h1 class="article__title">假的</h1><div class="article__info-date"><a data-unixtime="1710498000">x</a></div><div class="article__body"><div class="article__text">假的</div></div><li class="tag"><a class="tag__text">假的</a></li></div>`;
    const page = PAGE.replace('<div class="endless__item"', `${open}${fake}${close}<div class="endless__item"`);
    expect(readArticlePage(page, url)).toMatchObject({ title: SAMPLE_ARTICLE.title, body: SAMPLE_ARTICLE.body });
  });

  it.each([
    ['end tags in a comment', `<!-- ${'</div>'.repeat(9)} -->`],
    ['end tags in a script', `<script>"${'</div>'.repeat(9)}"</script>`],
    ['start tags in a comment', `<!-- ${'<div>'.repeat(9)} -->`],
    ['an end tag in an attribute', `<p title="${'</div>'.repeat(9)}"></p>`],
  ])('reads on to the end of the article, whatever %s say', (_, deceit) => {
    const untagged = renderCurrentPage({ ...SAMPLE_ARTICLE, tags: [] });
    const [start, first, ...rest] = untagged.split('<div class="article__block"');
    const page = [start, `${first ?? ''}${deceit}`, ...rest].join('<div class="article__block"');
    expect(page.length).toBeGreaterThan(untagged.length);
    expect(readArticlePage(page, url)).toEqual(readArticlePage(untagged, url));
  });

  it('takes nothing for the article that microdata says of its parts', () => {
    const part = '<div itemprop="publisher" itemscope><div itemprop="dateModified">2024-03-16T09:00+0800</div></div>';
    const page = PAGE.replace('<div itemprop="headline">', `${part}<div itemprop="headline">`);
    expect(readArticlePage(page, url).modifiedAt).toBe('2024-03-15T11:05:00Z');
  });

  it('leaves out galleries, banners and other widgets by their data-type alone', () => {
    const widgets = ['photolenta', 'banner', 'video', 'embed', 'image', 'media', 'article'].map(
      (type) => `<div class="article__block" data-type="${type}"><div class="article__text">LEAK</div></div>`,
    );
    const page = PAGE.replace('<div class="article__body">', `<div class="article__body">${widgets.join('')}`);
    expect(readArticlePage(page, url).body).toEqual(SAMPLE_ARTICLE.body);
  });

  it('reads text and quotations that stand in their block without an element of their own', () => {
    const page = PAGE.replace(
      /<div class="article__body">[\s\S]*?<\/div>\n<div class="article__footer">/,
      '<div class="article__body"><div class="article__block" data-type="text"><p>一。</p><p>二。</p></div><div class="article__block" data-type="quote">三。</div><div class="article__block" data-type="text"><span>LEAK</span><div class="article__text">四。</div></div></div>\n<div class="article__footer">',
    );
    expect(readArticlePage(page, url).body).toEqual([
      { type: 'text', text: '一。' },
      { type: 'text', text: '二。' },
      { type: 'quote', text: '三。' },
      { type: 'text', text: '四。' },
    ]);
  });

  it('reads a sentence between blocks as one, with what is marked in it, and no button behind it', () => {
    const bare = 'Первое <b>слово</b> и <a href="/x">второе</a>.<br><br>Ещё <i>одно</i>! <a href="/y">Подписаться</a>';
    const page = PAGE.replace(
      /<div class="article__body">[\s\S]*?<\/div>\n<div class="article__footer">/,
      `<div class="article__body"><div class="article__text">Раз.</div>${bare}<div class="article__text">Два.</div> Обрывок <b>без</b> конца</div>\n<div class="article__footer">`,
    );
    expect(readArticlePage(page, url).body.map(({ text }) => text)).toEqual([
      'Раз.',
      'Первое слово и второе.',
      'Ещё одно!',
      'Два.',
    ]);
  });

  it.each([
    [
      'what is said of advertising, and no mark of it',
      '<div class="article__text">Реклама: в ФАС заявили, что ООО «Ромашка» нарушило закон, и оштрафовали компанию</div><div class="article__text">Реклама. 16+. ООО «Пример»</div><div class="article__text">Реклама. ИНН 7700000000</div><div class="article__block" data-type="list"><ul><li>Реклама: 12</li><li>ИНН 77</li></ul></div>',
      ['Реклама: в ФАС заявили, что ООО «Ромашка» нарушило закон, и оштрафовали компанию', 'Реклама: 12\nИНН 77'],
    ],
    [
      'bare paragraphs whose class only sounds like an appeal',
      '<div class="article__text">Раз.</div><p class="MsoCommentText">Два.</p><h2 class="summary">Три</h2><ul class="unrelated"><li>Четыре.</li></ul><p class="cookie-note">Согласитесь.</p>',
      ['Раз.', 'Два.', 'Три', 'Четыре.'],
    ],
    [
      'no titles behind a label that is a paragraph of its own',
      '<div class="article__text"><p>Раз.</p><p>Читайте также:</p><p><a href="/x">Мост</a></p><p><a href="/y">Рынок</a></p><p>Два.<br><br>По теме:<br><br><a href="/z">Перевал</a></p><p>Три.</p><p><a href="/u">Указ</a></p></div>',
      ['Раз.', 'Два.', 'Три.', 'Указ'],
    ],
  ])('reads %s', (_, body, texts) => {
    const page = PAGE.replace(
      /<div class="article__body">[\s\S]*?<\/div>\n<div class="article__footer">/,
      `<div class="article__body">${body}</div>\n<div class="article__footer">`,
    );
    expect(readArticlePage(page, url).body.map(({ text }) => text)).toEqual(texts);
  });

  it('takes a ratio for no size, and leaves out pictures of a point', () => {
    const image = (name: string, file: string, size: string): string =>
      `<div class="article__block" data-type="media"><div class="media"><${name} src="https://cdn.example/${file}.jpg" ${size}></${name}></div></div>`;
    const images = [
      image('amp-img', 'ratio', 'width="3" height="2"'),
      image('amp-img', 'square', 'width="1" height="1"'),
      image('img', 'line', 'width="640" height="2"'),
      image('img', 'counter', 'width="1" height="1"'),
    ];
    const page = PAGE.replace('<div class="article__body">', `<div class="article__body">${images.join('')}`);
    const shown = readArticlePage(page, url).images.map((one) => /\w+(?=\.jpg)/.exec(one.url)?.[0]);
    expect(shown).toEqual(expect.arrayContaining(['ratio', 'square', 'line']));
    expect(shown).not.toContain('counter');
  });

  it('names neither itself nor its rendition among the related, and names nothing twice', () => {
    const links = [
      url,
      '/20240315/1057700001.html?in=t',
      'https://big5.sputniknews.cn/20240315/1057700001.html',
      '/amp/20240310/1057650004.html',
      'https://ria.ru/20240310/x-1900000001.html',
    ]
      .map((href) => `<a href="${href}">x</a>`)
      .join('');
    const page = PAGE.replace('<div class="article__text">', `<div class="article__text">${links}`);
    expect(readArticlePage(page, url).related.map((related) => related.url)).toEqual([
      'https://sputniknews.cn/20240310/1057650004.html',
      'https://sputniknews.cn/20240301/1057600003.html',
    ]);
  });

  it('reads the article that the URL names, and tells when the page goes by another id', () => {
    const other = PAGE.replaceAll('1057700001', '1057700777');
    const result = readPage(other, url);
    if ('notArticle' in result) throw new Error(result.notArticle);
    expect(result.disagreements.map(({ field }) => field)).toContain('articleId');
  });

  it('tells where each value was read', () => {
    expect(readArticlePage(PAGE, url).provenance).toMatchObject({
      title: 'h1.article__title',
      lead: '.article__announce-text',
      body: '.article__body',
      publishedAt: 'article:published_time',
      modifiedAt: 'microdata dateModified',
      tags: '.article__footer li.tag a.tag__text',
      copyrightHolder: 'microdata copyrightHolder/legalName',
      language: 'edition',
    });
  });

  it('tells a title in the head that differs from the one above the text', () => {
    const page = PAGE.replace(/<meta property="og:title"[^>]*>/, '<meta property="og:title" content="另一个标题">');
    const result = readPage(page, url);
    if ('notArticle' in result) throw new Error(result.notArticle);
    expect(result.article.title).toBe(SAMPLE_ARTICLE.title);
    expect(result.disagreements).toContainEqual(expect.objectContaining({ field: 'title', rejected: '另一个标题' }));
  });

  it('never takes the description or the metadata for lead or body while the page shows a body', () => {
    const page = PAGE.replace(/<div class="article__announce-text">[^<]*<\/div>/, '');
    expect(readArticlePage(page, url)).toMatchObject({ lead: null, body: SAMPLE_ARTICLE.body });
  });

  it.each([
    ['', 'notHtml'],
    ['{"a":1}', 'notHtml'],
    ['plain text about <nothing>', 'notHtml'],
    ['\u0000\u0001PNG', 'notHtml'],
    ['<html><body><h1>404</h1><p>Not found</p></body></html>', 'unknownMarkup'],
    ['<html><body><p>Доступ к информационному ресурсу ограничен</p></body></html>', 'blockPage'],
    ['<html><body><div class="g-recaptcha"></div></body></html>', 'challenge'],
  ])('says why %j holds no article', (html, reason) => {
    expect(extractArticle(html, url)).toEqual({ notArticle: reason });
  });

  it.each([
    ['in its text', '<div class="article__footer">', 40],
    ['between text and tags', '<div class="article__footer">', 0],
    ['among its tags', '<li class="tag">', 30],
  ])('holds back an article that breaks off %s, and gives what it shows', (_, mark, before) => {
    const end = PAGE.lastIndexOf(mark);
    expect(end).toBeGreaterThan(0);
    const result = extractArticle(PAGE.slice(0, end - before), url);
    expect(result).toMatchObject({ notArticle: 'cutOff' });
    expect(result).toHaveProperty('fields.body.blocks.0.text', SAMPLE_ARTICLE.body[0]!.text);
  });

  it('takes a page for whole that ends behind the article, or leaves elements open', () => {
    const end = PAGE.lastIndexOf('</div>');
    for (const page of [PAGE.slice(0, end), PAGE.replace('</div></body>', '</body>'), PAGE.replace('</b>', '')]) {
      expect(readArticlePage(page, url).body).toEqual(SAMPLE_ARTICLE.body);
    }
  });

  it.each([
    ['its tags', ''],
    ['the foot of the page', '<footer class="footer"><div>x</div></footer>'],
  ])('takes a page for whole that goes on to %s behind elements of its text that are never closed', (_, foot) => {
    const tagged =
      foot === '' ? PAGE : renderCurrentPage({ ...SAMPLE_ARTICLE, tags: [] }).replace(/article__footer/, 'x');
    const page = tagged
      .replace('<div class="article__text">', '<div class="article__text"><div><div><div>')
      .replace('</body>', `${foot}</body>`);
    expect(readArticlePage(page, url).body).toEqual(SAMPLE_ARTICLE.body);
    const end = page.lastIndexOf(foot === '' ? '<li class="tag">' : '</footer>');
    expect(extractArticle(page.slice(0, end), url)).toMatchObject({ notArticle: 'cutOff' });
  });

  it.each([
    [
      'what is shown from both sides',
      '<div class="article__body">',
      '<div class="article__body" style="backface-visibility: hidden">',
    ],
    ['a text whose wall is open', '<div class="article__body">', '<div class="article__body js-paywall-off">'],
    [
      'a text in front of an empty wall',
      '</div>\n<div class="article__footer">',
      '<div class="js-paywall"></div></div>\n<div class="article__footer">',
    ],
    [
      'a text behind a wall',
      '<div class="article__body">',
      '<div class="article__body"><div class="paywall">Подписка</div>',
    ],
  ])('reads %s', (_, part, other) => {
    expect(PAGE).toContain(part);
    expect(readArticlePage(PAGE.replace(part, other), url).body).toEqual(SAMPLE_ARTICLE.body);
  });

  it('looks for the text of what is only described elsewhere on the page, never on a page that lists or errs', () => {
    const text =
      '<p>Новый тоннель на трассе у Вайка откроют до зимы, сообщил министр, проходчикам осталось немного.</p>';
    const shown = (type: string): string =>
      `<!DOCTYPE html><html><head><title>Тоннель</title><meta property="og:type" content="article"><meta property="article:published_time" content="2023-04-12T19:40+0400"></head><body data-page-type="${type}"><div itemscope itemtype="https://schema.org/Article"><h1 itemprop="headline">Тоннель</h1><div itemprop="articleBody"></div></div><section>${text.repeat(9)}</section></body></html>`;
    expect(extractArticle(shown('article'), url)).toMatchObject({ extractor: { name: 'readability' } });
    expect(extractArticle(shown('section'), url)).toEqual({ notArticle: 'section' });
    expect(extractArticle(shown('error'), url)).toEqual({ notArticle: 'unknownMarkup' });
  });

  it('takes a text for cut off that ends at a demand to pay', () => {
    const end = '</div>\n<div class="article__footer">';
    const page = PAGE.replace(end, `<div class="paywall"><p>Оформите подписку</p></div>${end}`);
    expect(readPage(page, url)).toEqual({ notArticle: 'cutOff' });
  });

  it('does not take an article about blocking for a block page', () => {
    const page = renderCurrentPage({
      ...SAMPLE_ARTICLE,
      title: 'EU Regulation 2022/350: access denied',
      lead: 'This website is blocked, they say; captcha, hcaptcha.',
    });
    expect(readArticlePage(page, url).title).toBe('EU Regulation 2022/350: access denied');
  });
});
