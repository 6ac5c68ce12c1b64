import type { BodyBlock } from '../../src/domain/article.js';

/** What the renderer needs of an article; texts are plain and get escaped. */
export interface RenderedArticle {
  readonly url: string;
  readonly articleId: string;
  readonly language: string;
  readonly title: string;
  readonly lead: string | null;
  readonly body: readonly BodyBlock[];
  /** As the site writes it: `2023-04-12T19:40+0800`. */
  readonly published: string;
  readonly modified: string;
  readonly unixtime: number;
  readonly tags: readonly { readonly name: string; readonly href: string }[];
  readonly image: string;
  /** Links put into paragraphs: index of the block, words to link, where to. */
  readonly inlineLinks: readonly { readonly block: number; readonly words: string; readonly href: string }[];
  /** Cards put behind blocks. */
  readonly cards: readonly { readonly after: number; readonly href: string; readonly title: string }[];
  readonly articleBody: string;
  readonly agency: string;
  readonly copyrightHolder: string;
  readonly direction?: 'rtl';
}

/** Renders an article as the current engine does, with its traps (site facts, §4-5). */
export function renderCurrentPage(article: RenderedArticle): string {
  const path = new URL(article.url).pathname;
  return `<!DOCTYPE html><html lang="${article.language}"${article.direction === undefined ? '' : ' dir="rtl"'}><head prefix="og: http://ogp.me/ns#"><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><script>window.dataLayer = [{ 'page_title': '<div class="article">not this</div>' }];</script>
<title>${escape(article.title)} - 12.04.2023, ${escape(article.agency)}</title><meta name="description" content="${escape(article.lead ?? '')} 2023年4月12日, ${escape(article.agency)}"><link rel="canonical" href="${article.url}"><meta property="og:url" content="${article.url}"><meta property="og:title" content="${escape(article.title)}"><meta property="og:image" content="${article.image}"><meta property="article:published_time" content="${compact(article.published)}"><meta property="article:section" content="${escape(article.tags[0]?.name ?? '')}">${article.tags.map(({ name }) => `<meta property="article:tag" content="${escape(name)}">`).join('')}<meta name="keywords" content="${article.tags.map(({ name }) => escape(name)).join(', ')}"></head>
<body class="body m-article-page" data-page-type="article"><div class="header"><ul><li class="tag"><a class="tag__text" href="/category_x/">Menu</a></li></ul></div>
<div class="endless__item" data-id="${article.articleId}" data-url="${path}"><div class="article " data-article-id="${article.articleId}">${renderMeta(article)}
<div class="article__header"><div class="article__info"><div class="article__info-date"><a href="/20230412/" data-unixtime="${article.unixtime}">${label(article.published)}</a></div></div><h1 class="article__title">${escape(article.title)}</h1>${article.lead === null ? '' : `<div class="article__announce-text">${escape(article.lead)}</div>`}</div>
<div class="article__announce"><div class="media"><div class="media__size"><img class="lazyload" src="data:image/svg+xml;base64,AA==" data-src="${article.image}" alt="Photo - ${escape(article.agency)}, 1920, 12.04.2023"></div><div class="media__copyright"><div class="media__copyright-item m-copyright">© Sputnik / A. Photographer</div></div><div class="media__description">Photo</div></div></div>
<div class="article__google-news">Google News</div><div class="article__news-services-subscribe">Subscribe</div>
<div class="article__body">${renderBody(article)}</div>
<div class="article__footer"><ul class="tags">${article.tags.map(({ name, href }) => `<li class="tag"><a href="${href}" class="tag__text" title="${escape(name)}">${escape(name)}</a></li>`).join('')}</ul></div></div></div>
<div class="lenta"><div class="lenta__item"><a href="/20230412/1049499999.html">Other</a></div></div></body></html>`;
}

