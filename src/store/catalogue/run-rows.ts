import type { Database } from './open-database.js';

/** Sums of finished runs. */
export interface RunRows {
  put(runId: string, startedAt: number, summary: string): void;
  has(runId: string): boolean;
}

export function runRows(database: Database): RunRows {
  const put = database.prepare('INSERT OR REPLACE INTO runs (run_id, started_at, summary) VALUES (?, ?, ?)');
  const has = database.prepare('SELECT 1 FROM runs WHERE run_id = ?');
  return {
    has: (runId) => has.get(runId) !== undefined,
    put: (runId, startedAt, summary) => {
      put.run(runId, startedAt, summary);
    },
  };
}
