import { DAY_MS, HOUR_MS } from '../../domain/units.js';
import type { NotifyRule } from '../../config/config.js';
import { toUtcInstant } from '../../platform/clock.js';
import { command, query, type Database } from '../../store/catalogue/database.js';
import type { ArticleEvent, FoundNotice } from '../notices/find-notices.js';
import { messageId, NOTICES_MAX, messageSchema, noticeSchema, type Message, type Notice } from '../notices/notice.js';
import type { Told } from '../notices/state-notices.js';
import { EDITS_MAX, EDITS_MS, type Plan, type Waiting } from '../plan/plan-sending.js';
import type { Trouble } from './read-notify.js';

/** How long told events, which must not be told again, and results of messages are remembered. */
const KEPT_MS = 90 * DAY_MS;
/** Events whose records are read again at a time. */
const UNREAD_MAX = 100;

/** A message on its way. */
interface OpenMessage {
  readonly id: string;
  readonly retries: number;
}

/** What the process that writes the data directory knows of notices and messages. Each method is one transaction, but for those that read. */
export class Outbox {
  readonly #state;
  readonly #setState;
  readonly #beginRule;
  readonly #began;
  readonly #told;
  readonly #forget;
  readonly #tell;
  readonly #add;
  readonly #message;
  readonly #queued;
  readonly #mark;

