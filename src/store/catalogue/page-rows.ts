import { PermanentError } from '../../domain/errors.js';
import type { PageName } from '../../domain/page-result.js';
import type { PageState } from './derive-page-state.js';
import type { NameRows } from './name-rows.js';
import type { Database } from './open-database.js';
import { keptUrl, PAGE_URL } from './page-url.js';

/** A page as its row says. Instants in seconds since 1970. */
export interface PageRow {
  readonly id: number;
  readonly edition: string;
  readonly url: string;
  readonly end_state: string;
  readonly touched_at: number | null;
  readonly gone_at: number | null;
}

/** Validators of an answer, for the next conditional request; null both: the page is to be asked for whole. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

export interface PageRows {
  /**
   * Gives the page a row; the address of the newest sight is kept.
   *
   * @throws {PermanentError} `page.invalid` where the id is not `<host>/<digits>`: nothing else may become part of a path.
   */
  ensure(page: PageName, seenAt: number): PageRow;
  /** All pages of an article that have a row. */
  ofArticle(family: string, articleId: string): PageRow[];
  setState(id: number, state: PageState): void;
  /** Kept if the answer is the newest one; of the same second, by their own order. */
  setValidators(id: number, answeredAt: number, validators: Validators): void;
  notePublished(id: number, publishedAt: number | null): void;
  /** Forgets validators and time of publication, which are about to be told again by all answers. */
  forgetReadings(id: number): void;
  touch(id: number, at: number): void;
  /** Newest 304, seconds since 1970. */
  touchedAt(id: number): number | null;
}

const PAGE_ID = /^([a-z0-9.-]{1,253})\/(\d{4,19})$/;
const COLUMNS = `p.id, e.name AS edition, ${PAGE_URL}, p.end_state, p.touched_at, p.gone_at`;

export function pageRows(database: Database, names: NameRows): PageRows {
  const find = database.prepare(
    `SELECT ${COLUMNS} FROM pages p JOIN editions e ON e.id = p.edition WHERE p.article_id = ? AND p.edition = ?`,
  );
  const upsert = database.prepare(`
    INSERT INTO pages (article_id, edition, url, url_at, day) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (article_id, edition) DO UPDATE SET url = excluded.url, url_at = excluded.url_at, day = excluded.day
    WHERE excluded.url_at > pages.url_at OR (excluded.url_at = pages.url_at AND excluded.url > pages.url)`);
  const siblings = database.prepare(
    `SELECT ${COLUMNS} FROM pages p JOIN editions e ON e.id = p.edition
     WHERE p.article_id = ? AND e.family = ? ORDER BY e.name`,
  );
  const setState = database.prepare(`
    UPDATE pages SET end_state = ?, reason = ?, last_fetched_at = ?, failures = ?, last_failure = ?,
      gone_suspected_at = ?, gone_at = ? WHERE id = ?`);
  const setValidators = database.prepare(`
    UPDATE pages SET etag = ?1, last_modified = ?2, validators_at = ?3
    WHERE id = ?4 AND (coalesce(validators_at, 0), coalesce(etag, ''), coalesce(last_modified, ''))
      <= (?3, coalesce(?1, ''), coalesce(?2, ''))`);
  const published = database.prepare(
    'UPDATE pages SET published_at = min(coalesce(published_at, ?1), ?1) WHERE id = ?2',
  );
  const forget = database.prepare(
    'UPDATE pages SET published_at = NULL, etag = NULL, last_modified = NULL, validators_at = NULL WHERE id = ?',
  );
  const touch = database.prepare('UPDATE pages SET touched_at = max(coalesce(touched_at, 0), ?1) WHERE id = ?2');
  const touchedAt = database.prepare('SELECT touched_at FROM pages WHERE id = ?');
  return {
    ensure: ({ pageId, family, url }, seenAt) => {
      const [, editionName, articleId] = PAGE_ID.exec(pageId) ?? [];
      if (editionName === undefined || articleId === undefined) {
        throw new PermanentError(`Wanted a page id, found ${JSON.stringify(pageId.slice(0, 100))}`, {
          code: 'page.invalid',
        });
      }
      const edition = names.edition(editionName, family);
      upsert.run(articleId, edition, keptUrl(editionName, url), seenAt, dayOf(url));
      return find.get(articleId, edition) as PageRow;
    },
    ofArticle: (family, articleId) => siblings.all(articleId, family) as PageRow[],
    setState: (id, state) => {
      setState.run(
        state.endState,
        state.reason,
        state.lastFetchedAt,
        state.failures,
        state.lastFailure,
        state.goneSuspectedAt,
        state.goneAt,
        id,
      );
    },
    setValidators: (id, answeredAt, { etag, lastModified }) => {
      setValidators.run(etag, lastModified, answeredAt, id);
    },
    notePublished: (id, publishedAt) => {
      if (publishedAt !== null) published.run(publishedAt, id);
    },
    forgetReadings: (id) => {
      forget.run(id);
    },
    touch: (id, at) => {
      touch.run(at, id);
    },
    touchedAt: (id) => (touchedAt.get(id) as { touched_at: number | null } | undefined)?.touched_at ?? null,
  };
}

/** @returns the day in a canonical article address, as the number YYYYMMDD; 0 if it holds none. */
export function dayOf(url: string): number {
  return Number(/\/(\d{8})(?=[\d/])/.exec(url)?.[1] ?? 0);
}
