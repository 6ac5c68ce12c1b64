import { CronExpressionParser } from 'cron-parser';
import { HOUR_MS, MINUTE_MS } from '../../domain/units.js';
import type { NotifyRule } from '../../config/config.js';
import type { Message } from '../notices/notice.js';

/** What waits to be told of by one rule. */
export interface Waiting {
  readonly count: number;
  /** When the oldest of it was found; milliseconds since the epoch. */
  readonly sinceMs: number;
  /** Whether some of it was held back by `perHourMax`. */
  readonly isHeldBack: boolean;
  /** Edits that were found for it since {@link EDITS_MS} before the oldest of it, told ones too; counted up to one more than {@link EDITS_MAX}. */
  readonly editsLately: number;
  /** When the rule sent its messages of the last hour, and the newest of all; oldest first. */
  readonly sentAtMs: readonly number[];
}

/** How many messages of one notice each, and how the rest is told in one. Nothing of either: it waits. */
export interface Plan {
  readonly single: number;
  readonly gathered: Message['gathered'];
  /** Nothing more may be sent in this hour. */
  readonly isHeldBack: boolean;
}

/**
 * If there are more edits than this in the period, it is likely that pages have a new form rather than that so many
 * articles were changed. Then they are told together.
 */
export const EDITS_MS = 10 * MINUTE_MS;
export const EDITS_MAX = 10;
const NOTHING: Plan = { single: 0, gathered: null, isHeldBack: false };

/**
 * Decides what of that which waits a rule tells now.
 *
 * Pure. In any hour there are at most `perHourMax` messages; where more waits than these may hold, the last of them holds all the rest.
 */
export function planSending(rule: NotifyRule, waiting: Waiting, nowMs: number): Plan {
  const { count, sinceMs, sentAtMs, isHeldBack, editsLately } = waiting;
  if (count === 0 || isQuietHour(rule, nowMs)) return NOTHING;
  // A message of later than now is of a clock that was set back since: it holds nothing up.
  const newestMs = sentAtMs.findLast((at) => at <= nowMs) ?? -Infinity;
  if (nowMs < newestMs + rule.quietMinutes * MINUTE_MS) return NOTHING;
  // What was found later than now is of a clock that was set back, too, and waits no longer.
  const isEarly = rule.digest !== null && sinceMs <= nowMs && nowMs < nextTime(rule.digest, rule.timeZone, sinceMs);
  if (isEarly) return NOTHING;
  const isFlooded = rule.digest === null && editsLately > EDITS_MAX;
  if (isFlooded && nowMs < newestMs + EDITS_MS) return NOTHING;
  const room = rule.perHourMax - sentAtMs.filter((at) => Math.abs(at - nowMs) < HOUR_MS).length;
  if (room <= 0) return { ...NOTHING, isHeldBack: true };
  if (rule.digest !== null) return { ...NOTHING, gathered: 'digest' };
  if (count > 1 && isHeldBack) return { ...NOTHING, gathered: 'limit' };
  if (count > 1 && (rule.quietMinutes > 0 || isQuietHour(rule, sinceMs))) return { ...NOTHING, gathered: 'quiet' };
  if (count > 1 && isFlooded) return { ...NOTHING, gathered: 'edits' };
  if (count <= room) return { ...NOTHING, single: count };
  return { single: room - 1, gathered: 'limit', isHeldBack: false };
}

function isQuietHour({ quietHours, timeZone }: NotifyRule, atMs: number): boolean {
  if (quietHours === null) return false;
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const now = time.format(atMs);
  const [from = '', until = ''] = quietHours.split('-');
  return from < until ? now >= from && now < until : now >= from || now < until;
}

/** The first time of the cron after a moment. */
function nextTime(cron: string, tz: string, afterMs: number): number {
  return CronExpressionParser.parse(cron, { currentDate: new Date(afterMs), tz })
    .next()
    .getTime();
}
