import type { DiscoveryRoute } from '../../domain/edition.js';
import type { NameRows } from './name-rows.js';
import type { Database } from './open-database.js';

/** A list announced a page. */
export interface AnnouncementRow {
  readonly page: number;
  readonly route: DiscoveryRoute;
  /** Path of the tag page; null for other lists. */
  readonly tagPath: string | null;
  readonly listUrl: string;
  /** Seconds since 1970. */
  readonly seenAt: number;
}

/** A tag page that was learned from an article. */
export interface TagPageRow {
  readonly edition: number;
  readonly topic: string;
  readonly path: string;
  readonly learnedFrom: string;
  readonly seenAt: number;
}

export interface AnnouncementRows {
  addSighting(discovered: AnnouncementRow): void;
  addTagPage(tagPage: TagPageRow): void;
}

/** Both keep the earliest source (of several in one second the first by name) and the first and last sight, so that the order of arrival does not show. */
export function announcementRows(database: Database, names: NameRows): AnnouncementRows {
  const discovered = database.prepare(`
    INSERT INTO sightings (page, route, tag_path, list, first_seen_at, last_seen_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5)
    ON CONFLICT (page, route, tag_path) DO UPDATE SET
      list = CASE WHEN (excluded.first_seen_at, (SELECT url FROM lists WHERE id = excluded.list))
        < (first_seen_at, (SELECT url FROM lists WHERE id = list)) THEN excluded.list ELSE list END,
      first_seen_at = min(first_seen_at, excluded.first_seen_at),
      last_seen_at = max(last_seen_at, excluded.last_seen_at)`);
  const tagPage = database.prepare(`
    INSERT INTO tag_pages (edition, topic, path, learned_from, first_seen_at, last_seen_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5)
    ON CONFLICT (edition, topic, path) DO UPDATE SET
      learned_from = CASE WHEN (excluded.first_seen_at, excluded.learned_from) < (first_seen_at, learned_from)
        THEN excluded.learned_from ELSE learned_from END,
      first_seen_at = min(first_seen_at, excluded.first_seen_at),
      last_seen_at = max(last_seen_at, excluded.last_seen_at)`);
  return {
    addSighting: ({ page, route, tagPath, listUrl, seenAt }) => {
      discovered.run(page, route, tagPath ?? '', names.list(listUrl), seenAt);
    },
    addTagPage: ({ edition, topic, path, learnedFrom, seenAt }) => {
      tagPage.run(edition, topic, path, learnedFrom, seenAt);
    },
  };
}
