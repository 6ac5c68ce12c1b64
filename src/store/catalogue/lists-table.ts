import type { DiscoveryRoute } from '../../domain/edition.js';
import type { LearnedTagPage, ListFetch } from '../../domain/page-result.js';
import { command, query, toSeconds, type Database, type NamesTable } from './database.js';

/** In `meta` once the fetches of all processed lists are noted. */
export const LIST_FETCHES_NOTED = 'listVisitsNoted';

/** A list announced a page. */
interface Announcement {
  /** Row of the page. */
  readonly page: number;
  readonly route: DiscoveryRoute;
  /** Path of the tag page; null for other lists. */
  readonly tagPath: string | null;
  readonly listUrl: string;
  /** Seconds since 1970. */
  readonly seenAt: number;
}

/** Names of topics, `<topic id>: <name>`. */
export interface JudgedTopics {
  /** All pages were judged by these. */
  readonly judged: readonly string[];
  /** Those up to an article, in the order of keys, by these; null: none. */
  readonly partly: { readonly names: readonly string[]; readonly after: string } | null;
}

/**
 * What is known of lists: which pages they announced, where tags lead, and how often each was asked for. Announcements and tag pages keep
 * their earliest source (of several in one second the first by name) and the first and last sight, so that the order of arrival does not show.
 */
export interface ListsTable {
  announce(announcement: Announcement): void;
  addTagPage(tagPage: LearnedTagPage): void;
  /** Counts one fetch; the order does not show. @param at  Seconds since 1970. */
  addFetch(fetch: ListFetch, url: string, at: number): void;
  /** Forgets all fetches, and that all were noted. */
  forgetFetches(): void;
  /** Says that the fetches of all processed lists are noted. */
  markFetchesNoted(): void;
  /** Whether they are; not so after an older form of the catalogue. */
  areFetchesNoted(): boolean;
  /** By which topics all pages were judged; null: not noted. In `meta` as `topics`, JSON. */
  judgedTopics(): JudgedTopics | null;
  noteJudgedTopics(topics: JudgedTopics): void;
}

export function listsTable(database: Database, names: NamesTable): ListsTable {
  const announce = command(
    database,
    `INSERT INTO sightings (page, route, tag_path, list, first_seen_at, last_seen_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5)
    ON CONFLICT (page, route, tag_path) DO UPDATE SET
      list = CASE WHEN (excluded.first_seen_at, (SELECT url FROM lists WHERE id = excluded.list))
        < (first_seen_at, (SELECT url FROM lists WHERE id = list)) THEN excluded.list ELSE list END,
      first_seen_at = min(first_seen_at, excluded.first_seen_at),
      last_seen_at = max(last_seen_at, excluded.last_seen_at)`,
  );
  const addTagPage = command(
    database,
    `INSERT INTO tag_pages (edition, topic, path, learned_from, first_seen_at, last_seen_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5)
    ON CONFLICT (edition, topic, path) DO UPDATE SET
      learned_from = CASE WHEN (excluded.first_seen_at, excluded.learned_from) < (first_seen_at, learned_from)
        THEN excluded.learned_from ELSE learned_from END,
      first_seen_at = min(first_seen_at, excluded.first_seen_at),
      last_seen_at = max(last_seen_at, excluded.last_seen_at)`,
  );
  const addFetch = command(
    database,
    `INSERT INTO list_visits (edition, to_day, from_day, list, kind, is_whole, failure, first_at, last_at, visits, unread_entries)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, 1, ?9)
    ON CONFLICT DO UPDATE SET unread_entries = CASE WHEN excluded.last_at > last_at THEN excluded.unread_entries
        WHEN excluded.last_at = last_at THEN max(unread_entries, excluded.unread_entries) ELSE unread_entries END,
      first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at),
      visits = visits + 1`,
  );
  const mark = command(database, "INSERT OR REPLACE INTO meta (name, value) VALUES (?, '1')");
  const unmark = command(database, 'DELETE FROM meta WHERE name = ?');
  const marked = query(database, 'SELECT 1 FROM meta WHERE name = ?');
  const judged = query<{ value: string }>(database, "SELECT value FROM meta WHERE name = 'topics'");
  const noteJudged = command(database, "INSERT OR REPLACE INTO meta (name, value) VALUES ('topics', ?)");
  return {
    announce: ({ page, route, tagPath, listUrl, seenAt }) => {
      announce(page, route, tagPath ?? '', names.list(listUrl), seenAt);
    },
    addTagPage: ({ edition, family, topic, path, learnedFrom, seenAt }) => {
      addTagPage(names.edition(edition, family), topic, path, learnedFrom, toSeconds(seenAt));
    },
    addFetch: ({ edition, family, kind, days, isWhole, failure, unreadEntries = 0 }, url, at) => {
      const numbers = [names.edition(edition, family), Number(days.to), Number(days.from), names.list(url)] as const;
      addFetch(...numbers, kind, Number(isWhole), failure ?? '', at, unreadEntries);
    },
    forgetFetches: () => {
      database.exec('DELETE FROM list_visits');
      unmark(LIST_FETCHES_NOTED);
    },
    markFetchesNoted: () => {
      mark(LIST_FETCHES_NOTED);
    },
    areFetchesNoted: () => marked.get(LIST_FETCHES_NOTED) !== null,
    judgedTopics: () => {
      const row = judged.get();
      return row && (JSON.parse(row.value) as JudgedTopics);
    },
    noteJudgedTopics: (topics) => {
      noteJudged(JSON.stringify(topics));
    },
  };
}
