import { captureReferenceSchema, type CaptureReference } from '../../domain/article.js';
import type { PageId } from '../../domain/page.js';
import type { CaptureLocation } from './captures-table.js';
import { command, query, type Database } from './database.js';
import { instantOf, PAGE_URL, type NamesTable } from './row-values.js';

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

export interface QuarantineTable {
  /** @param page  Row of the page. @param at  Seconds since 1970. */
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
  /** Row of the page. */
  pageOf(id: number): number | null;
  /** Takes the capture out of quarantine, if it is in it. */
  release(location: CaptureLocation): void;
}

const DETAIL_CHARACTERS_MAX = 500;
const SELECT = `
  SELECT q.id, e.name || '/' || p.article_id AS pageId, e.family, ${PAGE_URL} AS url, q.capture, q.code, q.detail, q.attempts,
    ${instantOf('q.quarantined_at')} AS quarantinedAt, ${instantOf('q.dropped_at')} AS droppedAt
  FROM quarantine q JOIN pages p ON p.id = q.page JOIN editions e ON e.id = p.edition`;

type Row = Omit<QuarantinedPage, 'capture'> & { readonly capture: string };

/** Reads only; see {@link quarantineTable} for the writer's part. */
export function quarantineReads(database: Database): Pick<QuarantineTable, 'list' | 'get'> {
  const list = query<Row>(
    database,
    `${SELECT} WHERE q.dropped_at IS NULL OR ? ORDER BY q.quarantined_at, q.id LIMIT ?`,
  );
  const get = query<Row>(database, `${SELECT} WHERE q.id = ?`);
  return {
    list: (includeDropped, limit) => list.all(Number(includeDropped), limit).map(pageOf),
    get: (id) => {
      const row = get.get(id);
      return row && pageOf(row);
    },
  };
}

export function quarantineTable(database: Database, names: NamesTable): QuarantineTable {
  const add = command(
    database,
    `INSERT INTO quarantine (file, offset, page, code, detail, attempts, quarantined_at, capture)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (file, offset) DO UPDATE SET code = excluded.code, detail = excluded.detail,
      attempts = excluded.attempts, quarantined_at = excluded.quarantined_at, dropped_at = NULL`,
  );
  const page = query<{ page: number }>(database, 'SELECT page FROM quarantine WHERE id = ?');
  const release = command(
    database,
    'DELETE FROM quarantine WHERE offset = ? AND file = (SELECT id FROM files WHERE path = ?)',
  );
  return {
    ...quarantineReads(database),
    add: (pageRow, capture, { code, detail, attempts }, at) => {
      const line = detail.replace(/\s+/g, ' ').slice(0, DETAIL_CHARACTERS_MAX);
      add(names.file(capture.file), capture.offset, pageRow, code, line, attempts, at, JSON.stringify(capture));
    },
    remove: command(database, 'DELETE FROM quarantine WHERE id = ?'),
    drop: command(database, 'UPDATE quarantine SET dropped_at = ?2 WHERE id = ?1'),
    pageOf: (id) => page.get(id)?.page ?? null,
    release: ({ file, offset }) => {
      release(offset, file);
    },
  };
}

function pageOf(row: Row): QuarantinedPage {
  return { ...row, capture: captureReferenceSchema.parse(JSON.parse(row.capture)) };
}
