import { captureReferenceSchema, type CaptureReference } from '../../domain/article.js';
import type { PageId } from '../../domain/page.js';
import type { CaptureLocation } from './capture-log.js';
import { toInstant, toInstantOrNull } from './instants.js';
import type { NameRows } from './name-rows.js';
import type { Database } from './open-database.js';
import { PAGE_URL } from './page-url.js';

/** A capture that could not be read, until somebody decides about it. */
export interface QuarantinedPage {
  readonly id: number;
  readonly pageId: PageId;
  readonly family: string;
  readonly url: string;
  readonly capture: CaptureReference;
  /** Code of the error, `extract.timeout`. */
  readonly code: string;
  /** One line for people. */
  readonly detail: string;
  readonly attempts: number;
  readonly quarantinedAt: string;
  /** When somebody gave it up; null while it waits. */
  readonly droppedAt: string | null;
}

export interface QuarantineRows {
  add(
    page: number,
    capture: CaptureReference,
    why: Pick<QuarantinedPage, 'code' | 'detail' | 'attempts'>,
    at: number,
  ): void;
  /** Oldest first. */
  list(includeDropped: boolean, limit: number): QuarantinedPage[];
  get(id: number): QuarantinedPage | null;
  remove(id: number): void;
  drop(id: number, at: number): void;
  pageOf(id: number): number | null;
  isQuarantined(place: CaptureLocation): boolean;
  /** Takes the capture out of quarantine, if it is in it. */
  release(place: CaptureLocation): void;
}

interface Row {
  readonly id: number;
  readonly edition: string;
  readonly article_id: string;
  readonly family: string;
  readonly url: string;
  readonly capture: string;
  readonly code: string;
  readonly detail: string;
  readonly attempts: number;
  readonly quarantined_at: number;
  readonly dropped_at: number | null;
}

const DETAIL_CHARACTERS_MAX = 500;
const SELECT = `
  SELECT q.id, e.name AS edition, e.family, p.article_id, ${PAGE_URL}, q.capture, q.code, q.detail, q.attempts,
    q.quarantined_at, q.dropped_at
  FROM quarantine q JOIN pages p ON p.id = q.page JOIN editions e ON e.id = p.edition`;

/** Reads only; see {@link quarantineRows} for the writer's part. */
export function quarantineReads(database: Database): Pick<QuarantineRows, 'list' | 'get'> {
  const list = database.prepare(`${SELECT} WHERE q.dropped_at IS NULL OR ? ORDER BY q.quarantined_at, q.id LIMIT ?`);
  const get = database.prepare(`${SELECT} WHERE q.id = ?`);
  return {
    list: (includeDropped, limit) => (list.all(Number(includeDropped), limit) as Row[]).map(pageOf),
    get: (id) => {
      const row = get.get(id) as Row | undefined;
      return row ? pageOf(row) : null;
    },
  };
}

export function quarantineRows(database: Database, names: NameRows): QuarantineRows {
  const add = database.prepare(`
    INSERT INTO quarantine (file, offset, page, code, detail, attempts, quarantined_at, capture)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (file, offset) DO UPDATE SET code = excluded.code, detail = excluded.detail,
      attempts = excluded.attempts, quarantined_at = excluded.quarantined_at, dropped_at = NULL`);
  const remove = database.prepare('DELETE FROM quarantine WHERE id = ?');
  const drop = database.prepare('UPDATE quarantine SET dropped_at = ? WHERE id = ?');
  const page = database.prepare('SELECT page FROM quarantine WHERE id = ?');
  const at = database.prepare(
    'SELECT 1 FROM quarantine q JOIN files f ON f.id = q.file WHERE f.path = ? AND q.offset = ?',
  );
  const release = database.prepare(
    'DELETE FROM quarantine WHERE offset = ? AND file = (SELECT id FROM files WHERE path = ?)',
  );
  return {
    ...quarantineReads(database),
    release: ({ file, offset }) => {
      release.run(offset, file);
    },
    add: (pageRow, capture, { code, detail, attempts }, when) => {
      const line = detail.replace(/\s+/g, ' ').slice(0, DETAIL_CHARACTERS_MAX);
      add.run(names.file(capture.file), capture.offset, pageRow, code, line, attempts, when, JSON.stringify(capture));
    },
    remove: (id) => {
      remove.run(id);
    },
    drop: (id, when) => {
      drop.run(when, id);
    },
    pageOf: (id) => (page.get(id) as { page: number } | undefined)?.page ?? null,
    isQuarantined: ({ file, offset }) => at.get(file, offset) !== undefined,
  };
}

function pageOf(row: Row): QuarantinedPage {
  const { id, family, url, code, detail, attempts } = row;
  return {
    id,
    pageId: `${row.edition}/${row.article_id}`,
    family,
    url,
    capture: captureReferenceSchema.parse(JSON.parse(row.capture)),
    code,
    detail,
    attempts,
    quarantinedAt: toInstant(row.quarantined_at),
    droppedAt: toInstantOrNull(row.dropped_at),
  };
}
