import { describe, expect, it } from 'vitest';
import { planSending, type Waiting } from '../../../src/notify/plan/plan-sending.js';
import { RULE } from './sample-notices.js';

const at = (time: string): number => Date.parse(`2026-11-25T${time}Z`);
const waiting = (changes: Partial<Waiting> = {}): Waiting => ({
  count: 3,
  sinceMs: at('10:00:00'),
  isHeldBack: false,
  editsLately: 0,
  sentAtMs: [],
  ...changes,
});
const WAITS = { single: 0, gathered: null, isHeldBack: false };

describe('planSending', () => {
  it('tells each of a few at once', () => {
    expect(planSending(RULE, waiting(), at('10:00:01'))).toEqual({ ...WAITS, single: 3 });
    expect(planSending(RULE, waiting({ count: 0 }), at('10:00:01'))).toEqual(WAITS);
  });

  it('tells the rest in one message where there are more than the hour has room for', () => {
    expect(planSending(RULE, waiting({ count: 10_000 }), at('10:00:01'))).toEqual({
      ...WAITS,
      single: 19,
      gathered: 'limit',
    });
    const four = [at('09:30:00'), at('09:31:00'), at('09:32:00'), at('09:33:00')];
    const rule = { ...RULE, perHourMax: 5 };
    expect(planSending(rule, waiting({ sentAtMs: four }), at('10:00:01'))).toEqual({ ...WAITS, gathered: 'limit' });
    expect(planSending(rule, waiting({ sentAtMs: four, count: 1 }), at('10:00:01'))).toEqual({ ...WAITS, single: 1 });
  });

  it('holds back what the hour has no room for, and tells it in one message when it has', () => {
    const rule = { ...RULE, perHourMax: 1 };
    const sentAtMs = [at('09:30:00')];
    expect(planSending(rule, waiting({ sentAtMs }), at('10:29:59'))).toEqual({ ...WAITS, isHeldBack: true });
    expect(planSending(rule, waiting({ sentAtMs, isHeldBack: true }), at('10:30:00'))).toEqual({
      ...WAITS,
      gathered: 'limit',
    });
  });

  it('tells many edits within ten minutes in one message, and the next ones ten minutes later', () => {
    const editsLately = 11;
    expect(planSending(RULE, waiting({ editsLately: 10 }), at('10:00:01'))).toEqual({ ...WAITS, single: 3 });
    expect(planSending(RULE, waiting({ editsLately }), at('10:00:01'))).toEqual({ ...WAITS, gathered: 'edits' });
    const after = waiting({ editsLately, sentAtMs: [at('10:00:01')] });
    expect(planSending(RULE, after, at('10:10:00'))).toEqual(WAITS);
    expect(planSending(RULE, after, at('10:10:01'))).toEqual({ ...WAITS, gathered: 'edits' });
    const digest = { ...RULE, digest: '0 8 * * *' };
    expect(planSending(digest, waiting({ editsLately }), at('10:00:01'))).toEqual(WAITS);
  });

  it('does not take a night’s edits, or those of a full hour, for another form of the site', () => {
    const night = { ...RULE, quietHours: '22:00-07:00', timeZone: 'UTC' };
    const since = { editsLately: 11, sinceMs: at('01:00:00') };
    expect(planSending(night, waiting(since), at('07:00:00'))).toEqual({ ...WAITS, gathered: 'quiet' });
    const rule = { ...RULE, perHourMax: 1 };
    const held = waiting({ editsLately: 11, isHeldBack: true, sentAtMs: [at('09:30:00')] });
    expect(planSending(rule, held, at('10:30:00'))).toEqual({ ...WAITS, gathered: 'limit' });
  });

  it('waits for the quiet minutes to be over, and then tells what came in one', () => {
    const rule = { ...RULE, quietMinutes: 15 };
    const sentAtMs = [at('09:50:00')];
    expect(planSending(rule, waiting({ sentAtMs }), at('10:04:59'))).toEqual(WAITS);
    expect(planSending(rule, waiting({ sentAtMs }), at('10:05:00'))).toEqual({ ...WAITS, gathered: 'quiet' });
    expect(planSending(rule, waiting({ sentAtMs, count: 1 }), at('10:05:00'))).toEqual({ ...WAITS, single: 1 });
  });

  it('is not held up by messages of later than now: the clock was set back', () => {
    const sentAtMs = [at('10:00:00'), at('10:00:00') + 4];
    expect(planSending(RULE, waiting({ sentAtMs, count: 1 }), at('10:00:00'))).toEqual({ ...WAITS, single: 1 });
    const tomorrow = [Date.parse('2026-11-26T10:00:00Z'), Date.parse('2026-11-26T10:00:01Z')];
    for (const rule of [
      { ...RULE, perHourMax: 2 },
      { ...RULE, quietMinutes: 15, perHourMax: 2 },
    ]) {
      const plan = planSending(rule, waiting({ sentAtMs: tomorrow, count: 1 }), at('10:00:01'));
      expect(plan).toEqual({ ...WAITS, single: 1 });
    }
    const quiet = { ...RULE, quietMinutes: 15 };
    expect(planSending(quiet, waiting({ sentAtMs }), at('10:14:59'))).toEqual(WAITS);
  });

  it('says nothing in the quiet hours, also over midnight and in their own zone', () => {
    const rule = { ...RULE, quietHours: '22:00-07:00', timeZone: 'Asia/Yerevan' };
    const since = { sinceMs: at('20:00:00') };
    // 22:00 in Yerevan is 18:00 UTC, 07:00 is 03:00 UTC.
    expect(planSending(rule, waiting({ sinceMs: at('17:59:58') }), at('17:59:59'))).toEqual({ ...WAITS, single: 3 });
    expect(planSending(rule, waiting(since), at('20:00:01'))).toEqual(WAITS);
    expect(planSending(rule, waiting(since), Date.parse('2026-11-26T02:59:59Z'))).toEqual(WAITS);
    expect(planSending(rule, waiting(since), Date.parse('2026-11-26T03:00:00Z'))).toEqual({
      ...WAITS,
      gathered: 'quiet',
    });
  });

  it('lets no event of later than now wait for its digest: the clock was set back', () => {
    const rule = { ...RULE, digest: '0 8 * * *' };
    const sinceMs = Date.parse('2031-01-01T00:00:00Z');
    expect(planSending(rule, waiting({ sinceMs }), at('10:00:01'))).toEqual({ ...WAITS, gathered: 'digest' });
  });

  it('tells a digest at its times only', () => {
    const rule = { ...RULE, digest: '0 8 * * *', timeZone: 'Asia/Yerevan' };
    expect(planSending(rule, waiting(), Date.parse('2026-11-26T03:59:59Z'))).toEqual(WAITS);
    expect(planSending(rule, waiting({ count: 1 }), Date.parse('2026-11-26T04:00:00Z'))).toEqual({
      ...WAITS,
      gathered: 'digest',
    });
  });
});
