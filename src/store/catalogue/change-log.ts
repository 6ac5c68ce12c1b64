import { hash, randomBytes } from 'node:crypto';
import type { Article } from '../../domain/article.js';
import type { FinishedRun } from '../../domain/page-result.js';
import { editTimes } from '../files/article-files.js';
import type { LoggedChange } from './change-queries.js';
import { command, query, toSeconds, type Database } from './database.js';

/**
 * Number of changes that are kept: several for each of a hundred thousand articles. A client that comes back later is
 * told that its cursor is void.
 */
const CHANGES_KEPT_MAX = 1_000_000;
/** Runs of the writer whose cursors are known: two months of a crawl every ten minutes. */
const NUMBERINGS_KEPT_MAX = 10_000;

export type ChangeLog = ReturnType<typeof changeLog>;

interface Row {
  readonly id: number;
  readonly state: Uint8Array;
  readonly lastSeenAt: number | null;
}

interface Moment {
  readonly kind: 'edited' | 'withdrawn';
  readonly at: number;
}

/**
 * Each writer numbers under a name of its own, which is part of the cursor. Where an older copy of the data directory was restored, the
 * numbers given out since are given out again: by the name it shows that a cursor is of what the restored catalogue does not hold.
 */
export function changeLog(database: Database) {
  const numbering = randomBytes(6).toString('hex');
  const rowOf = query<Row>(database, 'SELECT id, state, last_seen_at AS lastSeenAt FROM articles WHERE key = ?');
  const noteState = command(
    database,
    "UPDATE articles SET state = ?, changed = (SELECT seq FROM sqlite_sequence WHERE name = 'changes') WHERE id = ?",
  );
  const begin = command(
    database,
    "INSERT OR IGNORE INTO numberings (name, after) SELECT ?, seq FROM sqlite_sequence WHERE name = 'changes'",
  );
  const insert = command(database, 'INSERT INTO changes (kind, article, run, at) VALUES (?, ?, ?, ?)');
  const add = (kind: LoggedChange['kind'], article: number | null, run: string | null, at: number): void => {
    begin(numbering);
    insert(kind, article, run, at);
  };
  const moveMoments = momentsMover(database);
  return {
    /** Records what has changed in an article that has a row, and when it was edited. Idempotent. */
    noteArticle: (record: Article): void => {
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
    noteRun: (run: FinishedRun): void => {
      const durationMs = typeof run['durationMs'] === 'number' ? run['durationMs'] : 0;
      add('runEnded', null, run.runId, toSeconds(run.startedAt) + Math.floor(durationMs / 1000));
    },
    /** Drops the oldest changes beyond {@link CHANGES_KEPT_MAX}, and the oldest names beyond {@link NUMBERINGS_KEPT_MAX}. */
    trim: (): void => {
      database.exec(`DELETE FROM changes WHERE seq <= (SELECT max(seq) FROM changes) - ${CHANGES_KEPT_MAX}`);
      database.exec(`DELETE FROM numberings WHERE id <= (SELECT max(id) FROM numberings) - ${NUMBERINGS_KEPT_MAX}`);
    },
    /** Forgets all changes, not their numbers: what a rebuild notes has not happened now. */
    forget: (): void => {
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
  return hash('sha256', JSON.stringify(state), 'buffer').subarray(0, DIGEST_BYTES);
}