function renderMeta(article: RenderedArticle): string {
  const prop = (name: string, value: string): string => `<div itemprop="${name}">${escape(value)}</div>`;
  const agency = `<div itemprop="name">${escape(article.agency)}</div><div itemprop="email">feedback@example.org</div><div itemprop="telephone">+74950000000</div><div itemprop="legalName">${escape(article.copyrightHolder)}</div>`;
  const party = (name: string): string =>
    `<div itemprop="${name}" itemscope itemtype="https://schema.org/Organization">${agency}</div>`;
  return `<div class="article__meta" itemscope itemtype="https://schema.org/Article"><div itemprop="mainEntityOfPage">${article.url}</div>${prop('headline', article.title)}${prop('name', article.title)}${prop('alternateName', article.agency)}${prop('description', `${article.lead ?? ''} 2023年4月12日, ${article.agency}`)}${prop('datePublished', article.published)}${prop('dateCreated', article.published)}${prop('dateModified', article.modified)}${article.tags.map(({ name }) => prop('articleSection', name)).join('')}<div itemprop="image">${article.image}</div>${prop('articleBody', article.articleBody)}${article.cards.map(({ href }) => prop('citation', new URL(href, article.url).href)).join('')}${party('copyrightHolder')}${prop('copyrightYear', '2023')}${party('creator')}${prop('genre', 'News')}${prop('inLanguage', article.language)}${party('sourceOrganization')}<div itemprop="image" itemscope itemtype="https://schema.org/ImageObject"><div itemprop="url">${article.image.replace('1920x0', '1600x0')}</div></div>${party('publisher')}${prop('keywords', article.tags.map(({ name }) => name).join(', '))}</div>`;
}

function renderBody(article: RenderedArticle): string {
  return article.body.map((block, at) => renderBlock(article, block, at) + renderCards(article, at)).join('\n');
}

function renderBlock(article: RenderedArticle, block: BodyBlock, at: number): string {
  let text = escape(block.text);
  for (const { words, href } of article.inlineLinks.filter((link) => link.block === at)) {
    text = text.replace(escape(words), `<a href="${href}" target="_blank">${escape(words)}</a>`);
  }
  if (block.type === 'quote') {
    return `<div class="article__block" data-type="quote"><div class="article__quote"><div class="article__quote-bar"></div><div class="article__quote-text">${text}</div></div></div>`;
  }
  if (block.type === 'heading')
    return `<div class="article__block" data-type="h2"><h2 class="article__h2">${text}</h2></div>`;
  if (block.type === 'list') {
    const items = text.split('\n').map((item) => `<li>${item}</li>`);
    return `<div class="article__block" data-type="list"><div class="article__list"><ul>${items.join('')}</ul></div></div>`;
  }
  return `<div class="article__block" data-type="text"><div class="article__text">${text}</div></div>`;
}

function renderCards(article: RenderedArticle, at: number): string {
  return article.cards
    .filter(({ after }) => after === at)
    .map(
      ({ href, title }) =>
        `<div class="article__block" data-type="article" data-nosnippet="true"><div class="article__article m-image"><a href="${href}" class="article__article-image"><img class="lazyload" src="data:image/svg+xml;base64,AA==" data-src="https://cdn.example.org/img/0777777777_1.jpg" alt="${escape(title)} - ${escape(article.agency)}, 1920, 14.09.2022"></a><span class="article__article-desc"><a href="${href}" class="article__article-title">${escape(title)}</a></span></div></div>`,
    )
    .join('');
}

function escape(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

/** `2023-04-12T19:40+0800` → `19:40 12.04.2023` */
function label(time: string): string {
  return time.replace(/^(\d{4})-(\d{2})-(\d{2})T(\d{2}:\d{2}).*$/, '$4 $3.$2.$1');
}

/** `2023-04-12T19:40+0800` → `20230412T1940+0800` */
function compact(time: string): string {
  return time.replace(/^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})/, '$1$2$3T$4$5');
}
