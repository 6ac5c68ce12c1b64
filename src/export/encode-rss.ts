import type { Article } from '../domain/article.js';
import { escapeMarkup as escaped } from './escape-markup.js';
import { feedItem, type FeedHead } from './feed-item.js';

/** RSS 2.0 with whole texts (`content:encoded`), languages and authors (Dublin Core). */
export function* encodeRss(articles: Iterable<Article>, head: FeedHead): Generator<string> {
  yield `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
<title>${escaped(head.title)}</title>
<link>${escaped(head.homePage)}</link>
<description>${escaped(head.description)}</description>
`;
  for (const article of articles) yield itemOf(article);
  yield '</channel>\n</rss>\n';
}

function itemOf(article: Article): string {
  const { id, url, title, summary, html, publishedAt, language, tags, authors } = feedItem(article);
  return [
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
  ]
    .filter((line) => line !== '')
    .join('\n');
}
