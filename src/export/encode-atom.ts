import type { Article } from '../domain/article.js';
import { escapeMarkup as escaped } from './escape-markup.js';
import { feedItem, type FeedHead } from './feed-item.js';

const NEVER = '1970-01-01T00:00:00Z';

/** Atom 1.0 (RFC 4287) with whole texts; holds its articles while it looks for the newest change, so for short feeds only. */
export function* encodeAtom(articles: Iterable<Article>, head: FeedHead): Generator<string> {
  const items = Array.from(articles, feedItem);
  const updated = items.reduce((newest, { updatedAt }) => (updatedAt > newest ? updatedAt : newest), NEVER);
  yield `<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>${escaped(head.id)}</id>
<title>${escaped(head.title)}</title>
<subtitle>${escaped(head.description)}</subtitle>
<updated>${updated}</updated>
<author><name>Sputnik</name></author>
<link rel="alternate" href="${escaped(head.homePage)}"/>
`;
  for (const { id, url, title, summary, html, publishedAt, updatedAt, language, tags, authors } of items) {
    yield [
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
    ]
      .filter((line) => line !== '')
      .join('\n');
  }
  yield '</feed>\n';
}
