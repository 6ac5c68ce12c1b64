import type { Database } from './open-database.js';

/** Sums of finished runs. */
export interface RunRows {
  put(runId: string, startedAt: number, summary: string): void;
}

export function runRows(database: Database): RunRows {
  const put = database.prepare('INSERT OR REPLACE INTO runs (run_id, started_at, summary) VALUES (?, ?, ?)');
  return {
    put: (runId, startedAt, summary) => {
      put.run(runId, startedAt, summary);
    },
  };
}
