import type { ArticleKey } from '../../domain/page.js';
import type { Database } from './open-database.js';

export interface ReadKeysQuery {
  /** Articles that have a page in one of these editions; null: in any. */
  readonly editions: readonly string[] | null;
  readonly families: readonly string[] | null;
  /** Days in the address, `YYYY-MM-DD`, both included; null: open. */
  readonly since: string | null;
  readonly until: string | null;
}

/** @returns keys of all articles with a captured answer that was read, or with a record, sorted; the whole list, some 30 bytes each. */
export function readReadKeys(database: Database, query: ReadKeysQuery): ArticleKey[] {
  const rows = database
    .prepare(
      `SELECT DISTINCT e.family || '/' || p.article_id AS key FROM pages p JOIN editions e ON e.id = p.edition
       WHERE (?1 IS NULL OR e.name IN (SELECT value FROM json_each(?1)))
         AND (?2 IS NULL OR e.family IN (SELECT value FROM json_each(?2)))
         AND (?3 IS NULL OR p.day >= ?3) AND (?4 IS NULL OR p.day <= ?4)
         AND (EXISTS (SELECT 1 FROM captures c WHERE c.page = p.id AND c.kind NOT IN ('notModified', 'unreachable'))
           OR EXISTS (SELECT 1 FROM articles a WHERE a.key = e.family || '/' || p.article_id))
       ORDER BY key`,
    )
    .all(listOf(query.editions), listOf(query.families), dayOf(query.since), dayOf(query.until)) as {
    key: ArticleKey;
  }[];
  return rows.map(({ key }) => key);
}

function listOf(names: readonly string[] | null): string | null {
  return names === null ? null : JSON.stringify(names);
}

function dayOf(day: string | null): number | null {
  return day === null ? null : Number(day.replaceAll('-', ''));
}
