import type { Article } from '../domain/article.js';

/** One record per line, keys as in the record's file. */
export function* encodeNdjson(articles: Iterable<Article>): Generator<string> {
  for (const article of articles) yield `${JSON.stringify(article)}\n`;
}

/** One array, one record per line. */
export function* encodeJson(articles: Iterable<Article>): Generator<string> {
  let before = '[\n';
  for (const article of articles) {
    yield before + JSON.stringify(article);
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}
