import { DatabaseSync } from '@photostructure/sqlite';
import { describe, expect, it, vi } from 'vitest';
import type { Database } from '../../../src/store/catalogue/database.js';
import { MIGRATIONS } from '../../../src/store/catalogue/migrations.js';
import { RunQueries, type RunPagePosition } from '../../../src/store/catalogue/run-queries.js';

/** Runs of three pages, each `failed` or `new`; `fill-1` and `fill-2` are days of the back-fill `fill`. */
function catalogueOfRuns(): Database {
  const database = new DatabaseSync(':memory:');
  for (const step of MIGRATIONS) database.exec(step);
  database.exec(`
    INSERT INTO editions (id, name, family) VALUES (1, 'a.example', 'a.example');
    INSERT INTO files (id, path) VALUES (1, 'captures/one');
    INSERT INTO pages (id, article_id, edition, url, day, end_state) VALUES (1, '100', 1, '/100.html', 0, 'stored');
  `);
  const names = ['alone', 'fill-1', 'filled', 'fill-2'];
  for (const [index, name] of names.entries()) {
    database.prepare('INSERT INTO run_names (id, name) VALUES (?, ?)').run(index + 1, name);
    for (const [at, outcome] of ['new', 'failed', 'new'].entries()) {
      database
        .prepare(
          `INSERT INTO captures (file, offset, length, kind, page, fetched_at, outcome, run) VALUES (1, ?, 1, 'page', 1, 0, ?, ?)`,
        )
        .run(index * 10 + at, outcome, index + 1);
    }
  }
  return database;
}

/** All answers by pages of `limit`, by their offsets. */
function listed(runs: RunQueries, runId: string, isOfPieces: boolean, outcome: string | null, limit: number): number[] {
  const offsets: number[] = [];
  for (let after: RunPagePosition | null = null; ;) {
    const rows = runs.pages({ runId, isOfPieces, outcome, after, limit });
    offsets.push(...rows.map(({ offset }) => offset));
    if (rows.length < limit) return offsets;
    after = rows.at(-1)?.position ?? null;
  }
}

describe('the answers that a run was given', () => {
  it.each([1, 2, 3, 100])('are each listed once, %i at a time', (limit) => {
    const runs = new RunQueries(catalogueOfRuns());
    expect(listed(runs, 'alone', false, null, limit)).toEqual([1, 0, 2]);
    expect(listed(runs, 'alone', false, 'new', limit)).toEqual([0, 2]);
    expect(listed(runs, 'alone', false, 'gone', limit)).toEqual([]);
    expect(listed(runs, 'fill', true, null, limit)).toEqual([11, 10, 12, 31, 30, 32]);
    expect(listed(runs, 'fill', true, 'failed', limit)).toEqual([11, 31]);
    expect(listed(runs, 'nobody', true, null, limit)).toEqual([]);
  });

  it('are not those of another run, whatever place is asked for', () => {
    const runs = new RunQueries(catalogueOfRuns());
    const from = (after: RunPagePosition, outcome: string | null = null, isOfPieces = true): number[] =>
      runs.pages({ runId: 'fill', isOfPieces, outcome, after, limit: 9 }).map(({ offset }) => offset);
    const place = { outcome: 'new', file: 1, offset: 10 };
    expect(from({ ...place, run: 1 })).toEqual([11, 10, 12, 31, 30, 32]);
    expect(from({ ...place, run: 2 })).toEqual([12, 31, 30, 32]);
    expect(from({ ...place, run: 3 })).toEqual([31, 30, 32]);
    expect(from({ ...place, run: 2 }, 'failed')).toEqual([31]);
    expect(from({ ...place, run: 2, outcome: 'failed', offset: 90 }, 'new')).toEqual([10, 12, 30, 32]);
    expect(from({ ...place, run: 9 })).toEqual([]);
    expect(from({ ...place, run: 2 }, null, false)).toEqual([]);
  });

  it('are read from their place in the index on, by run and outcome', () => {
    const database = catalogueOfRuns();
    const prepare = vi.spyOn(database, 'prepare');
    const after = { run: 1, outcome: 'new', file: 1, offset: 0 };
    const runs = new RunQueries(database);
    runs.pages({ runId: 'alone', isOfPieces: false, outcome: 'new', after, limit: 9 });
    runs.pages({ runId: 'fill', isOfPieces: true, outcome: null, after: { ...after, run: 2 }, limit: 9 });
    const texts = prepare.mock.calls.map(([text]) => text).filter((text) => text.includes('FROM captures'));
    const plans = texts.map((text) =>
      JSON.stringify(
        database
          .prepare(`EXPLAIN QUERY PLAN ${text}`)
          .all()
          .map((row) => (row as { readonly detail: string }).detail),
      ),
    );
    const place = 'captures_by_run (run=? AND (outcome,file,offset)>(?,?,?) AND outcome<?)';
    const span = 'captures_by_run (run=? AND outcome>? AND outcome<?)';
    expect(plans).toEqual([place, place, span].map((bounds) => expect.stringContaining(bounds) as string));
    for (const plan of plans) expect(plan).not.toContain('TEMP B-TREE');
  });
});
