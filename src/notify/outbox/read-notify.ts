import { z } from 'zod';
import type { NotifyRule, NotifySettings } from '../../config/config.js';
import { openOutboxForReading } from './outbox-database.js';
import { toUtcInstant } from '../../platform/clock.js';
import { type Database, query } from '../../store/catalogue/database.js';

/** How telling people goes; the one form of it: `notify`, `status` and the web page. */
export interface NotifyStatus {
  /** Every configured rule. */
  readonly rules: readonly (RuleStatus & Pick<NotifyRule, 'on' | 'to' | 'enabled'>)[];
  /** What of looking for events, making and queueing messages fails now; it is tried again every ten seconds. */
  readonly troubles: readonly Trouble[];
  readonly undelivered: {
    readonly count: number;
    /** The oldest hundred. */
    readonly messages: readonly CountedMessage[];
  };
}

const SHOWN_MAX = 100;
const NEVER = { waiting: 0, queued: 0, sent: 0, undelivered: 0, lastSentAt: null, lastFailure: null };

/** Reads it beside the process that does it. */
export function readNotify({
  dataDir,
  notify,
}: {
  readonly dataDir: string;
  readonly notify: Pick<NotifySettings, 'rules'>;
}): NotifyStatus {
  const database = openOutboxForReading(dataDir);
  try {
    const reads = database === null ? null : new OutboxReads(database);
    const begun = reads?.rules() ?? [];
    const rules = notify.rules.map(({ name, on, to, enabled }) => ({
      ...(begun.find(({ rule }) => rule === name) ?? { rule: name, ...NEVER }),
      ...{ on, to, enabled },
    }));
    const messages = reads?.undelivered(SHOWN_MAX) ?? [];
    return {
      rules,
      troubles: reads?.troubles() ?? [],
      undelivered: { count: reads?.undeliveredCount() ?? 0, messages },
    };
  } finally {
    database?.close();
  }
}

/** Which messages of a rule are asked for. */
export interface MessagesAsked {
  readonly rule: string;
  readonly state: CountedState;
  readonly limit: number;
  readonly offset: number;
}

/** Lists what a number of {@link readNotify} counts, newest first. */
export function readRuleMessages(dataDir: string, { rule, state, limit, offset }: MessagesAsked): CountedMessage[] {
  const database = openOutboxForReading(dataDir);
  try {
    return database === null ? [] : new OutboxReads(database).ofRule(rule, state, limit, offset);
  } finally {
    database?.close();
  }
}

/** How a rule does. */
interface RuleStatus {
  readonly rule: string;
  /** Notices that wait for the end of a quiet time, for a digest, or for the next hour. */
  readonly waiting: number;
  /** Messages under way, those that are tried again among them. */
  readonly queued: number;
  readonly sent: number;
  readonly undelivered: number;
  readonly lastSentAt: string | null;
  /** The answer to the newest message that was not accepted; null if all were. */
  readonly lastFailure: string | null;
}

/** The parts of the work on notices. docs/operations.md says what to do about each. */
export const NOTIFY_STEPS = ['events', 'records', 'standing', 'messages', 'old', 'queue'] as const;
export type NotifyStep = (typeof NOTIFY_STEPS)[number];

const troubleSchema = z.object({
  step: z.string(),
  /** UTC instant. */
  since: z.string(),
  reason: z.string(),
});

/** A part of the work on notices that fails, and is tried again. */
export type Trouble = z.infer<typeof troubleSchema>;

/** What is counted of each rule: notices that wait, and messages by how they stand. */
export const COUNTED_STATES = ['waiting', 'queued', 'sent', 'undelivered'] as const;
export type CountedState = (typeof COUNTED_STATES)[number];

/** A message, or a notice that is not in one yet. */
export interface CountedMessage {
  readonly id: string;
  readonly rule: string;
  /** Empty for a notice. */
  readonly target: string;
  readonly createdAt: string;
  readonly triedAt: string | null;
  readonly attempts: number;
  /** The answer. */
  readonly answer: string;
  /** Its subject, in one line; of one that was sent its event. */
  readonly about: string;
}

