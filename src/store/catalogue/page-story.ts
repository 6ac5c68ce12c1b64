import type { DiscoveryRoute } from '../../domain/edition.js';
import type { KnownPage } from '../../domain/known-page.js';
import type { ArticleKey, PageId } from '../../domain/page.js';
import type { CaptureKind } from './derive-page-state.js';
import { toInstant, toInstantOrNull } from './instants.js';
import { KNOWN_PAGE_COLUMNS, knownPage } from './known-pages.js';
import type { Database } from './open-database.js';

/** Everything that is known of one page. */
export interface PageStory extends KnownPage {
  readonly articleKey: ArticleKey;
  /** Whether the article has a record, whichever edition it came from. */
  readonly hasRecord: boolean;
  readonly goneSuspectedAt: string | null;
  readonly goneAt: string | null;
  /** Newest 304. */
  readonly lastUnchangedAt: string | null;
  /** Why the newest attempts got no answer. */
  readonly lastFailure: string | null;
  readonly foundBy: readonly {
    readonly route: DiscoveryRoute;
    readonly topic: string | null;
    /** The list that announced it first. */
    readonly list: string;
    readonly firstSeenAt: string;
    readonly lastSeenAt: string;
  }[];
  /** Oldest first; at most {@link CAPTURES_MAX} of the newest. */
  readonly captures: readonly {
    readonly kind: CaptureKind;
    readonly fetchedAt: string;
    readonly outcome: string | null;
    readonly reason: string | null;
    readonly onTopic: boolean | null;
    readonly file: string;
    readonly offset: number;
  }[];
}

const CAPTURES_MAX = 1_000;

interface Row {
  readonly id: number;
  readonly family: string;
  readonly article_id: string;
  readonly has_record: number;
  readonly gone_suspected_at: number | null;
  readonly gone_at: number | null;
  readonly touched_at: number | null;
  readonly last_failure: string | null;
}

/** @returns null if the page was never heard of. */
export function readPageStory(database: Database, pageId: PageId): PageStory | null {
  const [edition = '', articleId = ''] = pageId.split('/');
  const found: unknown = database
    .prepare(
      `SELECT p.id, e.family, ${KNOWN_PAGE_COLUMNS}, p.gone_suspected_at, p.gone_at, p.touched_at, p.last_failure,
        EXISTS (SELECT 1 FROM articles a WHERE a.key = e.family || '/' || p.article_id) AS has_record
       FROM pages p JOIN editions e ON e.id = p.edition WHERE p.article_id = ? AND e.name = ?`,
    )
    .get(articleId, edition);
  if (!found) return null;
  const row = found as Row;
  return {
    ...knownPage(found),
    articleKey: `${row.family}/${row.article_id}`,
    hasRecord: row.has_record === 1,
    goneSuspectedAt: toInstantOrNull(row.gone_suspected_at),
    goneAt: toInstantOrNull(row.gone_at),
    lastUnchangedAt: toInstantOrNull(row.touched_at),
    lastFailure: row.last_failure,
    foundBy: sightingsOf(database, row.id),
    captures: capturesOf(database, row.id),
  };
}

function sightingsOf(database: Database, page: number): PageStory['foundBy'] {
  const rows = database
    .prepare(
      `SELECT s.route, l.url, s.first_seen_at, s.last_seen_at,
         (SELECT min(t.topic) FROM pages p JOIN tag_pages t ON t.edition = p.edition AND t.path = s.tag_path
          WHERE p.id = s.page) AS topic
       FROM sightings s JOIN lists l ON l.id = s.list
       WHERE s.page = ? ORDER BY s.first_seen_at, s.route, s.tag_path`,
    )
    .all(page) as {
    route: DiscoveryRoute;
    topic: string | null;
    url: string;
    first_seen_at: number;
    last_seen_at: number;
  }[];
  return rows.map(({ route, topic, url, first_seen_at: first, last_seen_at: last }) => ({
    route,
    topic,
    list: url,
    firstSeenAt: toInstant(first),
    lastSeenAt: toInstant(last),
  }));
}

function capturesOf(database: Database, page: number): PageStory['captures'] {
  const rows = database
    .prepare(
      `SELECT c.kind, c.fetched_at, c.outcome, c.reason, c.on_topic, f.path, c.offset
       FROM captures c JOIN files f ON f.id = c.file WHERE c.page = ?
       ORDER BY c.fetched_at DESC, f.path DESC, c.offset DESC LIMIT ?`,
    )
    .all(page, CAPTURES_MAX) as {
    kind: CaptureKind;
    fetched_at: number;
    outcome: string | null;
    reason: string | null;
    on_topic: number | null;
    path: string;
    offset: number;
  }[];
  return rows.reverse().map(({ kind, fetched_at: fetchedAt, outcome, reason, on_topic: onTopic, path, offset }) => ({
    kind,
    fetchedAt: toInstant(fetchedAt),
    outcome,
    reason,
    onTopic: onTopic === null ? null : onTopic === 1,
    file: path,
    offset,
  }));
}
