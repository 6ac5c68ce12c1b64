import { createHash } from 'node:crypto';
import type { Article } from '../../domain/article.js';
import type { ArticleKey } from '../../domain/page.js';
import type { FinishedRun } from '../../domain/page-result.js';
import { editTimes } from '../files/article-files.js';
import { command, query, readRows, type Database } from './database.js';
import { instantOf, toSeconds } from './row-values.js';

/**
 * What happened, in the order of the commits, numbered without end: the one source of whoever tells others of it. Each change is written in
 * the transaction of the record or summary that it is about, so it is there if and only if that is.
 *
 * - `stored`: an article came; `at`: when it was first seen.
 * - `edited`: another state of its text, of a rendition's, or other pictures; `at`: when that was first seen, by which `listArticleEdits`
 *   finds what was edited. One for each such moment, substantive or not.
 * - `withdrawn`: the site has taken it away; `at`: its `goneAt`. `restored`: it stands again.
 * - `changed`: anything else of its record: links to what repeats it, a rendition that came, another extractor.
 * - `runEnded`: a crawl has ended; `at`: when.
 */
export type LoggedChange = LoggedArticleChange | LoggedRun;

export interface LoggedArticleChange {
  readonly seq: number;
  readonly kind: 'stored' | 'edited' | 'withdrawn' | 'restored' | 'changed';
  readonly key: ArticleKey;
  /** Edition and topics of its record as it is now. */
  readonly edition: string;
  readonly topics: readonly string[];
  /** UTC instant; of `restored` and `changed` when the article was last seen. */
  readonly at: string;
}

