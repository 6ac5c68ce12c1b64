import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OutboxReads } from '../../../src/notify/outbox/read-notify.js';
import { openOutboxDatabase, openOutboxForReading } from '../../../src/notify/outbox/outbox-database.js';
import { Outbox } from '../../../src/notify/outbox/outbox.js';
import { planSending, type Waiting } from '../../../src/notify/plan/plan-sending.js';
import type { ArticleKey } from '../../../src/domain/page.js';
import type { ArticleEvent } from '../../../src/notify/notices/find-notices.js';
import { noticeOf, RULE } from './sample-notices.js';

const NOW = Date.parse('2026-11-25T10:00:00Z');
const DAY_MS = 86_400_000;

let folder: string;
let outbox: Outbox;
let close: () => void;

function open(): void {
  const database = openOutboxDatabase(folder);
  outbox = new Outbox(database);
  close = () => {
    database.close();
  };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'outbox-'));
  open();
  outbox.beginRules([RULE], 'e.0', NOW);
});

afterEach(() => {
  close();
  rmSync(folder, { recursive: true });
});

const found = (...numbers: number[]) =>
  numbers.map((number) => ({
    rule: RULE.name,
    notice: noticeOf({ id: `article a.example/${number}`, title: `Title ${number}` }),
  }));
const edits = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => ({
    rule: RULE.name,
    notice: noticeOf({ id: `edit a.example/${from + at} b 2026`, title: `Title ${from + at}` }),
  }));
const makeMessages = (rule = RULE, nowMs = NOW): number =>
  outbox.makeMessages(rule, (waiting: Waiting) => planSending(rule, waiting, nowMs), nowMs);
const queuedMessages = () => outbox.queued().map(({ id }) => outbox.toSend(id));

