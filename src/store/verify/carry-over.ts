import { existsSync } from 'node:fs';
import { DatabaseSync } from '@photostructure/sqlite';
import type { Logger } from '../../platform/logger.js';
import type { Database } from '../catalogue/open-database.js';

/**
 * Takes over from an old catalogue what neither records nor captures tell: tag pages and runs that came without captures, and which
 * quarantined pages people gave up. An old catalogue that cannot be read has nothing to give.
 */
export function carryOver(database: Database, oldPath: string, log: Logger): void {
  if (!existsSync(oldPath)) return;
  try {
    const old = new DatabaseSync(oldPath, { readOnly: true });
    try {
      carryRuns(database, old);
      carryTagPages(database, old);
      carryDrops(database, old);
    } finally {
      old.close();
    }
  } catch (error) {
    log.warn({ err: error }, 'nothing could be taken over from the old catalogue');
  }
}

function carryRuns(database: Database, old: Database): void {
  const add = database.prepare('INSERT OR IGNORE INTO runs (run_id, started_at, summary) VALUES (?, ?, ?)');
  const runs = old.prepare('SELECT run_id, started_at, summary FROM runs').all() as {
    run_id: string;
    started_at: number;
    summary: string;
  }[];
  for (const { run_id: runId, started_at: startedAt, summary } of runs) add.run(runId, startedAt, summary);
}

function carryTagPages(database: Database, old: Database): void {
  const addEdition = database.prepare('INSERT OR IGNORE INTO editions (name, family) VALUES (?, ?)');
  const add = database.prepare(`
    INSERT OR IGNORE INTO tag_pages (edition, topic, path, learned_from, first_seen_at, last_seen_at)
    SELECT id, ?, ?, ?, ?, ? FROM editions WHERE name = ?`);
  const rows = old
    .prepare(
      `SELECT e.name, e.family, t.topic, t.path, t.learned_from, t.first_seen_at, t.last_seen_at
       FROM tag_pages t JOIN editions e ON e.id = t.edition`,
    )
    .all() as {
    name: string;
    family: string;
    topic: string;
    path: string;
    learned_from: string;
    first_seen_at: number;
    last_seen_at: number;
  }[];
  for (const row of rows) {
    addEdition.run(row.name, row.family);
    add.run(row.topic, row.path, row.learned_from, row.first_seen_at, row.last_seen_at, row.name);
  }
}

function carryDrops(database: Database, old: Database): void {
  const drop = database.prepare(`
    UPDATE quarantine SET dropped_at = ? WHERE offset = ? AND file = (SELECT id FROM files WHERE path = ?)`);
  const rows = old
    .prepare(
      `SELECT q.offset, q.dropped_at, f.path FROM quarantine q JOIN files f ON f.id = q.file
       WHERE q.dropped_at IS NOT NULL`,
    )
    .all() as { offset: number; dropped_at: number; path: string }[];
  for (const { offset, dropped_at: droppedAt, path } of rows) drop.run(droppedAt, offset, path);
}
