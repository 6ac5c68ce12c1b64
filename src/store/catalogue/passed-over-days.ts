import { instantOf, readRows, type Database } from './database.js';

/** One article that a list does not name may be of a kind that it never names. */
const ARTICLES_MIN = 2;

/**
 * Finds days of which the lists of days (sitemap, day page) end before the newest articles: they were cut off, or a cache kept them.
 *
 * @param days  Numbers `YYYYMMDD`, both included.
 * @returns     `YYYYMMDD` → UTC instant since which so many articles had been known that are newer, by number, than all that such lists name.
 *              Of these days only, by an index.
 */
export function passedOverDays(
  database: Database,
  edition: string,
  { from, to }: { readonly from: number; readonly to: number },
): Map<string, string> {
  const rows = readRows<{ day: number; knownAt: string }>(
    database,
    `WITH seen AS (
       SELECT p.day, CAST(p.article_id AS INTEGER) AS number, p.end_state AS state,
         max(s.route IN ('sitemap', 'day')) AS is_named, min(s.first_seen_at) AS first_at
       FROM pages p JOIN sightings s ON s.page = p.id
       WHERE p.edition = (SELECT id FROM editions WHERE name = ?) AND p.day BETWEEN ? AND ? GROUP BY p.id
     ), named AS (SELECT day, max(number) AS newest FROM seen WHERE is_named GROUP BY day)
     SELECT day, ${instantOf('first_at')} AS knownAt FROM (
       SELECT day, first_at, row_number() OVER (PARTITION BY day ORDER BY first_at) AS place
       FROM seen JOIN named USING (day) WHERE NOT is_named AND number > newest AND state IN ('stored', 'offTopic'))
     WHERE place = ?`,
    edition,
    from,
    to,
    ARTICLES_MIN,
  );
  return new Map(rows.map(({ day, knownAt }) => [String(day), knownAt]));
}
