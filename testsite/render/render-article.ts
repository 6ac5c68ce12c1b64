import { localParts } from '../content/local-time.js';
import type { PageState } from '../content/world.js';
import { escapeHtml } from './escape-html.js';
import { renderBlocks, renderMedia } from './render-blocks.js';
import { renderHead } from './render-head.js';
import { renderMicrodata } from './render-microdata.js';

/** What a page needs beside its own state. */
export interface PageFrame {
  /** Editions of the family, for hreflang. */
  readonly siblings: readonly { readonly id: string; readonly language: string }[];
  /** Markup around the article that brings the page to its real size; empty: none. */
  readonly padding: { readonly before: string; readonly after: string };
}

function renderDate({ profile, content }: PageState): string {
  const p = localParts(content.publishedAt, profile.offsetMinutes);
  const m = localParts(content.modifiedAt, profile.offsetMinutes);
  const shown = (l: typeof p): string => `${l.time} ${l.date.split('-').reverse().join('.')}`;
  const modified =
    content.modifiedAt === content.publishedAt
      ? ''
      : ` <span class="article__info-date-modified" data-unixtime="${content.modifiedAt / 1000}">(${escapeHtml(profile.grammar.pageTexts.updated)}: ${shown(m)})</span>`;
  return `<div class="article__info-date"><a href="/${p.basicDate}/" data-unixtime="${content.publishedAt / 1000}">${shown(p)}</a>${modified}</div>`;
}

function renderStoryBox({ content }: PageState): string {
  if (content.storyBox === null) return '';
  const { name, blurb, path } = content.storyBox;
  return `<div class="article__story"><a href="${path}" class="article__story-title">${escapeHtml(name)}</a><div class="article__story-announce">${escapeHtml(blurb)}</div></div>`;
}

/** A title alone is the page's `h1`; above a second title it is a `div`. */
export function renderTitle({ content }: PageState): string {
  const title = escapeHtml(content.title);
  if (content.secondTitle === null) return `<h1 class="article__title">${title}</h1>`;
  return `<div class="article__title">${title}</div><h1 class="article__second-title">${escapeHtml(content.secondTitle)}</h1>`;
}

function renderHeader(state: PageState): string {
  const { profile, content } = state;
  const { pageTexts } = profile.grammar;
  const lead = content.lead === null ? '' : `<div class="article__announce-text">${escapeHtml(content.lead)}</div>`;
  const author = content.authors
    .map(
      (name) =>
        `<div class="article__author" data-nosnippet="true"><span class="article__author-image"></span><a class="article__author-name" href="/author/">${escapeHtml(name)}</a></div>`,
    )
    .join('');
  const media =
    content.leadImage === null ? '' : `<div class="article__announce">${renderMedia(state, content.leadImage)}</div>`;
  return (
    `<div class="article__header">${renderStoryBox(state)}${renderTitle(state)}` +
    `<div class="article__info" data-nosnippet="true">${renderDate(state)}<div class="article__view" data-id="${state.story.articleId}"></div></div>${media}` +
    `<div class="article__news-services-subscribe"><a href="https://social.example/">${escapeHtml(pageTexts.follow)}</a></div>${author}${lead}</div>` +
    `<div class="article__google-news"><a href="https://news.example/">${escapeHtml(pageTexts.subscribe)}</a></div>`
  );
}

function renderTags({ content }: PageState): string {
  const items = content.tags
    .map(
      (tag) =>
        `<li class="tag" data-sid="${tag.path.slice(1, -1)}" data-type="tag"><a href="${tag.path}" class="tag__text" title="${escapeHtml(tag.name)}">${escapeHtml(tag.name)}</a></li>`,
    )
    .join('');
  return `<div class="article__footer"><div class="article__share"></div><ul class="tags m-noButton m-mb20">${items}</ul></div>`;
}

/** The machine-made digest above the text: never body. */
export function renderDigest({ profile, content }: PageState): string {
  if (content.digest.length === 0) return '';
  const lines = content.digest.map((line) => `<li>${escapeHtml(line)}</li>`).join('');
  return `<div class="article__summary"><span class="article__summary-title">${escapeHtml(profile.grammar.pageTexts.digest)}</span><ul class="article__summary-list">${lines}</ul></div>`;
}

/** `.article` with everything in it. */
export function renderArticleElement(state: PageState): string {
  const { story, content } = state;
  const body = content.withdrawn === 'emptyBody' ? '' : renderDigest(state) + renderBlocks(state);
  return (
    `<div class="article" data-article-id="${story.articleId}">${renderMicrodata(state)}${renderHeader(state)}` +
    `<div class="article__body">${body}</div>${renderTags(state)}</div>`
  );
}

/** A whole article page in Sputnik's current engine. */
export function renderArticle(state: PageState, frame: PageFrame): string {
  const { profile, content, story } = state;
  const { pageTexts } = profile.grammar;
  const next = `<div class="endless__item" data-infinite-scroll="1" data-id="${story.articleId}" data-url="${content.path}" data-title="${escapeHtml(content.title)}">`;
  return (
    `<!DOCTYPE html>\n<html lang="${profile.language}" data-lang="${profile.locale}"${profile.direction === 'rtl' ? ' dir="rtl"' : ''}><head prefix="og: http://ogp.me/ns# article: http://ogp.me/ns/article#">${renderHead(state, frame.siblings)}</head>` +
    `<body id="body" data-ab="c" data-page-type="article">${frame.padding.before}<header class="header"><a href="/">${escapeHtml(pageTexts.home)}</a></header>\n` +
    `<div class="page__width"><div class="content" id="content"><div id="endless" class="endless">${next}<div class="container"><div class="layout">${renderArticleElement(state)}</div></div></div></div>` +
    `<script>window.endlessScroll={"url":"/services/article/infinity/?id=${story.articleId}"};</script>` +
    `<div class="lenta"><div class="lenta__title">${escapeHtml(pageTexts.timeline)}</div><span>0</span></div></div></div>${frame.padding.after}</body></html>\n`
  );
}
