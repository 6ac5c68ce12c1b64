import { existsSync } from 'node:fs';
import type { Logger } from '../../platform/logger.js';
import type { Database } from '../catalogue/database.js';

/**
 * Takes over from an old catalogue what neither records nor captures tell: tag pages and runs that came without captures, and which
 * quarantined pages people gave up. An old catalogue that cannot be read has nothing to give.
 */
export function carryOver(database: Database, oldPath: string, log: Logger): void {
  if (!existsSync(oldPath)) return;
  try {
    database.prepare('ATTACH ? AS old').run(oldPath);
    try {
      database.exec(TAKE_OVER);
    } finally {
      database.exec('DETACH old');
    }
  } catch (error) {
    log.warn({ event: 'catalogue.notCarriedOver', err: error }, 'nothing could be taken over from the old catalogue');
  }
}

const TAKE_OVER = `
  INSERT OR IGNORE INTO main.runs (run_id, started_at, summary) SELECT run_id, started_at, summary FROM old.runs;

  INSERT OR IGNORE INTO main.editions (name, family)
    SELECT e.name, e.family FROM old.tag_pages t JOIN old.editions e ON e.id = t.edition;
  INSERT OR IGNORE INTO main.tag_pages (edition, topic, path, learned_from, first_seen_at, last_seen_at)
    SELECT n.id, t.topic, t.path, t.learned_from, t.first_seen_at, t.last_seen_at
    FROM old.tag_pages t JOIN old.editions e ON e.id = t.edition JOIN main.editions n ON n.name = e.name;

  UPDATE main.quarantine SET dropped_at = d.dropped_at
    FROM (SELECT n.id AS file, q.offset, q.dropped_at FROM old.quarantine q JOIN old.files f ON f.id = q.file
      JOIN main.files n ON n.path = f.path WHERE q.dropped_at IS NOT NULL) d
    WHERE quarantine.file = d.file AND quarantine.offset = d.offset;
`;
