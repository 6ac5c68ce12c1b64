import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';
import { pageOf } from '../store/catalogue/database.js';

/** `1714564800.<runId>`: the last run of the answer before. */
export const RUN_CURSOR = /^\d{1,11}\.[\w.:-]{1,200}$/;

/** @returns some runs, newest first, and where the next ones begin; null: there are no more. */
export function readRuns(
  queries: CatalogueQueries,
  cursor: string | undefined,
  limit: number,
): { readonly runs: readonly Record<string, unknown>[]; readonly nextCursor: string | null } {
  const dot = cursor?.indexOf('.') ?? -1;
  const after = cursor === undefined ? null : { startedAt: Number(cursor.slice(0, dot)), runId: cursor.slice(dot + 1) };
  const { rows, hasMore } = pageOf(limit, (count) => queries.runs.after(after, count));
  const last = rows.at(-1)?.position;
  const nextCursor = hasMore && last !== undefined ? `${last.startedAt}.${last.runId}` : null;
  return { runs: rows.map(({ summary }) => summary), nextCursor };
}
