import { existsSync } from 'node:fs';
import { DatabaseSync } from '@photostructure/sqlite';
import type { Logger } from '../../platform/logger.js';
import { command, readRows, type Database } from '../catalogue/database.js';

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
    log.warn({ event: 'catalogue.notCarriedOver', err: error }, 'nothing could be taken over from the old catalogue');
  }
}

function carryRuns(database: Database, old: Database): void {
  const add = command(database, 'INSERT OR IGNORE INTO runs (run_id, started_at, summary) VALUES (?, ?, ?)');
  type Row = { readonly id: string; readonly at: number; readonly summary: string };
  for (const run of readRows<Row>(old, 'SELECT run_id AS id, started_at AS at, summary FROM runs')) {
    add(run.id, run.at, run.summary);
  }
}

interface TagPageRow {
  readonly name: string;
  readonly family: string;
  readonly topic: string;
  readonly path: string;
  readonly source: string;
  readonly first: number;
  readonly last: number;
}

function carryTagPages(database: Database, old: Database): void {
  const addEdition = command(database, 'INSERT OR IGNORE INTO editions (name, family) VALUES (?, ?)');
  const add = command(
    database,
    `INSERT OR IGNORE INTO tag_pages (edition, topic, path, learned_from, first_seen_at, last_seen_at)
    SELECT id, ?, ?, ?, ?, ? FROM editions WHERE name = ?`,
  );
  const rows = readRows<TagPageRow>(
    old,
    `SELECT e.name, e.family, t.topic, t.path, t.learned_from AS source, t.first_seen_at AS first, t.last_seen_at AS last
     FROM tag_pages t JOIN editions e ON e.id = t.edition`,
  );
  for (const { name, family, topic, path, source, first, last } of rows) {
    addEdition(name, family);
    add(topic, path, source, first, last, name);
  }
}

function carryDrops(database: Database, old: Database): void {
  const drop = command(
    database,
    'UPDATE quarantine SET dropped_at = ? WHERE offset = ? AND file = (SELECT id FROM files WHERE path = ?)',
  );
  const rows = readRows<{ offset: number; at: number; path: string }>(
    old,
    `SELECT q.offset, q.dropped_at AS at, f.path FROM quarantine q JOIN files f ON f.id = q.file
     WHERE q.dropped_at IS NOT NULL`,
  );
  for (const { offset, at, path } of rows) drop(at, offset, path);
}
