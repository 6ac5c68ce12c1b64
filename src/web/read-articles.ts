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

/** @throws {WebRefusal} `web.notFound` if no article has this name, `web.unreadable` if its record cannot be read. */
export function readArticle(queries: CatalogueQueries, { family, articleId }: z.infer<typeof articleParts>): Article {
  const key = `${family}/${articleId}`;
  const refuse = (): never => {
    throw new WebRefusal(503, 'web.unreadable', [
      `the record of ${key} cannot be read`,
      'run sputnik verify, which says why',
    ]);
  };
  const article = isKey(key) ? queries.articleOrTell(key, refuse) : null;
  if (article === null) throw new WebRefusal(404, 'web.notFound', 'no such article');
  return article;
}

/** Articles without earlier texts, for lists. */
interface ListedArticles {
  readonly articles: readonly Article[];
  /** Those left out because their records cannot be read; `verify` says why. */
  readonly unreadable: readonly ArticleKey[];
}

export function readArticles(queries: CatalogueQueries, keys: readonly ArticleKey[]): ListedArticles {
  const unreadable: ArticleKey[] = [];
  const articles = keys.flatMap((key) => {
    const article = queries.articleOrTell(key, (damaged) => unreadable.push(damaged));
    return article === null ? [] : [withoutEarlierTexts(article)];
  });
  return { articles, unreadable };
}

/** @returns some articles, newest first, and the cursor of the next ones; null: there are no more. */
export function readArticlePage(
  queries: CatalogueQueries,
  filters: ArticleFilters,
  cursor: string | undefined,
  limit: number,
): ListedArticles & { readonly nextCursor: string | null } {
  const after = cursor === undefined ? null : positionOf(cursor);
  const { rows, hasMore } = pageOf(limit, (count) => queries.articlePositions(filters, 'newest', after, count));
  const last = rows.at(-1);
  const keys = rows.map(({ key }) => key);
  const nextCursor = hasMore && last !== undefined ? cursorOf(last) : null;
  return { ...readArticles(queries, keys), nextCursor };
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
): ListedArticles & { readonly newer: string | null; readonly older: string | null } {
  const isBack = before !== undefined;
  const cursor = before ?? after;
  const from = cursor === undefined ? null : positionOf(cursor);
  const order = isBack ? 'oldest' : 'newest';
  const { rows, hasMore } = pageOf(limit, (count) => queries.articlePositions(filters, order, from, count));
  const shown = isBack ? [...rows].reverse() : rows;
  const [first, last] = [shown[0], shown.at(-1)];
  const keys = shown.map(({ key }) => key);
  return {
    ...readArticles(queries, keys),
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
