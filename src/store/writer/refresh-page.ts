import type { Article } from '../../domain/article.js';
import type { CatalogueTables } from '../catalogue/catalogue-tables.js';
import { derivePageState } from '../catalogue/derive-page-state.js';
import { toInstantOrNull } from '../catalogue/row-values.js';

/** Writes what a page is by now into its row, and whether it is listed as one that does not answer. */
export function refreshPage({ pages, captures, quarantine }: CatalogueTables, pageId: number, isStored: boolean): void {
  const state = derivePageState(captures.events(pageId), pages.touchedAt(pageId), isStored);
  pages.setState(pageId, state);
  quarantine.noteUnreachable(pageId, state);
}

/**
 * Brings into the record what the pages tell whose editions it shows: a 304 is a sight, and the article is gone since the first page of it
 * that is confirmed gone and after which no page of it was seen standing.
 */
export function withPageTimes({ pages }: Pick<CatalogueTables, 'pages'>, record: Article): Article {
  const articleId = record.id.slice(record.family.length + 1);
  const shown = pages.ofArticle(record.family, articleId).filter((page) => showsEdition(record, page.edition));
  const seenAt = sorted([record.lastSeenAt, ...shown.map((page) => toInstantOrNull(page.touchedAt))]);
  const lastSeenAt = seenAt.at(-1) ?? null;
  const goneAt = sorted(shown.map((page) => toInstantOrNull(page.goneAt)));
  return { ...record, lastSeenAt, goneAt: goneAt.find((at) => lastSeenAt === null || at > lastSeenAt) ?? null };
}

/** Whether the record holds the text of an edition. */
export function showsEdition(record: Article, edition: string): boolean {
  return record.edition === edition || record.renditions.some((rendition) => rendition.edition === edition);
}

function sorted(instants: readonly (string | null)[]): string[] {
  return instants.filter((instant) => instant !== null).sort();
}
