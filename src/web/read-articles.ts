import { z } from 'zod';
import type { Article } from '../domain/article.js';
import { isKey, type ArticleKey } from '../domain/page.js';
import type { ArticleFilters, ArticlePosition } from '../store/catalogue/article-queries.js';
import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';
import { pageOf } from '../store/catalogue/database.js';
import { withoutEarlierTexts } from '../store/files/without-earlier-texts.js';
import { WebRefusal } from './web-refusal.js';

/** The parts of a URL that name an article. */
export const articleParts = z.object({ family: z.string(), articleId: z.string() });

/** @throws {WebRefusal} `web.notFound` if no readable article has this name. */
export function readArticle(queries: CatalogueQueries, { family, articleId }: z.infer<typeof articleParts>): Article {
  const key = `${family}/${articleId}`;
  const article = isKey(key) ? queries.readableArticle(key) : null;
  if (article === null) throw new WebRefusal(404, 'web.notFound', 'no such article');
  return article;
}

/** @returns these articles without earlier texts, for lists. Records that cannot be read are left out; `verify` names them. */
export function readArticles(queries: CatalogueQueries, keys: readonly ArticleKey[]): Article[] {
  return keys.flatMap((key) => {
    const article = queries.readableArticle(key);
    return article === null ? [] : [withoutEarlierTexts(article)];
  });
}

/** @returns some articles, newest first, and the cursor of the next ones; null: there are no more. */
export function readArticlePage(
  queries: CatalogueQueries,
  filters: ArticleFilters,
  cursor: string | undefined,
  limit: number,
): { readonly articles: readonly Article[]; readonly nextCursor: string | null } {
  const after = cursor === undefined ? null : positionOf(cursor);
  const { rows, hasMore } = pageOf(limit, (count) => queries.articlePositions(filters, 'newest', after, count));
  const last = rows.at(-1);
  const keys = rows.map(({ key }) => key);
  const nextCursor = hasMore && last !== undefined ? cursorOf(last) : null;
  return { articles: readArticles(queries, keys), nextCursor };
}

/**
 * @param cursors  Whether to read after or before a position; neither: the first page.
 * @returns        Some articles, newest first, and the cursors of the newer and the older page; null: there is none.
 */
export function readArticlesAround(
  queries: CatalogueQueries,
  filters: ArticleFilters,
  { after, before }: { readonly after?: string | undefined; readonly before?: string | undefined },
  limit: number,
): { readonly articles: Article[]; readonly newer: string | null; readonly older: string | null } {
  const isBack = before !== undefined;
  const cursor = before ?? after;
  const from = cursor === undefined ? null : positionOf(cursor);
  const order = isBack ? 'oldest' : 'newest';
  const { rows, hasMore } = pageOf(limit, (count) => queries.articlePositions(filters, order, from, count));
  const shown = isBack ? [...rows].reverse() : rows;
  const [first, last] = [shown[0], shown.at(-1)];
  const keys = shown.map(({ key }) => key);
  return {
    articles: readArticles(queries, keys),
    newer: first !== undefined && (isBack ? hasMore : after !== undefined) ? cursorOf(first) : null,
    older: last !== undefined && (isBack || hasMore) ? cursorOf(last) : null,
  };
}

function cursorOf({ publishedAt, key }: ArticlePosition): string {
  return `${publishedAt ?? '-'}.${key}`;
}

function positionOf(cursor: string): ArticlePosition {
  const dot = cursor.indexOf('.');
  const at = cursor.slice(0, dot);
  return { publishedAt: at === '-' ? null : Number(at), key: cursor.slice(dot + 1) as ArticleKey };
}
