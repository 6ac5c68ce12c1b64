import { compareText, type ArticleKey } from '../../domain/page.js';
import { instantOf, query, pageOf, readRows, toInstant, topicsIn, toSeconds, type Database } from './database.js';

/**
 * The log of changes, numbered in the order of the commits. It is the only source for everything that reports changes.
 * Each change is written in the transaction of its record or summary, so it exists if and only if that does.
 *
 * - `stored`: an article came; `at`: when it was first seen.
 * - `edited`: another state of its text, of a rendition's, or other pictures; `at`: when that was first seen, by which
 *   `listArticleEdits` finds what was edited. One for each such moment, substantive or not.
 * - `withdrawn`: the site has taken it away; `at`: its `goneAt`. `restored`: it stands again.
 * - `changed`: anything else of its record: links to what repeats it, a rendition that came, another extractor.
 * - `runEnded`: a crawl has ended; `at`: when.
 */
export type LoggedChange = LoggedArticleChange | LoggedRun;

interface LoggedArticleChange {
  readonly seq: number;
  readonly kind: 'stored' | 'edited' | 'withdrawn' | 'restored' | 'changed';
  readonly key: ArticleKey;
  /** Edition and topics of its record as it is now. */
  readonly edition: string;
  readonly topics: readonly string[];
  /** UTC instant; of `restored` and `changed` when the article was last seen. */
  readonly at: string;
}

interface LoggedRun {
  readonly seq: number;
  readonly kind: 'runEnded';
  readonly runId: string;
  /** UTC instant. */
  readonly at: string;
}

export interface ChangesSince {
  /** Oldest first. */
  readonly changes: readonly LoggedChange[];
  /** Where the next reading begins; the same as was given where nothing happened. */
  readonly cursor: string;
}

interface ChangedArticles {
  /** In the order of their newest changes. */
  readonly keys: readonly ArticleKey[];
  /** Where the next reading begins. */
  readonly cursor: string;
  /** Whether more have changed up to now. */
  readonly hasMore: boolean;
}

interface ChangedFilters {
  readonly topic?: string | undefined;
  readonly edition?: string | undefined;
}

/** That an article came, was edited or withdrawn, as the records tell it, whenever that was noted. */
export interface DatedHappening extends Pick<LoggedArticleChange, 'key' | 'at'> {
  readonly kind: 'stored' | 'edited' | 'withdrawn';
}

/** If there are more, only the oldest are returned. */
const HAPPENINGS_MAX = 100_000;

/** Reads the log of changes. */
export class ChangeQueries {
  constructor(private readonly database: Database) {}

  /**
   * @param after  A cursor from an earlier reading, or {@link end}.
   *
   * @param limit Maximum number of changes in one answer.
   * @returns The changes since then, none missed and none twice; null if the cursor is void: it is of a catalogue that
   *          was made again since (`verify --repair`), of one in whose place an older copy was restored, of what is not
   *          kept any more, or no cursor. Cost: that of the answer.
   */
  since(after: string, limit: number): ChangesSince | null {
    const { epoch, first } = numberingOf(this.database);
    const seq = numberOfCursor(this.database, after);
    if (seq === null || seq < first - 1) return null;
    type Row = Omit<LoggedArticleChange, 'kind' | 'topics'> & {
      readonly kind: LoggedChange['kind'];
      readonly topics: string;
      readonly runId: string;
    };
    const rows = readRows<Row>(
      this.database,
      `SELECT c.seq, c.kind, a.key, e.name AS edition, a.topics, c.run AS runId, ${instantOf('c.at')} AS at
       FROM changes c LEFT JOIN articles a ON a.id = c.article LEFT JOIN editions e ON e.id = a.edition WHERE c.seq > ? ORDER BY c.seq LIMIT ?`,
      seq,
      limit,
    );
    const changes = rows.map(({ seq: number, kind, key, edition, topics, runId, at }): LoggedChange => {
      if (kind === 'runEnded') return { seq: number, kind, runId, at };
      return { seq: number, kind, key, edition, topics: topicsIn(topics), at };
    });
    return { changes, cursor: `${epoch}.${changes.at(-1)?.seq ?? seq}` };
  }

  /**
   * @param after  A cursor, also one of {@link since}; `start`: give every article.
   * @returns      The articles whose records have changed since, each once and at its newest change: one that changes while page after page is
   *               read comes again, with that change. null where the cursor is void, as for {@link since}.
   */
  articlesSince(after: string, { topic, edition }: ChangedFilters, limit: number): ChangedArticles | null {
    const { epoch, end } = numberingOf(this.database);
    const seq = numberOfCursor(this.database, after);
    if (seq === null) return null;
    const select = `SELECT key, changed FROM articles WHERE changed > ?1 AND changed <= ?2
         AND (?3 IS NULL OR ' ' || topics || ' ' LIKE '% ' || ?3 || ' %')
         AND (?4 IS NULL OR +edition = (SELECT id FROM editions WHERE name = ?4))
       ORDER BY changed LIMIT ?5`;
    const { rows, hasMore } = pageOf(limit, (count) =>
      readRows<{ key: ArticleKey; changed: number }>(
        this.database,
        select,
        ...[seq, end, topic ?? null, edition ?? null, count],
      ),
    );
    return {
      keys: rows.map(({ key }) => key),
      cursor: `${epoch}.${(hasMore ? rows.at(-1)?.changed : null) ?? end}`,
      hasMore,
    };
  }

