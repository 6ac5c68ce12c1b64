import type { NotifyRule } from '../../config/config.js';
import { toUtcInstant } from '../../platform/clock.js';
import { noticesOf, readNotice, type ArticleEvent, type CorpusReads } from '../../notify/notices/find-notices.js';
import { stateNotices, type Standing } from '../../notify/notices/state-notices.js';
import type { Outbox } from '../../notify/outbox/outbox.js';
import { planSending } from '../../notify/plan/plan-sending.js';

export interface EventsRead {
  readonly events: readonly ArticleEvent[];
  /** Behind the last of them. */
  readonly cursor: string;
  readonly hasMore: boolean;
}

export interface EventSource extends CorpusReads {
  /**
   * @param lookedAtMs  When events were looked at last, for where the cursor is void.
   * @returns           What has happened behind the cursor, oldest first, at most `limit`.
   */
  readEvents(after: string, lookedAtMs: number, limit: number): EventsRead;
  /** How things stand now. */
  readStanding(): Standing;
}

export interface WatchDependencies {
  readonly outbox: Outbox;
  readonly source: EventSource;
  readonly rules: readonly NotifyRule[];
  readonly publicUrl: string | null;
  readonly now: () => number;
}

/** Events that are looked at in one transaction. */
const EVENTS_AT_ONCE = 200;
/** Events examined in one round; further ones are left to the next round. */
const LOOKS_MAX = 50;

/** Stores the events since the last look as notices of the rules that ask for them. */
export async function collectEvents({ outbox, source, rules, publicUrl, now }: WatchDependencies): Promise<void> {
  const begun = rules.map((rule) => ({ rule, beganMs: outbox.beganAt(rule.name) }));
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const { cursor: before, lookedAtMs } = outbox.position();
    const { events, cursor, hasMore } = source.readEvents(before, lookedAtMs, EVENTS_AT_ONCE);
    if (cursor === before) return;
    const found = events.flatMap((event) => noticesOf(event, begun, source, publicUrl));
    outbox.keepFound(found, cursor, now());
    if (!hasMore) return;
    // Others are served in between.
    await new Promise(setImmediate);
  }
}

/** Records that are named at a time. */
const NAMED_MAX = 5;

/** Reads the records again that could not be read. @throws {Error} afterwards, with the articles whose records still cannot be. */
export function readAgain({ outbox, source, publicUrl, now }: WatchDependencies): void {
  const damaged = new Set<string>();
  for (const { rule, unread } of outbox.unread()) {
    const notice = readNotice(unread, source, publicUrl);
    if (notice === 'unreadable') damaged.add(unread.key);
    else outbox.keepRead(rule, unread, notice, now());
  }
  if (damaged.size === 0) return;
  const named = [...damaged].sort().slice(0, NAMED_MAX).join(', ');
  const more = damaged.size > NAMED_MAX ? ` and ${damaged.size - NAMED_MAX} more` : '';
  throw new Error(
    `cannot read the records of ${named}${more}: \`sputnik verify\` says why; they are told once they can be read`,
  );
}

const STATE_KINDS: readonly string[] = ['edition', 'quarantine', 'drift'];

/** Stores changes of states, for each rule since its last notice. */
export function collectStanding({ outbox, source, rules, now }: WatchDependencies): void {
  const concerned = rules.filter(({ on }) => on.some((kind) => STATE_KINDS.includes(kind)));
  if (concerned.length === 0) return;
  const standing = source.readStanding();
  forEachRule(concerned, (rule) => {
    const { notices, told } = stateNotices(rule, standing, outbox.told(rule.name), toUtcInstant(now()));
    outbox.keepStanding(rule.name, notices, told, now());
  });
}

/**
 * Makes messages of due notices.
 *
 * @param onMade Called if there are new messages.
 */
export function makeDueMessages({ outbox, rules, now }: WatchDependencies, onMade: () => void): void {
  forEachRule(rules, (rule) => {
    const nowMs = now();
    if (outbox.makeMessages(rule, (waiting) => planSending(rule, waiting, nowMs), nowMs) > 0) onMade();
  });
}

/** Works through all rules, whatever fails with one of them. @throws {Error} afterwards, with the rule's name, what failed first. */
function forEachRule(rules: readonly NotifyRule[], work: (rule: NotifyRule) => void): void {
  const failures: Error[] = [];
  for (const rule of rules) {
    try {
      work(rule);
    } catch (error) {
      failures.push(new Error(`rule ${rule.name}: ${String(error)}`, { cause: error }));
    }
  }
  if (failures[0] !== undefined) throw failures[0];
}
