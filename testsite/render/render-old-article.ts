import { localParts } from '../content/local-time.js';
import type { StoryBlock } from '../content/story.js';
import type { PageState } from '../content/world.js';
import { escapeHtml } from './escape-html.js';
import { renderRuns } from './render-blocks.js';
import { plainDescription } from './render-head.js';

function renderBlock(state: PageState, block: StoryBlock): string {
  switch (block.type) {
    case 'text':
      return `<p>${renderRuns(state, block.runs)}</p>`;
    case 'quote':
      return `<p class="marker-quote1">${escapeHtml(block.text)}</p>`;
    case 'media': {
      const caption = escapeHtml(block.image.caption ?? '');
      const credit =
        block.image.credit === null
          ? ''
          : `<div class="b-inject__copy"><span>${escapeHtml(block.image.credit)}</span></div>`;
      return `<div class="b-inject m-inject-free"><div class="b-inject__media"><div class="b-inject-foto" data-src="${block.image.url}" data-sub-html="${caption}"><img src="${block.image.url}" alt="${caption}" title="${caption}"></div></div>${credit}<div class="b-inject__content">${caption}</div></div>`;
    }
    case 'article':
      return `<div class="b-inject m-inject-min"><div class="b-inject__article"><a href="${block.card.path}" class="b-inject__article-title">${escapeHtml(block.card.title)}</a></div></div>`;
    default:
      return '';
  }
}

function renderOldHead(state: PageState): string {
  const { profile, content } = state;
  const names = escapeHtml(content.tags.map((tag) => tag.name).join(', '));
  const url = `https://${profile.id}${content.path}`;
  const text = escapeHtml(plainDescription(state));
  const stamp = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z');
  return (
    `<title>${escapeHtml(content.title)} - ${escapeHtml(profile.siteName)}</title><meta name="description" content="${text}"><meta name="keywords" content="${names}">` +
    '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">' +
    `<meta property="og:title" content="${escapeHtml(content.title)}"><meta property="og:url" content="${url}"><meta property="og:type" content="website"><meta property="og:description" content="${text}">` +
    `<meta content="${stamp(content.modifiedAt)}" itemprop="dateModified" name="lastmod"><meta content="${stamp(content.publishedAt)}" itemprop="datePublished" name="pubdate">` +
    `<link rel="canonical" href="${url}"><meta name="news_keywords" content="${names}">`
  );
}

/** A whole article page in the engine of 2015-21: `b-article`, local times without offset. */
export function renderOldArticle(state: PageState): string {
  const { profile, content } = state;
  const published = localParts(content.publishedAt, profile.offsetMinutes);
  const modified = localParts(content.modifiedAt, profile.offsetMinutes);
  const image = content.leadImage;
  const caption = escapeHtml(image?.caption ?? '');
  const picture =
    image === null
      ? ''
      : `<img src="${image.url}" width="1000" height="541" alt="${caption}" title="${caption}" itemprop="associatedMedia">`;
  const credit =
    image === null || image.credit === null
      ? ''
      : `<div class="b-article__header-copy"><span>${escapeHtml(image.credit)}</span></div>`;
  const lead =
    content.lead === null
      ? ''
      : `<div itemprop="description" class="b-article__lead"><p>${escapeHtml(content.lead)}</p></div>`;
  const tags = content.tags.map((tag) => `<a href="${tag.path}">${escapeHtml(tag.name)}</a>`).join(', ');
  const body =
    content.withdrawn === 'emptyBody' ? '' : content.blocks.map((block) => renderBlock(state, block)).join('\n');
  const updated =
    content.modifiedAt === content.publishedAt
      ? ''
      : `<time itemprop="dateModified" datetime="${modified.date}T${modified.time}" class="b-article__refs-date-upd">(${escapeHtml(profile.grammar.pageTexts.updated)} ${modified.time} ${modified.date.split('-').reverse().join('.')}) </time>`;
  return (
    `<!DOCTYPE html>\n<html lang="${profile.language.slice(0, 2)}" class="responsive" itemscope="" itemtype="http://schema.org/Article"><head>${renderOldHead(state)}</head><body class="site_int">` +
    `<div class="b-article__header">${picture}<div class="b-article__header-title "><h1 itemprop="name">${escapeHtml(content.title)}</h1></div>${credit}</div>` +
    `<div class="l-main m-oh"><div class="l-maincolumn m-static"><div class="b-article"><div class="b-article__refs-text "><a class="b-article__refs-rubric" href="${content.section.path}" itemprop="articleSection">${escapeHtml(content.section.name)}</a>` +
    `<div class="b-article__refs-credits"><time class="b-article__refs-date" itemprop="dateCreated" datetime="${published.date}T${published.time}">${published.time} ${published.date.split('-').reverse().join('.')}</time>${updated}</div></div>` +
    `${lead}<div itemprop="articleBody" class="b-article__text">${body}</div>` +
    `<div class="b-article__likes js-likes"><a href="/services/likes/like/?value=1">62</a></div>` +
    `<div class="b-article__refs"><div class="b-article__refs-list"><div class="b-article__refs-item"><div class="b-article__refs-item-description">Tags:</div><div class="b-article__refs-item-title b-article__refs-tags">${tags}</div></div></div></div>` +
    `<section class="comments"><div class="title">0</div></section></div></div></div></body></html>\n`
  );
}