  /** @returns the cursor after everything that has happened. */
  end(): string {
    const { epoch, end } = numberingOf(this.database);
    return `${epoch}.${end}`;
  }

  /** @returns the events since an instant, oldest first, for a client that has lost its cursor. */
  happeningsSince(since: string): DatedHappening[] {
    return readRows<DatedHappening>(
      this.database,
      `SELECT kind, key, ${instantOf('at')} AS at FROM (
         SELECT 'stored' AS kind, key, first_seen_at AS at FROM articles WHERE first_seen_at >= ?1
         UNION ALL SELECT e.kind, a.key, e.at FROM edits e JOIN articles a ON a.id = e.article
           WHERE e.kind IN ('edited', 'withdrawn') AND e.at >= ?1
       ) ORDER BY at LIMIT ${HAPPENINGS_MAX}`,
      toSeconds(since),
    );
  }

  /**
   * @param after  The last one of the page before; null: begin with the newest.
   * @returns      The next edits and withdrawals of all articles, newest first, at most `limit`. Cost: that of the page, by one index.
   */
  edits(filters: ChangeFilters, after: ArticleChange | null, limit: number): ArticleChange[] {
    const kinds = filters.what === undefined ? KINDS : [filters.what];
    return kinds
      .flatMap((what) => readKind(this.database, what, filters, after, limit))
      .sort(
        (a, b) => compareText(b.at, a.at) || KINDS.indexOf(a.what) - KINDS.indexOf(b.what) || compareText(b.key, a.key),
      )
      .slice(0, limit);
  }
}

/** The cursor before the first change. */
export const START = 'start';

/** @returns the number in a cursor that this catalogue has given out; null: it is none. */
export function numberOfCursor(database: Database, cursor: string): number | null {
  if (cursor === START) return 0;
  const [of, number] = /^([0-9a-f]{12})\.(\d{1,15})$/.exec(cursor)?.slice(1) ?? [];
  if (of === undefined) return null;
  const known = query<{ end: number }>(
    database,
    `SELECT coalesce((SELECT after FROM numberings WHERE id > n.id ORDER BY id LIMIT 1), s.seq) AS end
     FROM numberings n, sqlite_sequence s WHERE n.name = ? AND s.name = 'changes'`,
  ).get(of);
  return known !== null && Number(number) <= known.end ? Number(number) : null;
}

interface Numbering {
  /** Name of the newest numbering. */
  readonly epoch: string;
  /** The first change that is kept, or will be. */
  readonly first: number;
  readonly end: number;
}

export function numberingOf(database: Database): Numbering {
  return query<Numbering>(
    database,
    `SELECT n.name AS epoch, s.seq AS end, coalesce((SELECT min(seq) FROM changes), s.seq + 1) AS first
     FROM numberings n, sqlite_sequence s WHERE s.name = 'changes' ORDER BY n.id DESC LIMIT 1`,
  ).one();
}

/** That an article was edited, or withdrawn. */
export interface ArticleChange extends Pick<DatedHappening, 'key' | 'at'> {
  readonly what: 'edited' | 'withdrawn';
}

export interface ChangeFilters extends ChangedFilters {
  /** Default: both. */
  readonly what?: ArticleChange['what'];
  /** UTC instants of the change; `since` included, `until` not. */
  readonly since?: string;
  readonly until?: string;
}

/** Within the same second, edits come before withdrawals. */
const KINDS = ['edited', 'withdrawn'] as const;

function readKind(
  database: Database,
  what: ArticleChange['what'],
  { topic, edition, since, until }: ChangeFilters,
  after: ArticleChange | null,
  limit: number,
): ArticleChange[] {
  // Of the second of the last one: nothing more of a kind that stands before it, all of one that stands after it.
  const side = after === null ? 1 : KINDS.indexOf(what) - KINDS.indexOf(after.what);
  const rows = readRows<{ key: ArticleKey; at: number }>(
    database,
    `SELECT a.key, m.at FROM edits m CROSS JOIN articles a ON a.id = m.article
     WHERE m.kind = ?1 AND m.at <= ?2 AND (?3 > 0 OR m.at < ?2 OR (?3 = 0 AND a.key < ?4))
       AND (?5 IS NULL OR ' ' || a.topics || ' ' LIKE '% ' || ?5 || ' %')
       AND (?6 IS NULL OR a.edition = (SELECT id FROM editions WHERE name = ?6))
       AND m.at >= ?7 AND m.at < ?8
     ORDER BY m.at DESC, a.key DESC LIMIT ?9`,
    what,
    after === null ? Number.MAX_SAFE_INTEGER : toSeconds(after.at),
    side,
    after?.key ?? '',
    topic ?? null,
    edition ?? null,
    since === undefined ? 0 : toSeconds(since),
    until === undefined ? Number.MAX_SAFE_INTEGER : toSeconds(until),
    limit,
  );
  return rows.map(({ key, at }) => ({ key, what, at: toInstant(at) }));
}
