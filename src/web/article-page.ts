import type { Article } from '../domain/article.js';
import { PermanentError } from '../domain/errors.js';
import type { ArticleKey } from '../domain/page.js';
import type { ArticleFilters, ArticlePosition } from '../store/catalogue/article-keys.js';
import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';

/** Some articles, newest first, and where the next ones begin. */
export interface ArticlePage {
  readonly articles: readonly Article[];
  /** Null: there are no more. */
  readonly nextCursor: string | null;
}

/** Records that cannot be read are left out; `verify` names them. */
export function readArticlePage(
  reader: CatalogueQueries,
  filters: ArticleFilters,
  cursor: string | undefined,
  limit: number,
): ArticlePage {
  const after = cursor === undefined ? null : positionOf(cursor);
  const found = reader.articlePositions(filters, 'newest', after, limit + 1);
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return {
    articles: shown.flatMap(({ key }) => readableArticle(reader, key) ?? []),
    nextCursor: found.length > limit && last !== undefined ? cursorOf(last) : null,
  };
}

/** @returns null for a record that is not there or cannot be read. */
export function readableArticle(reader: CatalogueQueries, key: ArticleKey): Article | null {
  try {
    return reader.article(key);
  } catch (error) {
    if (error instanceof PermanentError) return null;
    throw error;
  }
}

function cursorOf({ publishedAt, key }: ArticlePosition): string {
  return `${publishedAt ?? '-'}.${key}`;
}

function positionOf(cursor: string): ArticlePosition {
  const dot = cursor.indexOf('.');
  const at = cursor.slice(0, dot);
  return { publishedAt: at === '-' ? null : Number(at), key: cursor.slice(dot + 1) as ArticleKey };
}
