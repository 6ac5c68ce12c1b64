import { localParts } from '../content/local-time.js';
import type { PageState } from '../content/world.js';
import { runsText } from '../content/truth.js';
import { escapeHtml } from './escape-html.js';

/** `2023年4月12日, 俄罗斯卫星通讯社`, `12.04.2023, Sputnik Армения`: what ends every description and `<title>`. */
export function signature({ profile, content }: PageState): string {
  const p = localParts(content.publishedAt, profile.offsetMinutes);
  const date = profile.grammar.gap === '' ? `${p.year}年${p.month}月${p.day}日` : p.date.split('-').reverse().join('.');
  return `${date}, ${profile.siteName}`;
}

/** @returns the description without its signature: the lead, or the beginning of the first paragraph. */
export function plainDescription({ content }: PageState): string {
  if (content.lead !== null) return content.lead;
  const first = content.blocks.find((block) => block.type === 'text');
  return first === undefined ? content.title : `${runsText(first.runs).slice(0, 120)}...`;
}

export function description(state: PageState): string {
  return `${plainDescription(state)} ${signature(state)}`;
}

const meta = (kind: 'name' | 'property', key: string, value: string): string =>
  `<meta ${kind}="${key}" content="${escapeHtml(value)}">`;

function articleMetas(state: PageState): string {
  const { profile, content, story } = state;
  const p = localParts(content.publishedAt, profile.offsetMinutes);
  const offset = profile.engine === 'ria' ? '' : p.offset;
  const names = content.tags.map((tag) => tag.name);
  return [
    meta('name', 'keywords', names.join(', ')),
    meta('property', 'article:published_time', `${p.basicDate}T${p.time.replace(':', '')}${offset}`),
    meta('property', 'article:author', content.authors[0] ?? profile.siteName),
    // ria.ru files everything under News here and tells the rubric in `analytics:rubric`.
    meta('property', 'article:section', profile.engine === 'ria' ? 'Новости' : content.section.name),
    ...names.map((name) => meta('property', 'article:tag', name)),
    meta('name', 'analytics:article_id', story.articleId),
    meta('name', 'analytics:p_ts', String(content.publishedAt / 1000)),
    meta('name', 'analytics:rubric', content.section.name),
    meta('name', 'relap-entity-id', story.articleId),
  ].join('');
}

/** hreflang links: the family's editions under the same id and path, and `x-default`. */
function alternates(state: PageState, editions: readonly { readonly id: string; readonly language: string }[]): string {
  const { content } = state;
  const first = editions[0]?.id ?? state.profile.id;
  return [...editions, { id: first, language: 'x-default' }]
    .map(
      (edition) => `<link rel="alternate" hreflang="${edition.language}" href="https://${edition.id}${content.path}">`,
    )
    .join('');
}

/** The head of an article in today's engine. */
export function renderHead(
  state: PageState,
  siblings: readonly { readonly id: string; readonly language: string }[],
): string {
  const { profile, content } = state;
  const url = `https://${profile.id}${content.path}`;
  const text = description(state);
  const image = content.leadImage?.url ?? `https://${profile.id}/i/logo/logo-social.png`;
  return [
    '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">',
    `<title>${escapeHtml(content.title)} - ${escapeHtml(signature(state))}</title>`,
    meta('name', 'description', text),
    articleMetas(state),
    meta('property', 'og:url', url),
    meta('property', 'og:title', content.title),
    meta('property', 'og:description', text),
    meta('property', 'og:type', 'article'),
    meta('property', 'og:site_name', profile.siteName),
    meta('property', 'og:locale', profile.locale),
    meta('property', 'og:image', image),
    meta('name', 'twitter:card', 'summary_large_image'),
    meta('name', 'twitter:title', content.title),
    '<meta name="viewport" content="width=device-width, initial-scale=1.0">',
    `<link rel="canonical" href="${url}">`,
    `<link rel="amphtml" href="https://${profile.id}/amp${content.path}">`,
    alternates(state, siblings),
    `<link rel="alternate" type="application/rss+xml" href="https://${profile.id}/export/rss2/archive/index.xml">`,
  ].join('');
}