export interface LoggedRun {
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

/** So many changes are kept: of a hundred thousand articles, each several. Whoever comes back later is told that his cursor is void. */
const CHANGES_KEPT_MAX = 1_000_000;

/**
 * @param after  A cursor: what an earlier reading gave, or {@link changeLogEnd}.
 * @param limit  Most changes of one answer.
 * @returns      What happened since, none missed and none twice; null where the cursor is void: it is of a catalogue that was made again
 *               since (`verify --repair`), of what is not kept any more, or no cursor. Cost: that of the answer.
 */
export function readChangeLog(
  database: Database,
  { after, limit }: { readonly after: string; readonly limit: number },
): ChangesSince | null {
  const { epoch, first, end } = spanOf(database);
  const seq = seqOf(after, epoch, end);
  if (seq === null || seq < first - 1) return null;
  type Row = Omit<LoggedArticleChange, 'kind' | 'topics'> & {
    readonly kind: LoggedChange['kind'];
    readonly topics: string;
    readonly runId: string;
  };
  const rows = readRows<Row>(
    database,
    `SELECT c.seq, c.kind, a.key, e.name AS edition, a.topics, c.run AS runId, ${instantOf('c.at')} AS at
     FROM changes c LEFT JOIN articles a ON a.id = c.article LEFT JOIN editions e ON e.id = a.edition WHERE c.seq > ? ORDER BY c.seq LIMIT ?`,
    seq,
    limit,
  );
  const changes = rows.map(({ seq: number, kind, key, edition, topics, runId, at }): LoggedChange => {
    if (kind === 'runEnded') return { seq: number, kind, runId, at };
    return { seq: number, kind, key, edition, topics: topics.split(' ').filter((topic) => topic !== ''), at };
  });
  return { changes, cursor: `${epoch}.${changes.at(-1)?.seq ?? seq}` };
}

/** Every cursor before this one has seen nothing. */
const START = 'start';

/** The number in a cursor of this catalogue; null: it is none. */
function seqOf(cursor: string, epoch: string, end: number): number | null {
  if (cursor === START) return 0;
  const [of, number] = /^([0-9a-f]{12})\.(\d{1,15})$/.exec(cursor)?.slice(1) ?? [];
  return of === epoch && Number(number) <= end ? Number(number) : null;
}

export interface ChangedArticles {
  /** In the order of their newest changes. */
  readonly keys: readonly ArticleKey[];
  /** Where the next reading begins. */
  readonly cursor: string;
  /** Whether more have changed up to now. */
  readonly hasMore: boolean;
}

export interface ChangedFilters {
  readonly topic?: string | undefined;
  readonly edition?: string | undefined;
}

/**
 * @param after  A cursor, also one of {@link readChangeLog}; `start`: give every article.
 * @returns      The articles whose records have changed since, each once and at its newest change: one that changes while page after page is
 *               read comes again, with that change. null where the cursor is void: of a catalogue that was made again, or none.
 */
export function readChangedArticles(
  database: Database,
  after: string,
  { topic, edition }: ChangedFilters,
  limit: number,
): ChangedArticles | null {
  const { epoch, end } = spanOf(database);
  const seq = seqOf(after, epoch, end);
  if (seq === null) return null;
  const rows = readRows<{ key: ArticleKey; changed: number }>(
    database,
    `SELECT key, changed FROM articles WHERE changed > ?1 AND changed <= ?2
       AND (?3 IS NULL OR ' ' || topics || ' ' LIKE '% ' || ?3 || ' %')
       AND (?4 IS NULL OR +edition = (SELECT id FROM editions WHERE name = ?4))
     ORDER BY changed LIMIT ?5`,
    ...[seq, end, topic ?? null, edition ?? null, limit + 1],
  );
  const found = rows.slice(0, limit);
  const hasMore = rows.length > limit;
  return {
    keys: found.map(({ key }) => key),
    cursor: `${epoch}.${(hasMore ? found.at(-1)?.changed : null) ?? end}`,
    hasMore,
  };
}

/** @returns the cursor after everything that has happened. */
export function changeLogEnd(database: Database): string {
  const { epoch, end } = spanOf(database);
  return `${epoch}.${end}`;
}

interface Span {
  /** Name of the numbering. */
  readonly epoch: string;
  /** The first change that is kept, or will be. */
  readonly first: number;
  readonly end: number;
}

function spanOf(database: Database): Span {
  return query<Span>(
    database,
    `SELECT m.value AS epoch, s.seq AS end, coalesce((SELECT min(seq) FROM changes), s.seq + 1) AS first
     FROM meta m, sqlite_sequence s WHERE m.name = 'changes' AND s.name = 'changes'`,
  ).one();
}

export interface ChangeLog {
  /** Notes what has become other of an article that has a row, and when it was edited. Idempotent. */
  noteArticle(record: Article): void;
  noteRun(run: FinishedRun): void;
  /** Drops the oldest changes beyond {@link CHANGES_KEPT_MAX}. */
  trim(): void;
  /** Forgets all changes, not their numbers: what a rebuild notes has not happened now. */
  forget(): void;
}

interface Row {
  readonly id: number;
  readonly state: Uint8Array;
  readonly lastSeenAt: number | null;
}

interface Moment {
  readonly kind: 'edited' | 'withdrawn';
  readonly at: number;
}

export function changeLog(database: Database): ChangeLog {
  const rowOf = query<Row>(database, 'SELECT id, state, last_seen_at AS lastSeenAt FROM articles WHERE key = ?');
  const noteState = command(
    database,
    "UPDATE articles SET state = ?, changed = (SELECT seq FROM sqlite_sequence WHERE name = 'changes') WHERE id = ?",
  );
  const add = command(database, 'INSERT INTO changes (kind, article, run, at) VALUES (?, ?, ?, ?)');
  const moveMoments = momentsMover(database);
  return {
    noteArticle: (record) => {
      const row = rowOf.get(record.id);
      if (row === null) return;
      const { added, isRestored } = moveMoments(row.id, record);
      const state = stateDigest(record);
      if (state.equals(row.state)) return;
      const lastSeenAt = row.lastSeenAt ?? 0;
      if (row.state.length === 0)
        add('stored', row.id, null, record.firstSeenAt === null ? lastSeenAt : toSeconds(record.firstSeenAt));
      for (const { kind, at } of added) add(kind, row.id, null, at);
      if (isRestored) add('restored', row.id, null, lastSeenAt);
      if (row.state.length > 0 && added.length === 0 && !isRestored) add('changed', row.id, null, lastSeenAt);
      noteState(state, row.id);
    },
    noteRun: (run) => {
      const durationMs = typeof run['durationMs'] === 'number' ? run['durationMs'] : 0;
      add('runEnded', null, run.runId, toSeconds(run.startedAt) + Math.floor(durationMs / 1000));
    },
    trim: () => {
      database.exec(`DELETE FROM changes WHERE seq <= (SELECT max(seq) FROM changes) - ${CHANGES_KEPT_MAX}`);
    },
    forget: () => {
      database.exec('DELETE FROM changes');
    },
  };
}

/** Keeps `edits`, the moments at which articles were edited or withdrawn, as the records say. */
function momentsMover(database: Database) {
  const known = query<Moment>(database, 'SELECT kind, at FROM edits WHERE article = ?');
  const insert = command(database, 'INSERT INTO edits (article, kind, at) VALUES (?, ?, ?)');
  const remove = command(database, 'DELETE FROM edits WHERE article = ? AND kind = ? AND at = ?');
  return (article: number, record: Article): { readonly added: readonly Moment[]; readonly isRestored: boolean } => {
    const before = known.all(article);
    const after = momentsOf(record);
    const added = after.filter((moment) => !holds(before, moment));
    for (const { kind, at } of before.filter((moment) => !holds(after, moment))) remove(article, kind, at);
    for (const { kind, at } of added) insert(article, kind, at);
    const wasGone = before.some(isWithdrawal);
    return {
      // A withdrawal that is dated otherwise now has been told of.
      added: wasGone ? added.filter((moment) => !isWithdrawal(moment)) : added,
      isRestored: wasGone && !after.some(isWithdrawal),
    };
  };
}

function momentsOf(record: Article): Moment[] {
  const seconds = [...new Set(editTimes(record).map(toSeconds))];
  const edits = seconds.map((at): Moment => ({ kind: 'edited', at }));
  return record.goneAt === null ? edits : [...edits, { kind: 'withdrawn', at: toSeconds(record.goneAt) }];
}

function holds(moments: readonly Moment[], { kind, at }: Moment): boolean {
  return moments.some((moment) => moment.kind === kind && moment.at === at);
}

function isWithdrawal({ kind }: Moment): boolean {
  return kind === 'withdrawn';
}

const DIGEST_BYTES = 8;

/** What a visit alone changes is no change. */
function stateDigest(record: Article): Buffer {
  const state = { ...record, lastSeenAt: null, capture: null, provenance: null, extractor: null };
  return createHash('sha256').update(JSON.stringify(state)).digest().subarray(0, DIGEST_BYTES);
}
