import { EMPTY_SHA256 } from '../../captures/capture-format.js';
import { captureReferenceSchema, type CaptureReference } from '../../domain/article.js';
import { splitKey, type PageId } from '../../domain/page.js';
import type { CaptureLocation } from './captures-table.js';
import { command, query, instantOf, PAGE_URL, type Database, type NamesTable } from './database.js';
import type { Mishaps, PageState } from './pages-table.js';

/**
 * A page is listed in quarantine after this many failed attempts in a row, or answers in a row without the expected
 * article. It is still fetched again automatically.
 */
const LISTED_AFTER = 3;
/** The codes of such pages; those of captures that could not be read are of the form `extract.timeout`. */
export const UNREACHABLE = 'unreachable';
const NO_ARTICLE = 'notArticle';
const OF_ANSWERS = `q.page = p.id AND q.code IN ('${UNREACHABLE}', '${NO_ARTICLE}')`;
/** SQL: a page `p` is listed for its answers. */
export const IS_LISTED = `EXISTS (SELECT 1 FROM quarantine q WHERE ${OF_ANSWERS})`;
/** SQL: somebody has given a page `p` up for its answers. */
export const IS_GIVEN_UP = `EXISTS (SELECT 1 FROM quarantine q WHERE ${OF_ANSWERS} AND q.dropped_at IS NOT NULL)`;

/** @returns whether a page is listed for what the site answers, so that only asking again can change it. */
export function isListedForAnswers({ code }: Pick<QuarantinedPage, 'code'>): boolean {
  return [UNREACHABLE, NO_ARTICLE].includes(code);
}

/** A capture that could not be read, until somebody decides about it; or a page that does not answer, or answers without its article. */
export interface QuarantinedPage {
  readonly id: number;
  readonly pageId: PageId;
  readonly family: string;
  readonly url: string;
  /** For a page that is listed because of its answers: the first of these in the row, without status and digest. */
  readonly capture: CaptureReference;
  /** Code of the error, `extract.timeout`; `unreachable`; `notArticle`. */
  readonly code: string;
  /** One line for people. */
  readonly detail: string;
  readonly attempts: number;
  readonly quarantinedAt: string;
  /** For a page that does not answer: its newest attempt. */
  readonly failedAt: string | null;
  /** When somebody gave it up; null while it waits. */
  readonly droppedAt: string | null;
}

const DETAIL_CHARACTERS_MAX = 500;
const SELECT = `
  SELECT q.id, e.name || '/' || p.article_id AS pageId, e.family, ${PAGE_URL} AS url, q.capture, q.code, q.detail, q.attempts,
    ${instantOf('q.quarantined_at')} AS quarantinedAt, ${instantOf('q.dropped_at')} AS droppedAt,
    CASE WHEN q.code = '${UNREACHABLE}' THEN ${instantOf('p.failed_at')} END AS failedAt
  FROM quarantine q JOIN pages p ON p.id = q.page JOIN editions e ON e.id = p.edition`;

type Row = Omit<QuarantinedPage, 'capture'> & { readonly capture: string };

/** Reads only; see {@link quarantineTable} for the writer's part. */
export function quarantineReads(database: Database) {
  const list = query<Row>(
    database,
    `${SELECT} WHERE q.dropped_at IS NULL OR ? ORDER BY q.quarantined_at, q.id LIMIT ?`,
  );
  const ofPage = query<Row>(
    database,
    `${SELECT} WHERE p.article_id = ? AND e.name = ? ORDER BY q.quarantined_at, q.id`,
  );
  const get = query<Row>(database, `${SELECT} WHERE q.id = ?`);
  return {
    /** Oldest first. */
    list: (includeDropped: boolean, limit: number): QuarantinedPage[] =>
      list.all(Number(includeDropped), limit).map(pageOf),
    /** What of a page is in quarantine or was given up, oldest first. */
    ofPage: (pageId: PageId): QuarantinedPage[] => {
      const [edition, articleId] = splitKey(pageId);
      return ofPage.all(articleId, edition).map(pageOf);
    },
    get: (id: number): QuarantinedPage | null => {
      const row = get.get(id);
      return row && pageOf(row);
    },
  };
}

