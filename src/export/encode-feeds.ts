import type { Article, BodyBlock } from '../domain/article.js';
import type { ArticleEdits } from '../edits/list-article-edits.js';
import { escapeMarkup as escaped, webUrl } from './safe-markup.js';

/** The agency took its name in 2014; a tag needs a day on which its maker had the name. */
const TAG_DAY = '2014-11-10';
const LONG_AGO = '1970-01-01T00:00:00Z';

interface FeedHead {
  readonly title: string;
  readonly description: string;
  /** Names the feed for good. */
  readonly id: string;
  readonly homePage: string;
}

/** What a feed tells of one thing. */
export interface FeedItem {
  /** Names it for good, whatever becomes of its URL (RFC 4151). */
  readonly id: string;
  readonly url: string | null;
  readonly title: string;
  readonly summary: string | null;
  /** Made of text alone. */
  readonly html: string;
  readonly publishedAt: string;
  readonly updatedAt: string;
  readonly language: string;
  readonly tags: readonly string[];
  readonly authors: readonly string[];
  readonly image: string | null;
}

/** @returns what all feeds say of themselves; the id names the feed for good. Topic null: all topics. */
export function feedHead(topic: string | null): FeedHead {
  const of = topic === null ? 'Armenia and Azerbaijan' : topic;
  return {
    title: `Sputnik: ${of}`,
    description: `What the Sputnik agency publishes about ${of}, newest first`,
    id: `urn:sputnik-harvester:feed:${topic ?? 'all'}`,
    homePage: 'https://sputniknews.cn/',
  };
}

/** RSS 2.0 with whole texts (`content:encoded`), languages and authors (Dublin Core). */
export function* encodeRss(things: Iterable<Article | FeedItem>, head: FeedHead): Generator<string> {
  yield `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
<title>${escaped(head.title)}</title>
<link>${escaped(head.homePage)}</link>
<description>${escaped(head.description)}</description>
`;
  for (const thing of things) yield rssItem(itemOf(thing));
  yield '</channel>\n</rss>\n';
}

function rssItem(item: FeedItem): string {
  const { id, url, title, summary, html, publishedAt, language, tags, authors } = item;
  return linesOf([
    '<item>',
    `<title>${escaped(title)}</title>`,
    url === null ? '' : `<link>${escaped(url)}</link>`,
    `<guid isPermaLink="false">${escaped(id)}</guid>`,
    `<pubDate>${new Date(publishedAt).toUTCString()}</pubDate>`,
    summary === null ? '' : `<description>${escaped(escaped(summary))}</description>`,
    `<content:encoded>${escaped(html)}</content:encoded>`,
    `<dc:language>${escaped(language)}</dc:language>`,
    ...authors.map((author) => `<dc:creator>${escaped(author)}</dc:creator>`),
    ...tags.map((tag) => `<category>${escaped(tag)}</category>`),
    '</item>\n',
  ]);
}

/** Leaves out the empty ones. */
function linesOf(lines: readonly string[]): string {
  return lines.filter((line) => line !== '').join('\n');
}

/** Atom 1.0 (RFC 4287) with whole texts. The moment of the newest change comes last, where it is known: the order of elements says nothing. */
export function* encodeAtom(things: Iterable<Article | FeedItem>, head: FeedHead): Generator<string> {
  let updated = LONG_AGO;
  yield `<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>${escaped(head.id)}</id>
<title>${escaped(head.title)}</title>
<subtitle>${escaped(head.description)}</subtitle>
<author><name>Sputnik</name></author>
<link rel="alternate" href="${escaped(head.homePage)}"/>
`;
  for (const thing of things) {
    const item = itemOf(thing);
    if (item.updatedAt > updated) updated = item.updatedAt;
    yield atomEntry(item);
  }
  yield `<updated>${updated}</updated>\n</feed>\n`;
}

function atomEntry(item: FeedItem): string {
  const { id, url, title, summary, html, publishedAt, updatedAt, language, tags, authors } = item;
  return linesOf([
    `<entry xml:lang="${escaped(language)}">`,
    `<id>${escaped(id)}</id>`,
    `<title type="text">${escaped(title)}</title>`,
    url === null ? '' : `<link rel="alternate" href="${escaped(url)}"/>`,
    `<published>${publishedAt}</published>`,
    `<updated>${updatedAt}</updated>`,
    ...authors.map((author) => `<author><name>${escaped(author)}</name></author>`),
    ...tags.map((tag) => `<category term="${escaped(tag)}"/>`),
    summary === null ? '' : `<summary type="text">${escaped(summary)}</summary>`,
    `<content type="html">${escaped(html)}</content>`,
    '</entry>\n',
  ]);
}

