import type { Article } from '../domain/article.js';
import type { CatalogueTables } from './catalogue/catalogue-tables.js';
import { derivePageState, type PageState } from './catalogue/derive-page-state.js';
import { toInstant } from './catalogue/instants.js';

/** Writes what a page is by now into its row. */
export function refreshPage(tables: CatalogueTables, pageId: number, isStored: boolean): PageState {
  const touchedAt = tables.pages.touchedAt(pageId);
  const state = derivePageState(tables.captures.events(pageId), touchedAt, isStored);
  tables.pages.setState(pageId, state);
  return state;
}

/**
 * Brings what pages tell into the record: a 304 is a sight, and the article is gone since the first page of it that is confirmed gone and
 * after which no page of it was seen standing.
 *
 * @param pageId  The page of which something is new.
 */
export function withPageTimes(tables: CatalogueTables, record: Article, pageId: number): Article {
  const touchedAt = tables.pages.touchedAt(pageId);
  const touched = touchedAt === null ? null : toInstant(touchedAt);
  const lastSeenAt = latest(record.lastSeenAt, touched);
  const articleId = record.id.slice(record.family.length + 1);
  const goneAt = tables.pages
    .ofArticle(record.family, articleId)
    .map((page) => (page.gone_at === null ? null : toInstant(page.gone_at)))
    .filter((instant) => instant !== null && (lastSeenAt === null || instant > lastSeenAt))
    .sort();
  return { ...record, lastSeenAt, goneAt: goneAt[0] ?? null };
}

function latest(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}