describe('Outbox', () => {
  it('makes one message for each target of what was found, whatever is found again', () => {
    const rule = { ...RULE, to: ['desk', 'phone'] };
    outbox.keepFound(found(1, 2), 'e.2', NOW);
    expect(makeMessages(rule)).toBe(2);
    // The same events, after a cursor that was void.
    outbox.keepFound(found(1, 2), 'f.9', NOW);
    expect(makeMessages(rule)).toBe(0);
    expect(
      queuedMessages()
        .map((message) => [message?.target, message?.notices[0]?.title])
        .sort(),
    ).toEqual([
      ['desk', 'Title 1'],
      ['desk', 'Title 2'],
      ['phone', 'Title 1'],
      ['phone', 'Title 2'],
    ]);
    expect(outbox.position()).toEqual({ cursor: 'f.9', lookedAtMs: NOW });
  });

  it('queues what one look has found in the order in which it happened', () => {
    const numbers = Array.from({ length: 15 }, (_, at) => at + 1);
    outbox.keepFound(found(...numbers), 'e.15', NOW);
    expect(makeMessages()).toBe(15);
    expect(queuedMessages().map((message) => message?.notices[0]?.title)).toEqual(numbers.map((n) => `Title ${n}`));
  });

  it('tells of a dozen edits in one message, also where they come one after the other', () => {
    outbox.keepFound(edits(0, 12), 'e.1', NOW);
    expect(makeMessages()).toBe(1);
    expect(queuedMessages()[0]).toMatchObject({ gathered: 'edits', total: 12 });
    outbox.keepFound(edits(12, 14), 'e.2', NOW + 60_000);
    expect(makeMessages(RULE, NOW + 60_000)).toBe(0);
    expect(makeMessages(RULE, NOW + 600_001)).toBe(1);
    expect(queuedMessages()[1]).toMatchObject({ gathered: 'edits', total: 2 });
  });

  it('gathers a burst of edits that ended before the wait for the next message did, also after a return', () => {
    outbox.keepFound(edits(0, 1), 'e.1', NOW);
    expect(makeMessages()).toBe(1);
    outbox.keepFound(edits(1, 13), 'e.2', NOW + 1_000);
    expect(makeMessages(RULE, NOW + 1_000)).toBe(0);
    close();
    open();
    expect(makeMessages(RULE, NOW + DAY_MS)).toBe(1);
    expect(queuedMessages()[1]).toMatchObject({ gathered: 'edits', total: 12 });
  });

  it('counts the edits of each rule, however much another one has found meanwhile', () => {
    const other = { ...RULE, name: 'other' };
    outbox.beginRules([RULE, other], 'e.0', NOW);
    outbox.keepFound(edits(0, 12), 'e.1', NOW);
    const many = found(...Array.from({ length: 500 }, (_, at) => at + 1));
    outbox.keepFound(
      many.map(({ notice }) => ({ rule: other.name, notice })),
      'e.2',
      NOW,
    );
    expect(makeMessages()).toBe(1);
    expect(queuedMessages()[0]).toMatchObject({ rule: RULE.name, gathered: 'edits', total: 12 });
  });

  it('counts edits by an index, which a file of before is given when it is opened', () => {
    close();
    const before = openOutboxDatabase(folder);
    before.exec('DROP INDEX IF EXISTS notices_edits');
    before.close();
    const database = openOutboxDatabase(folder);
    close = () => {
      database.close();
    };
    outbox = new Outbox(database);
    const prepare = vi.spyOn(database, 'prepare');
    outbox.keepFound(edits(0, 12), 'e.1', NOW);
    expect(makeMessages()).toBe(1);
    const counting = prepare.mock.calls.map(([text]) => text).filter((text) => text.includes("GLOB 'edit *'"));
    expect(counting).toHaveLength(1);
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${counting[0]}`).all(RULE.name, NOW);
    expect(JSON.stringify(plan)).toContain('INDEX notices_edits (rule=? AND found_ms>?)');
  });

  it('holds ten thousand articles back and tells all of them in two messages', () => {
    const rule = { ...RULE, perHourMax: 1 };
    outbox.keepFound(found(0), 'e.1', NOW);
    expect(makeMessages(rule)).toBe(1);
    outbox.keepFound(found(...Array.from({ length: 10_000 }, (_, at) => at + 1)), 'e.2', NOW);
    expect(makeMessages(rule, NOW + 1)).toBe(0);
    expect(makeMessages(rule, NOW + 3_600_000)).toBe(1);
    const last = queuedMessages().at(-1);
    expect(last?.total).toBe(10_000);
    expect(last?.notices).toHaveLength(200);
    expect(last?.gathered).toBe('limit');
  });

  it('knows after a restart what waits, what is to be sent and what a rule was told', () => {
    outbox.keepFound(found(1), 'e.1', NOW);
    outbox.keepStanding(RULE.name, [], { 'edition a.example': 'late' }, NOW);
    makeMessages();
    const [before] = outbox.queued();
    outbox.keepFound(found(2), 'e.2', NOW);
    close();
    open();
    outbox.beginRules([RULE], 'e.0', NOW + DAY_MS);
    expect(outbox.beganAt(RULE.name)).toBe(NOW);
    expect(outbox.queued()).toEqual([before]);
    expect(outbox.told(RULE.name)).toEqual({ 'edition a.example': 'late' });
    expect(makeMessages()).toBe(1);
  });

  it('lists what was not delivered until somebody has it sent again, or drops it', () => {
    outbox.keepFound(found(1, 2), 'e.1', NOW);
    makeMessages();
    const ids = outbox.queued().map(({ id }) => id);
    for (const id of ids) outbox.noteTry(id, 'undelivered', 'HTTP 404 gone', NOW + 1_000);
    expect(outbox.queued()).toEqual([]);
    const database = openOutboxForReading(folder);
    const reads = new OutboxReads(database!);
    expect(reads.undelivered(10)).toMatchObject([
      { rule: 'armenia', target: 'desk', attempts: 1, answer: 'HTTP 404 gone', triedAt: '2026-11-25T10:00:01Z' },
      { about: expect.stringMatching(/^New article: Title [12]$/) as string },
    ]);
    expect(outbox.decide('retry', ids.slice(0, 1))).toBe(1);
    expect(outbox.decide('drop', ids)).toBe(1);
    expect(outbox.queued()).toEqual([{ id: ids[0], retries: 1 }]);
    expect(reads.rules()).toMatchObject([{ rule: 'armenia', queued: 1, undelivered: 0, sent: 0 }]);
    outbox.noteTry(ids[0] ?? '', 'sent', 'HTTP 200', NOW + 2_000);
    expect(reads.rules()).toMatchObject([{ sent: 1, lastSentAt: '2026-11-25T10:00:02Z' }]);
    // What was sent stays sent.
    outbox.noteTry(ids[0] ?? '', 'undelivered', 'late news', NOW + 3_000);
    expect(reads.undeliveredCount()).toBe(0);
    database!.close();
  });

  it('begins with what happens from the first start on, not from the first look on', () => {
    expect(outbox.position()).toEqual({ cursor: 'e.0', lookedAtMs: NOW });
    outbox.beginRules([RULE], 'e.7', NOW + DAY_MS);
    expect(outbox.position()).toEqual({ cursor: 'e.0', lookedAtMs: NOW });
  });

  it('keeps events whose records cannot be read until they can be, or their rule is gone', () => {
    const events = [1, 2].map((n): ArticleEvent => ({
      ...{ what: 'article', key: `a.example/${1000 + n}` as ArticleKey, at: '2026-11-25T10:00:00Z', publishedAt: null },
    }));
    for (const again of ['e.1', 'f.1']) {
      const unread = events.map((event) => ({ rule: RULE.name, unread: event }));
      outbox.keepFound(unread, again, NOW);
    }
    expect(makeMessages()).toBe(0);
    close();
    open();
    const waiting = () => outbox.unread().map(({ unread }) => unread.key);
    expect(waiting().sort()).toEqual(events.map(({ key }) => key));
    outbox.keepRead(RULE.name, events[0]!, noticeOf({ title: 'Title 1' }), NOW);
    expect(makeMessages()).toBe(1);
    expect(waiting()).toEqual([events[1]!.key]);
    outbox.beginRules([], 'f.1', NOW);
    expect(waiting()).toEqual([]);
  });

  it('gives every message to the queue, however many an old outage holds before it', () => {
    const rule = { ...RULE, perHourMax: 2_000 };
    outbox.keepFound(found(...Array.from({ length: 1_500 }, (_, at) => at + 1)), 'e.1', NOW);
    expect(makeMessages(rule)).toBe(1_500);
    expect(outbox.queued()).toHaveLength(1_500);
  });

  it('forgets rules that are gone, and begins again with them', () => {
    outbox.keepFound(found(1), 'e.1', NOW);
    outbox.beginRules([], 'e.0', NOW);
    outbox.beginRules([RULE], 'e.0', NOW + 5);
    expect(makeMessages()).toBe(0);
    expect(outbox.beganAt(RULE.name)).toBe(NOW + 5);
  });

  it('remembers what was told for ninety days', () => {
    outbox.keepFound(found(1), 'e.1', NOW);
    makeMessages();
    for (const { id } of outbox.queued()) outbox.noteTry(id, 'sent', '', NOW);
    outbox.forgetOld(NOW + 89 * DAY_MS);
    outbox.keepFound(found(1), 'e.1', NOW);
    expect(makeMessages()).toBe(0);
    outbox.forgetOld(NOW + 91 * DAY_MS);
    outbox.keepFound(found(1), 'e.1', NOW);
    expect(makeMessages()).toBe(1);
  });
});