  constructor(private readonly database: Database) {
    this.#state = query<{ value: string }>(database, 'SELECT value FROM state WHERE name = ?');
    this.#setState = command(database, 'INSERT OR REPLACE INTO state (name, value) VALUES (?, ?)');
    this.#beginRule = command(database, 'INSERT OR IGNORE INTO rules (name, began_ms) VALUES (?, ?)');
    this.#began = query<{ began_ms: number }>(database, 'SELECT began_ms FROM rules WHERE name = ?');
    this.#told = query<{ thing: string; state: string }>(database, 'SELECT thing, state FROM told WHERE rule = ?');
    this.#forget = command(database, 'DELETE FROM told WHERE rule = ?');
    this.#tell = command(database, 'INSERT INTO told (rule, thing, state) VALUES (?, ?, ?)');
    this.#add = command(database, 'INSERT OR IGNORE INTO notices (rule, event, found_ms, notice) VALUES (?, ?, ?, ?)');
    this.#message = query<{ message: string; state: string; attempts: number }>(
      database,
      'SELECT message, state, attempts FROM messages WHERE id = ?',
    );
    this.#queued = query<OpenMessage>(
      database,
      "SELECT id, retries FROM messages WHERE state = 'queued' ORDER BY created_ms",
    );
    this.#mark = command(
      database,
      `UPDATE messages SET state = ?1, attempts = attempts + 1, tried_ms = ?2, answer = ?3,
         message = CASE ?1 WHEN 'sent' THEN '' ELSE message END WHERE id = ?4 AND state = 'queued'`,
    );
  }

  /**
   * Begins rules that are new, and forgets those that are gone with what waited for them; messages that are queued are still sent.
   *
   * @param cursor  Behind the newest change: the first rules of all tell of what happens from there on.
   */
  beginRules(rules: readonly NotifyRule[], cursor: string, nowMs: number): void {
    this.#inTransaction(() => {
      const begin = command(this.database, 'INSERT OR IGNORE INTO state (name, value) VALUES (?, ?)');
      begin('cursor', cursor);
      begin('looked_ms', String(nowMs));
      for (const { name } of rules) this.#beginRule(name, nowMs);
      const names = JSON.stringify(rules.map(({ name }) => name));
      const gone = 'NOT IN (SELECT value FROM json_each(?))';
      command(this.database, `DELETE FROM rules WHERE name ${gone}`)(names);
      for (const table of ['told', 'unread']) command(this.database, `DELETE FROM ${table} WHERE rule ${gone}`)(names);
      command(this.database, `DELETE FROM notices WHERE batch IS NULL AND rule ${gone}`)(names);
    });
  }

  /** @returns when the rule began, in milliseconds since the epoch. */
  beganAt(rule: string): number {
    return this.#began.one(rule).began_ms;
  }

  /** @returns up to where changes were looked at, and when something was last found there. */
  position(): { readonly cursor: string; readonly lookedAtMs: number } {
    return { cursor: this.#state.one('cursor').value, lookedAtMs: Number(this.#state.one('looked_ms').value) };
  }

  told(rule: string): Told {
    return Object.fromEntries(this.#told.all(rule).map(({ thing, state }) => [thing, state]));
  }

  /** Keeps what rules are to tell of, together with the cursor behind the changes that it came from. */
  keepFound(found: readonly FoundNotice[], cursor: string, nowMs: number): void {
    const leave = command(this.database, 'INSERT OR IGNORE INTO unread (rule, event) VALUES (?, ?)');
    this.#inTransaction(() => {
      for (const one of found) {
        if ('unread' in one) leave(one.rule, JSON.stringify(one.unread));
        else this.#add(one.rule, one.notice.id, nowMs, JSON.stringify(one.notice));
      }
      this.#setState('cursor', cursor);
      this.#setState('looked_ms', String(nowMs));
    });
  }

  /** @returns some of the events whose records could not be read, each time others; at most a hundred. */
  unread(): { readonly rule: string; readonly unread: ArticleEvent }[] {
    const rows = query<{ rule: string; event: string }>(
      this.database,
      `SELECT rule, event FROM unread ORDER BY random() LIMIT ${UNREAD_MAX}`,
    ).all();
    return rows.map(({ rule, event }) => ({ rule, unread: JSON.parse(event) as ArticleEvent }));
  }

  /** @param notice  What the record of the event tells now; null: nothing. */
  keepRead(rule: string, event: ArticleEvent, notice: Notice | null, nowMs: number): void {
    this.#inTransaction(() => {
      if (notice !== null) this.#add(rule, notice.id, nowMs, JSON.stringify(notice));
      command(this.database, 'DELETE FROM unread WHERE rule = ? AND event = ?')(rule, JSON.stringify(event));
    });
  }

  /** Keeps what a rule is to tell of how things stand, together with that it was told. */
  keepStanding(rule: string, notices: readonly Notice[], told: Told, nowMs: number): void {
    this.#inTransaction(() => {
      for (const notice of notices) this.#add(rule, notice.id, nowMs, JSON.stringify(notice));
      this.#forget(rule);
      for (const [thing, state] of Object.entries(told)) this.#tell(rule, thing, state);
    });
  }

  /** Makes messages of what waits for a rule, as planned. @returns how many for each target. */
  makeMessages(rule: NotifyRule, plan: (waiting: Waiting) => Plan, nowMs: number): number {
    return this.#inTransaction(() => {
      const waiting = this.#waiting(rule.name, nowMs);
      const { single, gathered, isHeldBack } = plan(waiting);
      const setHeldBack = command(this.database, 'UPDATE rules SET held_back = ? WHERE name = ?');
      if (isHeldBack && !waiting.isHeldBack) setHeldBack(1, rule.name);
      if (single === 0 && gathered === null) return 0;
      setHeldBack(0, rule.name);
      const batches = [
        ...this.#take(rule.name, single).map((row) => ({ rows: [row], why: null })),
        ...(gathered === null ? [] : [{ rows: this.#take(rule.name, -1, single), why: gathered }]),
      ];
      // A millisecond apart: they go into the queue in the order of what happened.
      for (const [index, { rows, why }] of batches.entries()) this.#makeBatch(rule, rows, why, nowMs + index);
      return batches.length;
    });
  }

  #waiting(rule: string, nowMs: number): Waiting {
    const { count, since, held } = query<{ count: number; since: number | null; held: number }>(
      this.database,
      `SELECT count(*) AS count, (SELECT held_back FROM rules WHERE name = ?1) AS held,
         (SELECT found_ms FROM notices WHERE rule = ?1 AND batch IS NULL ORDER BY id LIMIT 1) AS since
       FROM notices WHERE rule = ?1 AND batch IS NULL`,
    ).one(rule);
    const lately = query<{ edits: number }>(
      this.database,
      `SELECT count(*) AS edits FROM (SELECT 1 FROM notices
       WHERE rule = ? AND event GLOB 'edit *' AND found_ms > ? LIMIT ${EDITS_MAX + 1})`,
    );
    // From the oldest that waits: a flood is still one when its wait is over, or this program was away.
    const editsLately = count === 0 ? 0 : lately.one(rule, Math.min(nowMs, since ?? nowMs) - EDITS_MS).edits;
    const inHour = query<{ at: number | null }>(
      this.database,
      'SELECT max(created_ms) AS at FROM messages WHERE rule = ? AND created_ms > ? GROUP BY batch ORDER BY at',
    ).all(rule, nowMs - HOUR_MS);
    const newest = query<{ at: number | null }>(
      this.database,
      'SELECT max(created_ms) AS at FROM messages WHERE rule = ?',
    ).one(rule);
    const sentAtMs = (inHour.length > 0 ? inHour : [newest]).flatMap(({ at }) => at ?? []);
    return { count, sinceMs: since ?? nowMs, isHeldBack: held === 1, editsLately, sentAtMs };
  }

  #take(rule: string, limit: number, offset = 0): NoticeRow[] {
    return query<NoticeRow>(
      this.database,
      'SELECT id, event, notice FROM notices WHERE rule = ? AND batch IS NULL ORDER BY id LIMIT ? OFFSET ?',
    ).all(rule, limit, offset);
  }

  #makeBatch({ name, to }: NotifyRule, rows: readonly NoticeRow[], gathered: Message['gathered'], nowMs: number): void {
    if (rows.length === 0) return;
    const events = rows.map(({ event }) => event);
    const batch = messageId(name, '', events);
    const put = command(
      this.database,
      `INSERT OR IGNORE INTO messages (id, batch, rule, target, created_ms, message, state) VALUES (?, ?, ?, ?, ?, ?, 'queued')`,
    );
    const notices = rows.slice(0, NOTICES_MAX).map(({ notice }) => noticeSchema.parse(JSON.parse(notice)));
    for (const target of to) {
      const id = messageId(name, target, events);
      const about = { rule: name, target, createdAt: toUtcInstant(nowMs), gathered, isTest: false };
      const message: Message = { v: 1, id, ...about, total: rows.length, notices };
      put(id, batch, name, target, nowMs, JSON.stringify(message));
    }
    // The messages now have its content; the fact that it was told is remembered.
    const taken = command(this.database, 'UPDATE notices SET batch = ?, notice = NULL WHERE id = ?');
    for (const { id } of rows) taken(batch, id);
  }

  /** @returns the messages that are to be in the queue, oldest first: some hundred for a target that is away for a day. */
  queued(): readonly OpenMessage[] {
    return this.#queued.all();
  }

  /** @returns null where it is not to be sent: there is none, it was sent, or given up. @throws where it is of no form that is known. */
  toSend(id: string): Message | null {
    const row = this.#message.get(id);
    return row?.state === 'queued' ? messageSchema.parse(JSON.parse(row.message)) : null;
  }

  /**
   * Records the result of an attempt.
   *
   * @param state `queued`: there will be another attempt.
   */
  noteTry(id: string, state: 'queued' | 'sent' | 'undelivered', answer: string, nowMs: number): void {
    this.#mark(state, nowMs, answer, id);
  }

  /** @returns how many of these undelivered messages are queued again, or given up. */
  decide(action: 'retry' | 'drop', ids: readonly string[]): number {
    const change = action === 'retry' ? "state = 'queued', attempts = 0, retries = retries + 1" : "state = 'dropped'";
    const undelivered = "state = 'undelivered' AND id IN (SELECT value FROM json_each(?))";
    const statement = this.database.prepare(`UPDATE messages SET ${change} WHERE ${undelivered}`);
    return statement.run(JSON.stringify(ids)).changes;
  }

  /** Says what of the work on notices fails now, for those who read it beside. */
  noteTroubles(troubles: readonly Trouble[]): void {
    this.#setState('troubles', JSON.stringify(troubles));
  }

  /** Removes entries that are older than ninety days and finished. */
  forgetOld(nowMs: number): void {
    this.#inTransaction(() => {
      const old = nowMs - KEPT_MS;
      command(this.database, "DELETE FROM messages WHERE created_ms < ? AND state <> 'queued'")(old);
      command(this.database, 'DELETE FROM notices WHERE found_ms < ? AND batch IS NOT NULL')(old);
    });
  }

  #inTransaction<Result>(work: () => Result): Result {
    this.database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.database.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      throw error;
    }
  }
}

interface NoticeRow {
  readonly id: number;
  readonly event: string;
  readonly notice: string;
}
