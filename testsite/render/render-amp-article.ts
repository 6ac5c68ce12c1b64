import { localParts } from '../content/local-time.js';
import type { StoryBlock } from '../content/story.js';
import type { PageState } from '../content/world.js';
import { escapeHtml } from './escape-html.js';
import { renderTitle } from './render-article.js';
import { renderRuns } from './render-blocks.js';
import { description } from './render-head.js';

function renderAmpBlock(state: PageState, block: StoryBlock): string {
  const wrap = (inner: string): string => `<div class="article__block" data-type="${block.type}">${inner}</div>`;
  switch (block.type) {
    case 'text':
      return wrap(`<div class="article__text">${renderRuns(state, block.runs)}</div>`);
    case 'quote':
      return wrap(`<div class="article__quote-text">${escapeHtml(block.text)}</div>`);
    case 'h2':
    case 'h3':
      return wrap(`<${block.type}>${escapeHtml(block.text)}</${block.type}>`);
    case 'list':
      return wrap(`<ul>${block.items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`);
    case 'vrez':
      return wrap(`<div class="article__vrez-text">${escapeHtml(block.text)}</div>`);
    case 'media':
      return wrap(`<amp-img src="${block.image.url}" width="640" height="360" layout="responsive"></amp-img>`);
    case 'article':
      return wrap(`<a class="article__article-title" href="${block.card.path}">${escapeHtml(block.card.title)}</a>`);
    default:
      return wrap('<amp-ad width="300" height="250" type="any"></amp-ad>');
  }
}

/** The AMP page of an article: the same article once more, its canonical link leading to the plain page. */
export function renderAmpArticle(state: PageState): string {
  const { profile, content, story } = state;
  const p = localParts(content.publishedAt, profile.offsetMinutes);
  const lead = content.lead === null ? '' : `<div class="article__announce-text">${escapeHtml(content.lead)}</div>`;
  const body =
    content.withdrawn === 'emptyBody' ? '' : content.blocks.map((block) => renderAmpBlock(state, block)).join('');
  const tags = content.tags
    .map((tag) => `<li class="tag"><a class="tag__text" href="${tag.path}">${escapeHtml(tag.name)}</a></li>`)
    .join('');
  return (
    `<!doctype html>\n<html amp lang="${profile.language}"${profile.direction === 'rtl' ? ' dir="rtl"' : ''}><head><meta charset="utf-8"><title>${escapeHtml(content.title)}</title>` +
    `<link rel="canonical" href="https://${profile.id}${content.path}"><meta name="description" content="${escapeHtml(description(state))}">` +
    `<meta property="og:title" content="${escapeHtml(content.title)}"><meta property="article:published_time" content="${p.basicDate}T${p.time.replace(':', '')}${p.offset}">` +
    `<script async src="https://cdn.ampproject.example/v0.js"></script></head><body><amp-analytics></amp-analytics>` +
    `<article class="article" data-article-id="${story.articleId}"><div class="article__header">${renderTitle(state)}` +
    `<div class="article__info-date"><a data-unixtime="${content.publishedAt / 1000}">${p.time} ${p.date.split('-').reverse().join('.')}</a></div>${lead}</div>` +
    `<div class="article__body">${body}</div><div class="article__footer"><ul class="tags">${tags}</ul></div></article></body></html>\n`
  );
}

/** The print page: robots.txt forbids it, and no crawler has business here. */
export function renderPrintPage({ profile, content }: PageState): string {
  return `<!DOCTYPE html>\n<html lang="${profile.language}"><head><meta charset="utf-8"><title>${escapeHtml(content.title)}</title><link rel="canonical" href="https://${profile.id}${content.path}"></head><body onload="print()"><h1>${escapeHtml(content.title)}</h1></body></html>\n`;
}
