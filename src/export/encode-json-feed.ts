import type { Article } from '../domain/article.js';
import { feedItem, type FeedHead } from './feed-item.js';

/** JSON Feed 1.1 with whole texts. */
export function* encodeJsonFeed(articles: Iterable<Article>, head: FeedHead): Generator<string> {
  const { title, description, homePage } = head;
  const top = { version: 'https://jsonfeed.org/version/1.1', title, home_page_url: homePage, description };
  yield `${JSON.stringify(top).slice(0, -1)},"items":[\n`;
  let before = '';
  for (const article of articles) {
    yield before + JSON.stringify(itemOf(article));
    before = ',\n';
  }
  yield '\n]}\n';
}

function itemOf(article: Article): object {
  const { id, url, title, summary, html, publishedAt, updatedAt, language, tags, authors, image } = feedItem(article);
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
