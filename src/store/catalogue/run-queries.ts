import { z } from 'zod';
import type { CaptureLocation } from './captures-table.js';
import type { ListedPage } from './coverage-queries.js';
import { instantOf, PAGE_URL, readRows, type Database } from './database.js';

/** Summaries are kept as they were printed. */
const runSchema = z.record(z.string(), z.unknown());
const RUNS = 20;
/** A run, and those of the days of a back-fill, whose ids begin with its own. */
const PIECES = `(name = ?1 OR (name > ?1 || '-' AND name < ?1 || '.'))`;
/** Sorts behind each outcome: they are of letters. */
const BEHIND_OUTCOMES = '~';

/** Where the summary of a run stands in the order of time, newest first. */
interface RunPosition {
  /** Seconds since 1970. */
  readonly startedAt: number;
  readonly runId: string;
}

/** An answer for a page that a run fetched: its location and its outcome. */
export interface RunPage
  extends Pick<ListedPage, 'pageId' | 'family' | 'url'>, Pick<CaptureLocation, 'file' | 'offset'> {
  readonly outcome: string;
  readonly reason: string | null;
  readonly fetchedAt: string;
  /** Whether a record is stored of it now. */
  readonly hasRecord: boolean;
  /** Where it stands among the answers of the run. */
  readonly position: RunPagePosition;
}

/** Numbers that the catalogue gave the run, the file of captures, and the capture in it; answers stand by outcome. */
export interface RunPagePosition {
  readonly run: number;
  readonly outcome: string;
  readonly file: number;
  readonly offset: number;
}

interface RunPagesQuestion {
  readonly runId: string;
  /** Those of the days of a back-fill, whose ids begin with its own. */
  readonly isOfPieces: boolean;
  /** Null: any. */
  readonly outcome: string | null;
  readonly after: RunPagePosition | null;
  readonly limit: number;
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
    return this.#summaries(text, limit);
  }

  /** @returns of the newest `limit` runs those that could not reach every edition. */
  newestOutages(limit: number): Record<string, unknown>[] {
    const newest = 'SELECT summary FROM runs ORDER BY started_at DESC, run_id LIMIT ?';
    const text = `SELECT summary FROM (${newest}) WHERE summary -> 'unreachable' <> '[]'`;
    return this.#summaries(text, limit);
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

  /** @returns the summaries of the finished days of a back-fill, newest first; `offset` of them are passed over. */
  pieces(runId: string, limit: number, offset: number): Record<string, unknown>[] {
    const text = `SELECT summary FROM runs WHERE run_id > ?1 || '-' AND run_id < ?1 || '.' AND run_id GLOB ?1 || '-[0-9]*'
      ORDER BY started_at DESC, run_id LIMIT ?2 OFFSET ?3`;
    return this.#summaries(text, runId, limit, offset);
  }

  /** @returns the summary of one run; null: it is not remembered. */
  summary(runId: string): Record<string, unknown> | null {
    return this.#summaries('SELECT summary FROM runs WHERE run_id = ?', runId)[0] ?? null;
  }

  #summaries(text: string, ...values: readonly (string | number)[]): Record<string, unknown>[] {
    return readRows<{ summary: string }>(this.database, text, ...values).map(({ summary }) => parsed(summary));
  }

  /** @returns some of the answers that a run was given for pages, as they were captured. Cost: that of those returned, by one index. */
  pages({ runId, isOfPieces, outcome, after, limit }: RunPagesQuestion): RunPage[] {
    const named = isOfPieces ? PIECES : 'name = ?1';
    const text = `SELECT id FROM run_names WHERE ${named} AND id >= ?2 ORDER BY id LIMIT 1`;
    const [first] = readRows<{ readonly id: number }>(this.database, text, runId, after?.run ?? 0);
    if (first === undefined) return [];
    const [least, most] = outcome === null ? ['', BEHIND_OUTCOMES] : [outcome, outcome];
    const isWithin = after?.run === first.id && after.outcome >= least;
    const from = isWithin ? [after.outcome, after.file, after.offset] : [least, 0, -1];
    // The rest of one run from a position in the index, and then the following runs, each from its beginning.
    const here = 'c.run = ?1 AND (c.outcome, c.file, c.offset) > (?2, ?3, ?4) AND c.outcome <= ?5';
    const found = this.#pagesWhere(here, first.id, ...from, most, limit);
    if (!isOfPieces || found.length === limit) return found;
    const later = `c.run IN (SELECT id FROM run_names WHERE ${PIECES} AND id > ?2) AND c.outcome >= ?3 AND c.outcome <= ?4`;
    return [...found, ...this.#pagesWhere(later, runId, first.id, least, most, limit - found.length)];
  }

  #pagesWhere(condition: string, ...values: readonly (string | number)[]): RunPage[] {
    type Row = Omit<RunPage, 'hasRecord' | 'position'> &
      RunPagePosition & { readonly hasRecord: number; readonly path: string };
    const rows = readRows<Row>(
      this.database,
      `SELECT c.run, c.file, c.offset, f.path, c.outcome, c.reason, ${instantOf('c.fetched_at')} AS fetchedAt,
         e.name || '/' || p.article_id AS pageId, e.family, ${PAGE_URL} AS url,
         EXISTS (SELECT 1 FROM articles a WHERE a.key = e.family || '/' || p.article_id) AS hasRecord
       FROM captures c CROSS JOIN files f ON f.id = c.file CROSS JOIN pages p ON p.id = c.page CROSS JOIN editions e ON e.id = p.edition
       WHERE ${condition} ORDER BY c.run, c.outcome, c.file, c.offset LIMIT ?${values.length}`,
      ...values,
    );
    return rows.map(({ run, file, offset, path, hasRecord, ...row }) => ({
      ...row,
      ...{ file: path, offset, hasRecord: hasRecord === 1 },
      position: { run, outcome: row.outcome, file, offset },
    }));
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
