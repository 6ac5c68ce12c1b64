import { END_STATES, type EndState } from '../../domain/known-page.js';
import type { Database } from './open-database.js';

/** How much there is. */
export interface CorpusCounts {
  /** Records under `articles/`. */
  readonly articles: number;
  /** Records under `duplicates/`: exact repetitions. */
  readonly duplicates: number;
  /** Records under `articles/` that are near another. */
  readonly nearDuplicates: number;
  readonly renditions: number;
  readonly revisions: number;
  readonly gone: number;
  /** Waiting for a decision. */
  readonly quarantined: number;
  /** Records on each topic; one that is on two counts in both. */
  readonly topics: Readonly<Record<string, number>>;
  /** Known pages by end state, per edition. */
  readonly pages: Readonly<Record<string, Readonly<Record<EndState, number>>>>;
}

export function readCounts(database: Database): CorpusCounts {
  const sums = database
    .prepare(
      `SELECT count(*) FILTER (WHERE folder = 'articles') AS articles, count(*) FILTER (WHERE folder = 'duplicates') AS duplicates,
        count(*) FILTER (WHERE duplicate_kind = 'near') AS nearDuplicates,
        coalesce(sum(renditions), 0) AS renditions, coalesce(sum(revisions), 0) AS revisions,
        count(gone_at) AS gone FROM articles`,
    )
    .get() as Omit<CorpusCounts, 'quarantined' | 'topics' | 'pages'>;
  const { quarantined } = database
    .prepare('SELECT count(*) AS quarantined FROM quarantine WHERE dropped_at IS NULL')
    .get() as { quarantined: number };
  return { ...sums, quarantined, topics: topicCounts(database), pages: pageCounts(database) };
}

function topicCounts(database: Database): Record<string, number> {
  const rows = database.prepare('SELECT topics, count(*) AS count FROM articles GROUP BY topics').all() as {
    topics: string;
    count: number;
  }[];
  const counts: Record<string, number> = {};
  for (const { topics, count } of rows) {
    for (const topic of topics.split(' ').filter((id) => id !== '')) counts[topic] = (counts[topic] ?? 0) + count;
  }
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function pageCounts(database: Database): Record<string, Record<EndState, number>> {
  const rows = database
    .prepare(
      `SELECT e.name AS edition, p.end_state AS state, count(*) AS count FROM pages p JOIN editions e ON e.id = p.edition
       GROUP BY e.name, p.end_state ORDER BY e.name`,
    )
    .all() as { edition: string; state: EndState; count: number }[];
  const counts: Record<string, Record<EndState, number>> = {};
  for (const { edition, state, count } of rows) {
    const states = (counts[edition] ??= Object.fromEntries(END_STATES.map((name) => [name, 0])) as Record<
      EndState,
      number
    >);
    states[state] = count;
  }
  return counts;
}
