import { PermanentError } from '../../domain/errors.js';
import { MISHAPS } from '../../domain/outcome.js';
import type { PageName } from '../../domain/page-result.js';
import type { EndState } from '../../domain/page.js';
import { command, query, dayOf, keptUrl, type Database, type NamesTable } from './database.js';

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

export type PagesTable = ReturnType<typeof pagesTable>;

const PAGE_ID = /^([a-z0-9.-]{1,253})\/(\d{4,19})$/;
const SELECT = `SELECT p.id, e.name AS edition, p.end_state AS endState, p.touched_at AS touchedAt, p.gone_at AS goneAt
  FROM pages p JOIN editions e ON e.id = p.edition`;

export function pagesTable(database: Database, names: NamesTable) {
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
    /**
     * Adds a row for the page; the URL under which it was last seen is kept.
     *
     * @throws {PermanentError} `page.invalid` if the id is not `<host>/<digits>`, because nothing else may become part
     * of a path.
     */
    ensure: ({ pageId, family, url }: PageName, seenAt: number): PageRow => {
      const [, host, articleId] = PAGE_ID.exec(pageId) ?? [];
      if (host === undefined || articleId === undefined) {
        const found = JSON.stringify(pageId.slice(0, 100));
        throw new PermanentError(`Expected a page id, found ${found}`, { code: 'page.invalid' });
      }
      const edition = names.edition(host, family);
      upsert(articleId, edition, keptUrl(host, url), seenAt, dayOf(url));
      return find.one(articleId, edition);
    },
    /** All pages of an article that have a row. */
    ofArticle: (family: string, articleId: string): PageRow[] => siblings.all(articleId, family),
    setState: (id: number, state: PageState): void => {
      const { endState, reason, lastFetchedAt, failures, lastFailure, failedAt, goneSuspectedAt, goneAt } = state;
      setState(id, endState, reason, lastFetchedAt, failures, lastFailure, goneSuspectedAt, goneAt, failedAt);
    },
    /** Kept if the answer is the newest one; of the same second, by their own order. */
    setValidators: (id: number, answeredAt: number, { etag, lastModified }: Validators): void => {
      setValidators(etag, lastModified, answeredAt, id);
    },
    /** Of a row, at a second or null. */
    notePublished: command(
      database,
      'UPDATE pages SET published_at = min(coalesce(published_at, ?2), ?2) WHERE id = ?1 AND ?2 IS NOT NULL',
    ),
    /** Forgets validators and time of publication of a row, which are about to be told again by all answers. */
    forgetReadings: command(
      database,
      'UPDATE pages SET published_at = NULL, etag = NULL, last_modified = NULL, validators_at = NULL WHERE id = ?',
    ),
    /** A row, at a second. */
    touch: command(database, 'UPDATE pages SET touched_at = max(coalesce(touched_at, 0), ?2) WHERE id = ?1'),
    /** Newest 304, seconds since 1970. */
    touchedAt: (id: number): number | null => touchedAt.get(id)?.at ?? null,
  };
}

/** What a capture of an article's page turned out to be. The closed list. */
export type CaptureKind =
  'article' | 'notModified' | 'gone' | 'notArticle' | 'quarantined' | 'unreachable' | 'list' | 'readerChange';

/** One processed capture of a page. */
export interface PageEvent {
  readonly kind: CaptureKind;
  /** Seconds since 1970. */
  readonly fetchedAt: number;
  readonly onTopic: boolean;
  readonly reason: string | null;
}

/** What a page is, by all that happened to it. Instants in seconds since 1970. */
export interface PageState {
  readonly endState: EndState;
  readonly reason: string | null;
  readonly lastFetchedAt: number | null;
  /** Attempts in a row, since the newest answer, that got none. */
  readonly failures: number;
  readonly lastFailure: string | null;
  /** The newest of these attempts; null: the newest attempt was answered. */
  readonly failedAt: number | null;
  /**
   * First of the answers, since it was last seen standing, that said it is gone; from one such answer on, until another
   * answer comes.
   */
  readonly goneSuspectedAt: number | null;
  /** The same once a second such answer confirms it. */
  readonly goneAt: number | null;
}

const CONFIRMING_ANSWERS = 2;

