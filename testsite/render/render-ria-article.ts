import { localParts } from '../content/local-time.js';
import type { StoryBlock } from '../content/story.js';
import type { PageState } from '../content/world.js';
import type { PageFrame } from './render-article.js';
import { renderDigest, renderTitle } from './render-article.js';
import { renderBlocks, renderMedia, renderRuns } from './render-blocks.js';
import { description, renderHead, signature } from './render-head.js';
import { escapeHtml, scriptJson } from './escape-html.js';
import { logoUrl, officeCountry } from './render-microdata.js';

/** JSON-LD as ria.ru prints it: dates end in a blank, quotation marks in the headline are flattened. */
function renderStructuredData(state: PageState): string {
  const { profile, content } = state;
  const url = `https://${profile.id}${content.path}`;
  const stamp = (at: number): string => {
    const p = localParts(at, profile.offsetMinutes);
    return `${p.date}T${p.time}:00${p.offset.slice(0, 3)}:${p.offset.slice(3)}`;
  };
  const headline = content.title.replace(/["«»]/g, "'");
  const country = { '@type': 'Country', name: officeCountry(profile) };
  const logo = { '@type': 'ImageObject', url: logoUrl(profile), width: 353, height: 60 };
  const holder = {
    '@type': 'Organization',
    name: profile.agency,
    legalName: profile.copyrightHolder,
    address: { '@type': 'PostalAddress', addressCountry: country },
    logo,
  };
  const article = {
    '@context': 'http://schema.org',
    '@type': 'Article',
    mainEntityOfPage: { '@type': 'WebPage', '@id': url },
    url,
    headline,
    alternativeHeadline: `${headline} - ${signature(state)}`,
    name: headline,
    description: description(state),
    datePublished: `${stamp(content.publishedAt)} `,
    dateCreated: `${stamp(content.publishedAt)} `,
    dateModified: stamp(content.modifiedAt),
    articleSection: content.tags.map((tag) => tag.name),
    copyrightHolder: holder,
    copyrightYear: localParts(content.publishedAt, profile.offsetMinutes).year,
    author: content.authors.length === 0 ? holder : { '@type': 'Person', name: content.authors[0], worksFor: holder },
    publisher: holder,
    creator: holder,
    genre: 'Новости',
    inLanguage: 'ru-RU',
  };
  return `<script type="application/ld+json">\n${scriptJson(article)}\n</script>`;
}

function renderImageData({ content }: PageState): string {
  if (content.leadImage === null) return '';
  const crops = ['_1:0:1279:719_', '_160:0:1119:719_', '_280:0:999:719_'];
  return crops
    .map((crop) => {
      const url = content.leadImage?.url.replace('_1:0:1279:719_', crop) ?? '';
      return `<script type="application/ld+json">${scriptJson({ '@context': 'http://schema.org', '@type': 'ImageObject', url, caption: content.title, author: { '@type': 'Organization', name: 'Agency' } })}</script>`;
    })
    .join('');
}

function renderDate({ profile, content }: PageState): string {
  const shown = (at: number): string => {
    const p = localParts(at, profile.offsetMinutes);
    return `${p.time} ${p.date.split('-').reverse().join('.')}`;
  };
  const modified =
    content.modifiedAt === content.publishedAt
      ? ''
      : `(${profile.grammar.pageTexts.updated}: ${shown(content.modifiedAt)})`;
  const day = localParts(content.publishedAt, profile.offsetMinutes).basicDate;
  return `<div class="article__info" data-nosnippet="true"><div class="article__info-date"><a href="/${day}/">${shown(content.publishedAt)}</a><span class="article__info-date-modified">${modified}</span></div></div>`;
}

function renderTags({ profile, content }: PageState): string {
  const links = content.tags.map(
    (tag) => `<a class="article__tags-item" href="https://${profile.id}${tag.path}">${escapeHtml(tag.name)}</a>`,
  );
  return `<div class="article__tags" data-type="tags" data-nosnippet="true">${links.join('')}</div>`;
}

function renderLongreadBlock(state: PageState, block: StoryBlock): string {
  const wrap = (inner: string): string => `<div class="white-longread__block" data-type="${block.type}">${inner}</div>`;
  switch (block.type) {
    case 'text':
      return wrap(`<div class="white-longread__text">${renderRuns(state, block.runs)}</div>`);
    case 'quote':
      return wrap(
        `<div class="white-longread__quote"><div class="white-longread__quote-text">${escapeHtml(block.text)}</div></div>`,
      );
    case 'h2':
    case 'h3':
      return wrap(`<${block.type} class="white-longread__${block.type}">${escapeHtml(block.text)}</${block.type}>`);
    case 'vrez':
      return wrap(`<div class="white-longread__vrez">${escapeHtml(block.text)}</div>`);
    case 'list':
      return wrap(
        `<ul class="white-longread__list">${block.items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`,
      );
    case 'media':
      return wrap(`<div class="white-longread__media">${renderMedia(state, block.image)}</div>`);
    default:
      return '';
  }
}

function renderLongread(state: PageState): string {
  const { content } = state;
  const lead =
    content.lead === null ? '' : `<div class="white-longread__announce-text">${escapeHtml(content.lead)}</div>`;
  const media =
    content.leadImage === null
      ? ''
      : `<div class="white-longread__media">${renderMedia(state, content.leadImage)}</div>`;
  const shown = content.withdrawn === 'emptyBody' ? [] : content.blocks;
  const body = shown.map((block) => renderLongreadBlock(state, block)).join('');
  return `<div class="white-longread"><div class="white-longread__header"><h1 class="white-longread__header-title">${escapeHtml(content.title)}</h1></div>${renderDate(state)}${lead}${media}<div class="white-longread__body">${body}</div></div>`;
}

/** Items of a live page, each with its hour; the hours are no text. */
function renderLiveItems(state: PageState): string {
  const { profile, content } = state;
  const items = content.blocks.flatMap((block, index) => {
    if (block.type !== 'text') return [];
    const { time } = localParts(content.publishedAt - index * 60_000, profile.offsetMinutes);
    return [
      `<div class="online__item" data-id="${index}"><div class="online__item-time">${time}</div><div class="online__item-text">${renderRuns(state, block.runs)}</div></div>`,
    ];
  });
  return `<div class="online"><div class="online__list">${items.join('')}</div></div>`;
}

function renderMain(state: PageState): string {
  const { content } = state;
  if (content.form === 'longread') return renderLongread(state) + renderTags(state);
  const lead = content.lead === null ? '' : `<div class="article__announce-text">${escapeHtml(content.lead)}</div>`;
  const author = content.authors
    .map((name) => `<div class="article__author"><div class="article__author-name">${escapeHtml(name)}</div></div>`)
    .join('');
  const media =
    content.leadImage === null
      ? ''
      : `<div class="article__announce">${renderMedia(state, content.leadImage)}${renderImageData(state)}</div>`;
  const blocks = content.form === 'live' ? renderLiveItems(state) : renderBlocks(state);
  const body = content.withdrawn === 'emptyBody' ? '' : renderDigest(state) + blocks;
  return (
    `${renderDate(state)}<div class="article__header">${renderTitle(state)}${lead}</div>${media}${author}` +
    `<div class="article__aggr" data-nosnippet="true"><span class="article__aggr-txt">Читать ria.ru в </span></div>` +
    `<div class="article__body js-mediator-article mia-analytics">${body}<div class="article__anchor" data-percent="100"></div></div>${renderTags(state)}`
  );
}

/** A whole article page of ria.ru: same engine, other lists, tags and times; also its long reads and live pages. */
export function renderRiaArticle(state: PageState, frame: PageFrame): string {
  const { profile, content, story } = state;
  const p = localParts(content.publishedAt, profile.offsetMinutes);
  const stamp = `${p.basicDate}T${p.time.replace(':', '')}`;
  const title = escapeHtml(content.title);
  return (
    `<!DOCTYPE html>\n<html lang="ru"><head prefix="og: http://ogp.me/ns# article: http://ogp.me/ns/article#">${renderHead(state, frame.siblings)}</head>` +
    `<body class="body m-ria m-article-page" id="body" data-page-type="article" data-page-project="ria">${frame.padding.before}` +
    `<ul class="schema_org" itemscope itemtype="http://schema.org/BreadcrumbList"><li itemprop="itemListElement" itemscope itemtype="http://schema.org/ListItem"><meta itemprop="name" content="${escapeHtml(content.section.name)}"></li></ul>` +
    `<div class="content" id="content"><div class="endless" id="endless"><div class="endless__item" data-id="${story.articleId}" data-url="${content.path}" data-title="${title}" data-published-time="${stamp}">` +
    `<div class="layout-article"><div class="article m-article m-ria m-text-white" data-article-id="${story.articleId}">${renderStructuredData(state)}${renderMain(state)}</div></div></div></div></div>` +
    `<div class="recommend__place"></div>${frame.padding.after}</body></html>\n`
  );
}
