import type { Article } from '../../domain/article.js';
import type { CatalogueTables } from '../catalogue/catalogue-tables.js';
import { derivePageState, type PageState } from '../catalogue/derive-page-state.js';
import { toInstantOrNull } from '../catalogue/instants.js';

/** Writes what a page is by now into its row. */
export function refreshPage(tables: CatalogueTables, pageId: number, isStored: boolean): PageState {
  const touchedAt = tables.pages.touchedAt(pageId);
  const state = derivePageState(tables.captures.events(pageId), touchedAt, isStored);
  tables.pages.setState(pageId, state);
  return state;
}

/**
 * Brings into the record what the pages tell whose editions it shows: a 304 is a sight, and the article is gone since the first page of it
 * that is confirmed gone and after which no page of it was seen standing.
 */
export function withPageTimes(tables: Pick<CatalogueTables, 'pages'>, record: Article): Article {
  const articleId = record.id.slice(record.family.length + 1);
  const pages = tables.pages.ofArticle(record.family, articleId).filter((page) => showsEdition(record, page.edition));
  const sights = [record.lastSeenAt, ...pages.map((page) => toInstantOrNull(page.touched_at))];
  const lastSeenAt = known(sights).at(-1) ?? null;
  const goneAt = known(pages.map((page) => toInstantOrNull(page.gone_at)));
  return { ...record, lastSeenAt, goneAt: goneAt.find((at) => lastSeenAt === null || at > lastSeenAt) ?? null };
}

/** Whether the record holds the text of an edition. */
export function showsEdition(record: Article, edition: string): boolean {
  return record.edition === edition || record.renditions.some((rendition) => rendition.edition === edition);
}

function known(instants: readonly (string | null)[]): string[] {
  return instants.filter((instant) => instant !== null).sort();
}
