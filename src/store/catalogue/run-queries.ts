import { z } from 'zod';
import { readRows, type Database } from './database.js';

/** Summaries are kept as they were printed. */
const runSchema = z.record(z.string(), z.unknown());
const RUNS = 20;

/** Where the summary of a run stands in the order of time, newest first. */
export interface RunPosition {
  /** Seconds since 1970. */
  readonly startedAt: number;
  readonly runId: string;
}

/** The summaries of runs that are remembered. */
export class RunQueries {
  constructor(private readonly database: Database) {}

  /**
   * Newest first.
   *
   * @param isTelling  Only those that tell something: not the days of a back-fill, and none that found nothing although it could ask.
   */
  newest(limit = RUNS, isTelling = false): Record<string, unknown>[] {
    const telling = `coalesce(summary ->> 'piece', 0) = 0 AND (summary ->> 'found' > 0 OR summary -> 'unreachable' <> '[]')`;
    const text = `SELECT summary FROM runs WHERE ${isTelling ? telling : 'true'} ORDER BY started_at DESC, run_id LIMIT ?`;
    return readRows<{ summary: string }>(this.database, text, limit).map(({ summary }) => parsed(summary));
  }

  /** @returns the summaries after a position, newest first, each with its own; null: from the newest on. */
  after(
    after: RunPosition | null,
    limit: number,
  ): { readonly position: RunPosition; readonly summary: Record<string, unknown> }[] {
    const rows = readRows<RunPosition & { readonly summary: string }>(
      this.database,
      `SELECT started_at AS startedAt, run_id AS runId, summary FROM runs
       WHERE started_at < ?1 OR (started_at = ?1 AND run_id > ?2) ORDER BY started_at DESC, run_id LIMIT ?3`,
      ...[after?.startedAt ?? Number.MAX_SAFE_INTEGER, after?.runId ?? '', limit],
    );
    return rows.map(({ summary, ...position }) => ({ position, summary: parsed(summary) }));
  }

  /** @returns how many pages came to each outcome, over all runs that are remembered. */
  outcomeSums(): Record<string, number> {
    const rows = readRows<{ outcome: string; count: number }>(
      this.database,
      `SELECT j.key AS outcome, sum(j.value) AS count FROM runs, json_each(runs.summary, '$.outcomes') j
       WHERE coalesce(runs.summary ->> 'ofPieces', 0) = 0
       GROUP BY j.key ORDER BY j.key`,
    );
    return Object.fromEntries(rows.map(({ outcome, count }) => [outcome, count]));
  }
}

function parsed(summary: string): Record<string, unknown> {
  return runSchema.parse(JSON.parse(summary));
}
