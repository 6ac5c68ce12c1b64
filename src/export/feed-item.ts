import type { Article, BodyBlock } from '../domain/article.js';
import { escapeMarkup } from './escape-markup.js';
import { webUrl } from './web-url.js';

/** What all feeds say of themselves. */
export interface FeedHead {
  readonly title: string;
  readonly description: string;
  /** Names the feed for good. */
  readonly id: string;
  readonly homePage: string;
}

/** An article as the three feeds have it. */
export interface FeedItem {
  /** Names the article for good, whatever becomes of its address (RFC 4151). */
  readonly id: string;
  readonly url: string | null;
  readonly title: string;
  readonly summary: string | null;
  /** HTML made of text alone. */
  readonly html: string;
  /** UTC instants. Never null: an article without a date has the moment it was first seen. */
  readonly publishedAt: string;
  readonly updatedAt: string;
  readonly language: string;
  readonly tags: readonly string[];
  readonly authors: readonly string[];
  readonly image: string | null;
}

/** The agency took its name in 2014; a tag needs a day on which its maker had the name. */
const TAG_DAY = '2014-11-10';
const LONG_AGO = '1970-01-01T00:00:00Z';

/** @param topic  Null: all topics. */
export function feedHead(topic: string | null): FeedHead {
  const of = topic === null ? 'Armenia and Azerbaijan' : topic;
  return {
    title: `Sputnik: ${of}`,
    description: `What the Sputnik agency publishes about ${of}, newest first`,
    id: `urn:sputnik-harvester:feed:${topic ?? 'all'}`,
    homePage: 'https://sputniknews.cn/',
  };
}

export function feedItem(article: Article): FeedItem {
  const { family, id, title, lead, publishedAt, modifiedAt, firstSeenAt, revisions, capture } = article;
  const published = publishedAt ?? firstSeenAt ?? LONG_AGO;
  const edited = revisions.length > 0 ? (capture?.fetchedAt ?? null) : null;
  const image = article.images.map(({ url }) => webUrl(url)).find((address) => address !== null);
  return {
    id: `tag:${family},${TAG_DAY}:${id.slice(family.length + 1)}`,
    url: webUrl(article.url),
    title,
    summary: lead,
    html: htmlOf(article),
    publishedAt: published,
    updatedAt: modifiedAt ?? edited ?? published,
    language: article.language,
    tags: article.tags.map(({ name }) => name),
    authors: article.authors,
    image: image ?? null,
  };
}

function htmlOf({ lead, body }: Article): string {
  const blocks = lead === null ? body : [{ type: 'text' as const, text: lead }, ...body];
  return blocks.map(blockHtml).join('\n');
}

function blockHtml({ type, text }: BodyBlock): string {
  if (type === 'heading') return `<h2>${escapeMarkup(text)}</h2>`;
  if (type === 'quote') return `<blockquote><p>${linesHtml(text)}</p></blockquote>`;
  if (type === 'text') return `<p>${linesHtml(text)}</p>`;
  const items = text.split('\n').map((item) => `<li>${escapeMarkup(item)}</li>`);
  return `<ul>${items.join('')}</ul>`;
}

function linesHtml(text: string): string {
  return escapeMarkup(text).replaceAll('\n', '<br/>');
}