/** The content of a message goes when it is sent. */
const MESSAGES = `
  SELECT id, rule, target, created_ms AS createdMs, tried_ms AS triedMs, attempts, coalesce(answer, '') AS answer,
    CASE WHEN state = 'sent' THEN (SELECT CASE count(*) WHEN 1 THEN max(event) ELSE count(*) || ' notifications' END
        FROM notices n WHERE n.batch = m.batch)
      WHEN message ->> '$.total' = 1 THEN (message ->> '$.notices[0].summary') || ': ' || (message ->> '$.notices[0].title')
      ELSE (message ->> '$.total') || ' notifications' END AS about
  FROM messages m`;
const NOTICES = `
  SELECT event AS id, rule, '' AS target, found_ms AS createdMs, NULL AS triedMs, 0 AS attempts, '' AS answer,
    (notice ->> '$.summary') || ': ' || (notice ->> '$.title') AS about
  FROM notices`;

/** Rows as they stand, seen beside the process that writes them. */
export class OutboxReads {
  constructor(private readonly database: Database) {}

  /** Every rule that has begun, by name; of messages of the last ninety days. */
  rules(): RuleStatus[] {
    type Row = Omit<RuleStatus, 'lastSentAt'> & { readonly lastSentMs: number | null };
    const rows = query<Row>(
      this.database,
      `SELECT r.name AS rule, (SELECT count(*) FROM notices n WHERE n.rule = r.name AND n.batch IS NULL) AS waiting,
         count(*) FILTER (WHERE m.state = 'queued') AS queued, count(*) FILTER (WHERE m.state = 'sent') AS sent,
         count(*) FILTER (WHERE m.state = 'undelivered') AS undelivered,
         max(m.tried_ms) FILTER (WHERE m.state = 'sent') AS lastSentMs,
         (SELECT f.answer FROM messages f WHERE f.rule = r.name AND f.state <> 'sent' AND f.answer IS NOT NULL
            ORDER BY f.tried_ms DESC LIMIT 1) AS lastFailure
       FROM rules r LEFT JOIN messages m ON m.rule = r.name GROUP BY r.name ORDER BY r.name`,
    ).all();
    return rows.map(({ lastSentMs, ...row }) => ({
      ...row,
      lastSentAt: lastSentMs === null ? null : toUtcInstant(lastSentMs),
    }));
  }

  /** What of the work on notices fails now. */
  troubles(): Trouble[] {
    const row = query<{ value: string }>(this.database, "SELECT value FROM state WHERE name = 'troubles'").get();
    return row === null ? [] : z.array(troubleSchema).parse(JSON.parse(row.value));
  }

  /** How many messages were not delivered, of all rules. */
  undeliveredCount(): number {
    return query<{ n: number }>(this.database, "SELECT count(*) AS n FROM messages WHERE state = 'undelivered'").one()
      .n;
  }

  /** Oldest first. */
  undelivered(limit: number): CountedMessage[] {
    return this.#read(`${MESSAGES} WHERE state = 'undelivered' ORDER BY created_ms, id LIMIT ?`, limit);
  }

  /** What a count of {@link rules} counts, newest first. */
  ofRule(rule: string, state: CountedState, limit: number, offset: number): CountedMessage[] {
    const waiting = `${NOTICES} WHERE rule = ? AND batch IS NULL ORDER BY id DESC LIMIT ? OFFSET ?`;
    if (state === 'waiting') return this.#read(waiting, rule, limit, offset);
    const text = `${MESSAGES} WHERE rule = ? AND state = ? ORDER BY created_ms DESC, id LIMIT ? OFFSET ?`;
    return this.#read(text, rule, state, limit, offset);
  }

  #read(text: string, ...values: readonly (string | number)[]): CountedMessage[] {
    type Row = Omit<CountedMessage, 'createdAt' | 'triedAt'> & {
      readonly createdMs: number;
      readonly triedMs: number | null;
    };
    const rows = query<Row>(this.database, text).all(...values);
    return rows.map(({ createdMs, triedMs, ...row }) => ({
      ...row,
      createdAt: toUtcInstant(createdMs),
      triedAt: triedMs === null ? null : toUtcInstant(triedMs),
    }));
  }
}