/**
 * @param events     Every processed capture of one page, in any order.
 * @param touchedAt  Newest 304; those need not be among the events.
 * @param isStored   The article file is known to hold this page although its captures are not at hand.
 *
 * A page that has once been stored stays so until it is confirmed gone: a block page, a failure, a page that cannot be
 * read or that comes without its text, as the site is known to send now and then, changes nothing about what is known.
 * Any other page is what its newest answer says. Pure; a function of the set of events.
 */
export function derivePageState(events: readonly PageEvent[], touchedAt: number | null, isStored: boolean): PageState {
  const answers = events.filter((event) => event.kind !== 'unreachable' && event.kind !== 'list');
  const failures = events.filter((event) => event.kind === 'unreachable');
  const lastFetchedAt = newest([...answers.map((event) => event.fetchedAt), touchedAt]);
  const stored = isStored || answers.some((event) => event.kind === 'article' && event.onTopic);
  const stoodAt = newest([
    ...events.filter(({ kind }) => kind === 'article').map((event) => event.fetchedAt),
    touchedAt,
  ]);
  const gone = byTime(answers.filter(({ kind, fetchedAt }) => kind === 'gone' && fetchedAt > (stoodAt ?? -Infinity)));
  const goneFrom = gone[0]?.fetchedAt ?? null;
  const goneAt = gone.length >= CONFIRMING_ANSWERS ? goneFrom : null;
  // Another answer in the meantime clears a suspicion, but not a confirmed withdrawal; otherwise the page would be
  // fetched again and again.
  const isCleared = answers.some(({ kind, fetchedAt }) => kind !== 'gone' && fetchedAt >= (goneFrom ?? Infinity));
  const goneSuspectedAt = isCleared ? goneAt : goneFrom;
  const unanswered = byTime(failures.filter((event) => event.fetchedAt > (lastFetchedAt ?? -Infinity)));
  const [endState, reason] = stored
    ? storedState(goneAt, gone)
    : answeredState(byTime(answers.filter(({ kind }) => kind !== 'notModified')).at(-1), byTime(failures).at(-1));
  const last = unanswered.at(-1);
  const failed = { failures: unanswered.length, lastFailure: last?.reason ?? null, failedAt: last?.fetchedAt ?? null };
  return { endState, reason, lastFetchedAt, ...failed, goneSuspectedAt, goneAt };
}

/** Number of answers in a row, up to the newest, that lack the expected article. */
export interface Mishaps {
  readonly count: number;
  /** The answer before them, seconds since 1970; -1: none. */
  readonly after: number;
}

/**
 * @param events  Every processed capture of one page, in any order; of a page that was ever stored none counts. Pure.
 */
export function mishapsInARow(events: readonly PageEvent[], { endState }: PageState): Mishaps {
  if (endState !== 'notArticle') return { count: 0, after: -1 };
  const answers = byTime(events.filter(({ kind }) => !['unreachable', 'list', 'notModified'].includes(kind)));
  const before = answers.findLast(({ kind, reason }) => kind !== 'notArticle' || !MISHAPS.has(reason));
  const count = before === undefined ? answers.length : answers.length - 1 - answers.lastIndexOf(before);
  return { count, after: before?.fetchedAt ?? -1 };
}

function storedState(goneAt: number | null, gone: readonly PageEvent[]): [EndState, string | null] {
  const [first] = gone;
  if (goneAt === null || !first) return ['stored', null];
  return ['gone', first.reason];
}

function answeredState(answer: PageEvent | undefined, failure: PageEvent | undefined): [EndState, string | null] {
  if (answer?.kind === 'article') return ['offTopic', answer.reason];
  if (answer?.kind === 'gone' || answer?.kind === 'notArticle' || answer?.kind === 'quarantined') {
    return [answer.kind, answer.reason];
  }
  return failure ? ['unreachable', failure.reason] : ['pending', null];
}

/** Ties by kind and reason, so that the order of arrival does not show. */
function byTime(events: readonly PageEvent[]): PageEvent[] {
  const rank = (event: PageEvent): string => `${event.kind} ${event.reason ?? ''}`;
  return [...events].sort((a, b) => a.fetchedAt - b.fetchedAt || (rank(a) < rank(b) ? -1 : 1));
}

function newest(instants: readonly (number | null)[]): number | null {
  const known = instants.filter((instant) => instant !== null);
  return known.length === 0 ? null : Math.max(...known);
}