/** JSON Feed 1.1 with whole texts. */
export function* encodeJsonFeed(things: Iterable<Article | FeedItem>, head: FeedHead): Generator<string> {
  const { title, description, homePage } = head;
  const top = { version: 'https://jsonfeed.org/version/1.1', title, home_page_url: homePage, description };
  yield `${JSON.stringify(top).slice(0, -1)},"items":[\n`;
  let before = '';
  for (const thing of things) {
    yield before + JSON.stringify(jsonItem(itemOf(thing)));
    before = ',\n';
  }
  yield '\n]}\n';
}

function jsonItem(item: FeedItem): object {
  const { id, url, title, summary, html, publishedAt, updatedAt, language, tags, authors, image } = item;
  return {
    id,
    ...(url === null ? {} : { url }),
    title,
    content_html: html,
    ...(summary === null ? {} : { summary }),
    ...(image === null ? {} : { image }),
    date_published: publishedAt,
    date_modified: updatedAt,
    ...(authors.length === 0 ? {} : { authors: authors.map((name) => ({ name })) }),
    ...(tags.length === 0 ? {} : { tags }),
    language,
  };
}

/**
 * An article as the three feeds have it; one without a date has the moment it was first seen.
 */
function articleItem(article: Article): FeedItem {
  const { title, lead, publishedAt, modifiedAt, firstSeenAt, revisions, capture } = article;
  const published = publishedAt ?? firstSeenAt ?? LONG_AGO;
  const edited = revisions.length > 0 ? (capture?.fetchedAt ?? null) : null;
  const image = article.images.map(({ url }) => webUrl(url)).find((url) => url !== null);
  return {
    id: tagOf(article),
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

/** @returns what names an article in feeds for good. */
function tagOf({ family, id }: Pick<Article, 'family' | 'id'>): string {
  return `tag:${family},${TAG_DAY}:${id.slice(family.length + 1)}`;
}

function itemOf(thing: Article | FeedItem): FeedItem {
  return 'family' in thing ? articleItem(thing) : thing;
}

function htmlOf({ lead, body }: Article): string {
  const blocks = lead === null ? body : [{ type: 'text' as const, text: lead }, ...body];
  return blocks.map(blockHtml).join('\n');
}

function blockHtml({ type, text }: BodyBlock): string {
  if (type === 'heading') return `<h2>${escaped(text)}</h2>`;
  if (type === 'quote') return `<blockquote><p>${linesHtml(text)}</p></blockquote>`;
  if (type === 'text') return `<p>${linesHtml(text)}</p>`;
  const items = text.split('\n').map((item) => `<li>${escaped(item)}</li>`);
  return `<ul>${items.join('')}</ul>`;
}

function linesHtml(text: string): string {
  return escaped(text).replaceAll('\n', '<br/>');
}

/** An article that was edited or withdrawn. */
interface FeedChange {
  readonly article: Article;
  /** UTC instant at which it was first seen. */
  readonly at: string;
  /** Null: it was withdrawn. */
  readonly step: Pick<ArticleEdits, 'edits'> | null;
}

const EDITS_TOLD = 10;

/** One change as an item of a feed: both wordings, the one that went struck out. */
export function changeItem({ article, at, step }: FeedChange): FeedItem {
  const { title, url, language, topics, lead } = article;
  const kinds = [...new Set((step?.edits ?? []).map(({ type }) => type))];
  const what = step === null ? 'withdrawn' : kinds.join(', ');
  const told = (step?.edits ?? []).slice(0, EDITS_TOLD).map(({ type, before, after }) => {
    const [was, is] = [before, after].map((wording) => (wording === null ? null : escaped(wording)));
    return `<p>${type}: ${was === null ? '' : `<del>${was}</del> `}${is === null ? '' : `<ins>${is}</ins>`}</p>`;
  });
  return {
    id: `${tagOf(article)}/${step === null ? 'withdrawn' : 'edited'}/${at}`,
    url: webUrl(url),
    title: `${title} (${what})`,
    summary: lead,
    html: step === null ? '<p>Withdrawn by the agency.</p>' : told.join('\n'),
    ...{ publishedAt: at, updatedAt: at, language, tags: [...topics, ...kinds], authors: [], image: null },
  };
}