export function quarantineTable(database: Database, names: NamesTable) {
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
    /** @param pageRow  Row of the page. @param at  Seconds since 1970. */
    add: (
      pageRow: number,
      capture: CaptureReference,
      { code, detail, attempts }: Pick<QuarantinedPage, 'code' | 'detail' | 'attempts'>,
      at: number,
    ): void => {
      const line = detail.replace(/\s+/g, ' ').slice(0, DETAIL_CHARACTERS_MAX);
      add(names.file(capture.file), capture.offset, pageRow, code, line, attempts, at, JSON.stringify(capture));
    },
    remove: command(database, 'DELETE FROM quarantine WHERE id = ?'),
    /** Lists the page as `notArticle` or `unreachable`, or takes it off the list, as its state says. */
    noteAnswers: answerNotes(database),
    drop: command(database, 'UPDATE quarantine SET dropped_at = ?2 WHERE id = ?1'),
    /** Row of the page. */
    pageOf: (id: number): number | null => page.get(id)?.page ?? null,
    /** Takes the capture out of quarantine, if it is in it. */
    release: ({ file, offset }: CaptureLocation): void => {
      release(offset, file);
    },
  };
}

/** Under the first of the answers in a row, so that what somebody decided about it stays with it. */
function answerNotes(database: Database) {
  type First = Pick<CaptureReference, 'offset' | 'length' | 'fetchedAt'> & {
    readonly file: number;
    readonly path: string;
  };
  const firstOf = query<First>(
    database,
    `SELECT c.file, f.path, c.offset, c.length, ${instantOf('c.fetched_at')} AS fetchedAt
     FROM captures c JOIN files f ON f.id = c.file
     WHERE c.page = ? AND c.kind = ? AND c.fetched_at > ? ORDER BY c.fetched_at, f.path, c.offset LIMIT 1`,
  );
  const forget = command(
    database,
    `DELETE FROM quarantine WHERE page = ?1 AND code IN ('${UNREACHABLE}', '${NO_ARTICLE}') AND NOT (file = ?2 AND offset = ?3)`,
  );
  const list = command(
    database,
    `INSERT INTO quarantine (file, offset, page, code, detail, attempts, quarantined_at, capture)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
     ON CONFLICT (file, offset) DO UPDATE SET code = excluded.code, detail = excluded.detail, attempts = excluded.attempts`,
  );
  return (page: number, state: PageState, mishaps: Mishaps): void => {
    const { failures, lastFailure, lastFetchedAt, failedAt, reason } = state;
    const isMisread = mishaps.count >= LISTED_AFTER;
    const code = isMisread ? NO_ARTICLE : UNREACHABLE;
    const [kind, after] = isMisread ? [NO_ARTICLE, mishaps.after] : [UNREACHABLE, lastFetchedAt ?? -1];
    const found = isMisread || failures >= LISTED_AFTER ? firstOf.get(page, kind, after) : null;
    forget(page, found?.file ?? -1, found?.offset ?? -1);
    if (found === null) return;
    const { file, path, ...location } = found;
    const ofNothing = { sha256: EMPTY_SHA256, status: 0, etag: null, lastModified: null, via: 'http' } as const;
    const capture: CaptureReference = { file: path, ...location, ...ofNothing };
    const [detail, attempts, since] = isMisread
      ? [reason, mishaps.count, lastFetchedAt]
      : [lastFailure, failures, failedAt];
    list(file, found.offset, page, code, detail ?? '', attempts, since, JSON.stringify(capture));
  };
}

function pageOf(row: Row): QuarantinedPage {
  return { ...row, capture: captureReferenceSchema.parse(JSON.parse(row.capture)) };
}
