import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';

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
  const found = queries.runs.after(after, limit + 1);
  const shown = found.slice(0, limit);
  const last = shown.at(-1)?.position;
  const nextCursor = found.length > limit && last !== undefined ? `${last.startedAt}.${last.runId}` : null;
  return { runs: shown.map(({ summary }) => summary), nextCursor };
}
