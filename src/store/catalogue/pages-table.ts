import type { EndState } from '../../domain/page.js';
import { PermanentError } from '../../domain/errors.js';
import type { PageName } from '../../domain/page-result.js';
import { command, query, type Database } from './database.js';
import type { PageState } from './derive-page-state.js';
import { dayOf, keptUrl, type NamesTable } from './row-values.js';

/** A page as its row says. Instants in seconds since 1970. */
export interface PageRow {
  readonly id: number;
  readonly edition: string;
  readonly endState: EndState;
  readonly touchedAt: number | null;
  readonly goneAt: number | null;
}

/** Validators of an answer, for the next conditional request; null both: the page is to be asked for whole. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

export interface PagesTable {
  /**
   * Gives the page a row; the URL under which it was seen last is kept.
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
const SELECT = `SELECT p.id, e.name AS edition, p.end_state AS endState, p.touched_at AS touchedAt, p.gone_at AS goneAt
  FROM pages p JOIN editions e ON e.id = p.edition`;

export function pagesTable(database: Database, names: NamesTable): PagesTable {
  const find = query<PageRow>(database, `${SELECT} WHERE p.article_id = ? AND p.edition = ?`);
  const siblings = query<PageRow>(database, `${SELECT} WHERE p.article_id = ? AND e.family = ? ORDER BY e.name`);
  const touchedAt = query<{ at: number | null }>(database, 'SELECT touched_at AS at FROM pages WHERE id = ?');
  const upsert = command(
    database,
    `INSERT INTO pages (article_id, edition, url, url_at, day) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (article_id, edition) DO UPDATE SET url = excluded.url, url_at = excluded.url_at, day = excluded.day
     WHERE excluded.url_at > pages.url_at OR (excluded.url_at = pages.url_at AND excluded.url > pages.url)`,
  );
  const setState = command(
    database,
    `UPDATE pages SET end_state = ?2, reason = ?3, last_fetched_at = ?4, failures = ?5, last_failure = ?6,
       gone_suspected_at = ?7, gone_at = ?8, failed_at = ?9 WHERE id = ?1`,
  );
  const setValidators = command(
    database,
    `UPDATE pages SET etag = ?1, last_modified = ?2, validators_at = ?3
     WHERE id = ?4 AND (coalesce(validators_at, 0), coalesce(etag, ''), coalesce(last_modified, ''))
       <= (?3, coalesce(?1, ''), coalesce(?2, ''))`,
  );
  return {
    ensure: ({ pageId, family, url }, seenAt) => {
      const [, host, articleId] = PAGE_ID.exec(pageId) ?? [];
      if (host === undefined || articleId === undefined) {
        const found = JSON.stringify(pageId.slice(0, 100));
        throw new PermanentError(`Wanted a page id, found ${found}`, { code: 'page.invalid' });
      }
      const edition = names.edition(host, family);
      upsert(articleId, edition, keptUrl(host, url), seenAt, dayOf(url));
      return find.one(articleId, edition);
    },
    ofArticle: (family, articleId) => siblings.all(articleId, family),
    setState: (id, { endState, reason, lastFetchedAt, failures, lastFailure, failedAt, goneSuspectedAt, goneAt }) => {
      setState(id, endState, reason, lastFetchedAt, failures, lastFailure, goneSuspectedAt, goneAt, failedAt);
    },
    setValidators: (id, answeredAt, { etag, lastModified }) => {
      setValidators(etag, lastModified, answeredAt, id);
    },
    notePublished: command(
      database,
      'UPDATE pages SET published_at = min(coalesce(published_at, ?2), ?2) WHERE id = ?1 AND ?2 IS NOT NULL',
    ),
    forgetReadings: command(
      database,
      'UPDATE pages SET published_at = NULL, etag = NULL, last_modified = NULL, validators_at = NULL WHERE id = ?',
    ),
    touch: command(database, 'UPDATE pages SET touched_at = max(coalesce(touched_at, 0), ?2) WHERE id = ?1'),
    touchedAt: (id) => touchedAt.get(id)?.at ?? null,
  };
}
