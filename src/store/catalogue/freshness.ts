import { toInstantOrNull } from './instants.js';
import type { Database } from './open-database.js';

/** How recent an edition, or one topic in it, is. */
export interface Freshness {
  readonly edition: string;
  /** null: the edition as a whole. */
  readonly topic: string | null;
  /** Newest publication among its records. */
  readonly newestPublishedAt: string | null;
  /** Newest moment at which an article was first seen. */
  readonly newestFirstSeenAt: string | null;
  /** Newest answer for any of its pages. */
  readonly lastAnsweredAt: string | null;
  /** Usual time between two publications: the 90th of 100 of the last gaps, in ms; null while there are fewer than three. */
  readonly usualGapMs: number | null;
}

const SAMPLE = 100;
const GAPS_MIN = 3;
const USUAL = 0.9;

interface Row {
  readonly published_at: number;
  readonly topics: string;
}

/** @returns for each edition that has records: itself, then each of its topics by id. Cost: the newest {@link SAMPLE} records of each. */
export function readFreshness(database: Database): Freshness[] {
  const editions = database
    .prepare(
      `SELECT e.id, e.name, (SELECT max(last_fetched_at) FROM pages p WHERE p.edition = e.id) AS answered
       FROM editions e WHERE EXISTS (SELECT 1 FROM articles a WHERE a.edition = e.id) ORDER BY e.name`,
    )
    .all() as { id: number; name: string; answered: number | null }[];
  return editions.flatMap(({ id, name, answered }) => {
    const topics = topicsOf(database, id);
    return [null, ...topics].map((topic) => freshnessOf(database, { id, name, answered, topic }));
  });
}

function topicsOf(database: Database, edition: number): string[] {
  const rows = database.prepare('SELECT DISTINCT topics FROM articles WHERE edition = ?').all(edition) as {
    topics: string;
  }[];
  const topics = rows.flatMap((row) => row.topics.split(' ')).filter((topic) => topic !== '');
  return [...new Set(topics)].sort();
}

function freshnessOf(
  database: Database,
  { id, name, answered, topic }: { id: number; name: string; answered: number | null; topic: string | null },
): Freshness {
  const where = `edition = ?1 AND (?2 IS NULL OR ' ' || topics || ' ' LIKE '% ' || ?2 || ' %')`;
  const newest = database
    .prepare(
      `SELECT published_at FROM articles WHERE ${where} AND published_at IS NOT NULL ORDER BY published_at DESC LIMIT ?3`,
    )
    .all(id, topic, SAMPLE) as Row[];
  const { first } = database
    .prepare(`SELECT max(first_seen_at) AS first FROM articles WHERE ${where}`)
    .get(id, topic) as {
    first: number | null;
  };
  return {
    edition: name,
    topic,
    newestPublishedAt: toInstantOrNull(newest[0]?.published_at ?? null),
    newestFirstSeenAt: toInstantOrNull(first),
    lastAnsweredAt: toInstantOrNull(answered),
    usualGapMs: usualGapMs(newest.map((row) => row.published_at)),
  };
}

function usualGapMs(descending: readonly number[]): number | null {
  const gaps = descending.slice(1).map((at, index) => (descending[index] ?? at) - at);
  if (gaps.length < GAPS_MIN) return null;
  gaps.sort((a, b) => a - b);
  return (gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * USUAL))] ?? 0) * 1000;
}
