import type { EndState, KnownPage } from '../../domain/known-page.js';
import type { PageId } from '../../domain/page.js';
import { toInstantOrNull } from './instants.js';
import type { Database } from './open-database.js';
import { PAGE_URL } from './page-url.js';

/** A known page with what only the store's own rules need beside it. */
interface Row {
  readonly edition: string;
  readonly article_id: string;
  readonly url: string;
  readonly end_state: EndState;
  readonly reason: string | null;
  readonly last_fetched_at: number | null;
  readonly etag: string | null;
  readonly last_modified: string | null;
  readonly published_at: number | null;
  readonly failures: number;
  readonly tag_listed_at: number | null;
}

export const KNOWN_PAGE_COLUMNS = `e.name AS edition, p.article_id, ${PAGE_URL}, p.end_state, p.reason, p.last_fetched_at, p.etag,
  p.last_modified, p.published_at, p.failures,
  (SELECT max(s.first_seen_at) FROM sightings s WHERE s.page = p.id AND s.route = 'tag') AS tag_listed_at`;

/** @param row  With the columns {@link KNOWN_PAGE_COLUMNS}. */
export function knownPage(row: unknown): KnownPage {
  const page = row as Row;
  return {
    pageId: `${page.edition}/${page.article_id}`,
    url: page.url,
    endState: page.end_state,
    reason: page.reason,
    lastFetchedAt: toInstantOrNull(page.last_fetched_at),
    etag: page.etag,
    lastModified: page.last_modified,
    publishedAt: toInstantOrNull(page.published_at),
    failures: page.failures,
    tagListedAt: toInstantOrNull(page.tag_listed_at),
  };
}

/** @returns what is known of the pages that are known. */
export function readKnownPages(database: Database, pageIds: Iterable<PageId>): Map<PageId, KnownPage> {
  const find = database.prepare(`
    SELECT ${KNOWN_PAGE_COLUMNS} FROM pages p JOIN editions e ON e.id = p.edition WHERE p.article_id = ? AND e.name = ?`);
  const found = new Map<PageId, KnownPage>();
  for (const pageId of pageIds) {
    const [edition = '', articleId = ''] = pageId.split('/');
    const row: unknown = find.get(articleId, edition);
    if (row) found.set(pageId, knownPage(row));
  }
  return found;
}
