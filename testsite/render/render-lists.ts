import { feedDate, localParts } from '../content/local-time.js';
import type { EditionProfile } from '../content/edition-profiles.js';
import type { PageState } from '../content/world.js';
import { linkTo } from './render-blocks.js';
import { plainDescription } from './render-head.js';
import { escapeHtml } from './escape-html.js';

function renderSputnikItem(state: PageState): string {
  const { profile, content, story } = state;
  const p = localParts(content.publishedAt, profile.offsetMinutes);
  const title = escapeHtml(content.title);
  const tags = content.tags
    .map(
      (tag) =>
        `<li class="tag" data-type="tag"><a href="${tag.path}" class="tag__text" title="${escapeHtml(tag.name)}">${escapeHtml(tag.name)}</a></li>`,
    )
    .join('');
  return (
    `<div class="list__item" data-id="${story.articleId}"><div class="list__content"><a href="${content.path}" class="list__pic"><img class="lazyload" alt="${title}" data-src="https://cdn1.img.sputniknews.example/thumb/${story.articleId}.jpg"></a>` +
    `<a href="${content.path}" class="list__title">${title}</a></div>` +
    `<div class="list__info"><div class="list__date" data-unixtime="${content.publishedAt / 1000}"><span class="date">${p.time}</span></div><ul class="tags">${tags}</ul></div></div>`
  );
}

function renderRiaItem(state: PageState): string {
  const { profile, content } = state;
  const p = localParts(content.publishedAt, profile.offsetMinutes);
  const href = linkTo(state, content.path);
  return (
    `<div class="list-item" data-type="article"><div class="list-item__content"><a href="${href}" class="list-item__image"></a><a href="${href}" class="list-item__title color-font-hover-only">${escapeHtml(content.title)}</a></div>` +
    `<div class="list-item__info"><div class="list-item__date">${p.time} ${p.date.split('-').reverse().join('.')}</div></div></div>`
  );
}

export function renderItems(pages: readonly PageState[]): string {
  return pages
    .map((page) => (page.profile.engine === 'ria' ? renderRiaItem(page) : renderSputnikItem(page)))
    .join('\n');
}

/** @returns the URL of the fragment that follows `last` in the list called `slug`. */
export function morePath(slug: string, last: PageState): string {
  const { profile, content, story } = last;
  const p = localParts(content.publishedAt, profile.offsetMinutes);
  return `/services/${slug}/more.html?id=${story.articleId}&date=${p.basicDate}T${p.time.replace(':', '')}00`;
}

/** A first list page: a tag's, a day's or the front page. */
export function renderListPage(
  profile: EditionProfile,
  slug: string,
  heading: string,
  pages: readonly PageState[],
): string {
  const last = pages.at(-1);
  const ria = profile.engine === 'ria';
  const more =
    last === undefined
      ? ''
      : `<div class="${ria ? 'list-more' : 'list__more'} color-btn-second-hover" data-url="${escapeHtml(morePath(slug, last))}">${escapeHtml(profile.grammar.pageTexts.more)}</div>`;
  return (
    `<!DOCTYPE html>\n<html lang="${profile.language}"><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title>${escapeHtml(heading)} - ${escapeHtml(profile.siteName)}</title>` +
    `<link rel="canonical" href="https://${profile.id}/${slug === '' ? '' : `${slug}/`}"></head><body data-page-type="tag"><header class="header"><a href="/">${escapeHtml(profile.grammar.pageTexts.home)}</a></header>` +
    `<div class="content"><h1 class="title">${escapeHtml(heading)}</h1><div class="${ria ? 'rubric-list' : 'title-list'}"><div class="list ${ria ? 'list-tags' : 'list-tag'}">${renderItems(pages)}</div>${more}</div></div></body></html>\n`
  );
}

/** A load-more fragment; the end of a list is an empty one. */
export function renderFragment(profile: EditionProfile, slug: string, pages: readonly PageState[]): string {
  const last = pages.at(-1);
  if (last === undefined) return '';
  const next = escapeHtml(morePath(slug, last));
  return `<div class="${profile.engine === 'ria' ? 'list-items-loaded' : 'list__items-loaded'}" data-next-url="${next}">${renderItems(pages)}</div>`;
}

export function renderFeed(profile: EditionProfile, pages: readonly PageState[], now: number): string {
  const items = pages.map((page) => {
    const { content } = page;
    const link = escapeHtml(`https://${profile.id}${content.path}`);
    const picture =
      content.leadImage === null ? '' : `<enclosure url="${content.leadImage.url}" type="image/jpeg" length="57426"/>`;
    return (
      `<item><title>${escapeHtml(content.title)}</title><link>${link}</link><guid>${link}</guid><ria:priority xmlns:ria="https://${profile.id}">3</ria:priority>` +
      `<pubDate>${feedDate(content.publishedAt, profile.offsetMinutes)}</pubDate><description><![CDATA[${plainDescription(page)}]]></description>` +
      `<category>${escapeHtml(content.section.name)}</category>${picture}</item>`
    );
  });
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n<rss xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" version="2.0"><channel>' +
    `<title>${escapeHtml(profile.siteName)}</title><link>https://${profile.id}/</link><language>${profile.language.slice(0, 2)}</language><lastBuildDate>${feedDate(now, profile.offsetMinutes)}</lastBuildDate>\n` +
    `${items.join('\n')}\n</channel></rss>\n`
  );
}

export interface MonthRange {
  readonly start: string;
  readonly end: string;
}

export function renderSitemapIndex(profile: EditionProfile, months: readonly MonthRange[]): string {
  const entries = months.map(
    ({ start, end }) =>
      `<sitemap><loc>https://${profile.id}/sitemap_article.xml?date_start=${start}&amp;date_end=${end}</loc></sitemap>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${entries.join('\n')}</sitemapindex>\n`;
}

export function renderSitemap(profile: EditionProfile, pages: readonly PageState[]): string {
  const entries = pages.map(({ content }) => {
    const p = localParts(content.modifiedAt, profile.offsetMinutes);
    const offset = `${p.offset.slice(0, 3)}:${p.offset.slice(3)}`;
    return `<url><loc>${escapeHtml(`https://${profile.id}${content.path}`)}</loc><lastmod>${p.date}T${p.time}:00${offset}</lastmod></url>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${entries.join('\n')}</urlset>\n`;
}

/** robots.txt by SITE §3; `Crawl-delay` only where a test asks for it. */
export function renderRobots(profile: EditionProfile, crawlDelaySeconds: number | null): string {
  return [
    'User-agent: *',
    'Disallow: /services/',
    'Disallow: /search/',
    'Disallow: /cms/',
    'Disallow: *-print.html$',
    ...(crawlDelaySeconds === null ? [] : [`Crawl-delay: ${crawlDelaySeconds}`]),
    '',
    `Sitemap: https://${profile.id}/sitemap_article_index.xml`,
    '',
  ].join('\n');
}
