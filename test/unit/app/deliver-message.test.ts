import type { Job } from 'bullmq';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Deliverer } from '../../../src/app/notify/deliver-message.js';
import type { NotifySettings } from '../../../src/config/config.js';
import type { Delivery } from '../../../src/notify/delivery/delivery.js';
import { openOutboxDatabase } from '../../../src/notify/outbox/outbox-database.js';
import { Outbox } from '../../../src/notify/outbox/outbox.js';
import { OutboxReads } from '../../../src/notify/outbox/read-notify.js';
import { planSending } from '../../../src/notify/plan/plan-sending.js';
import { silentLogger as log } from '../../../src/platform/logger.js';
import type { NotifyJob } from '../../../src/queue/notify-jobs.js';
import type { Database } from '../../../src/store/catalogue/database.js';
import { noticeOf, RULE } from '../notify/sample-notices.js';

const NOW = Date.parse('2026-11-25T10:00:00Z');
const DAY_MS = 86_400_000;
const TAKEN: Delivery = { kind: 'taken', answer: 'HTTP 200', retryAfterMs: null };
const DOWN: Delivery = { kind: 'later', answer: 'HTTP 503', retryAfterMs: null };

describe('Deliverer', () => {
  let folder: string;
  let database: Database;
  let outbox: Outbox;
  let id: string;
  let answers: Delivery[];
  let sent: string[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'deliver-'));
    database = openOutboxDatabase(folder);
    outbox = new Outbox(database);
    outbox.beginRules([RULE], 'e.0', NOW);
    outbox.keepFound([{ rule: RULE.name, notice: noticeOf() }], 'e.1', NOW);
    outbox.makeMessages(RULE, (waiting) => planSending(RULE, waiting, NOW), NOW);
    id = outbox.queued()[0]?.id ?? '';
    [answers, sent] = [[], []];
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });

  function deliverer(nowMs = NOW): (attemptsMade?: number) => Promise<void> {
    const sender = {
      send: (_target: unknown, message: { readonly id: string }) => {
        sent.push(message.id);
        return Promise.resolve(answers.shift() ?? TAKEN);
      },
      close: () => Promise.resolve(),
    };
    const settings = { targets: [{ name: 'desk' }] } as unknown as NotifySettings;
    const one = new Deliverer({ outbox, sender, settings, log, now: () => nowMs });
    return (attemptsMade = 0) =>
      one.deliver(id, { attemptsMade, opts: { attempts: 3 } } as unknown as Job<NotifyJob>, 'token');
  }
  const state = () => new OutboxReads(database).rules()[0];

  it('sends a message once, though the disk takes no note of it for a while', async () => {
    const deliver = deliverer();
    database.exec('PRAGMA query_only = 1');
    await expect(deliver()).rejects.toThrow('readonly');
    await expect(deliver(1)).rejects.toThrow('readonly');
    database.exec('PRAGMA query_only = 0');
    await deliver(2);
    expect(sent).toEqual([id]);
    expect(state()).toMatchObject({ sent: 1, queued: 0 });
  });

  it('sends it again where the target could not take it', async () => {
    answers = [DOWN];
    const deliver = deliverer();
    await expect(deliver()).rejects.toThrow('HTTP 503');
    await deliver(1);
    expect(sent).toEqual([id, id]);
    expect(state()).toMatchObject({ sent: 1 });
  });

  it('gives a message of days ago, which somebody has sent again, all its attempts', async () => {
    answers = [DOWN, DOWN, DOWN];
    const deliver = deliverer(NOW + 5 * DAY_MS);
    for (const attempt of [0, 1]) await expect(deliver(attempt)).rejects.toThrow('HTTP 503');
    expect(state()).toMatchObject({ queued: 1, undelivered: 0 });
    await deliver(2);
    expect(state()).toMatchObject({ queued: 0, undelivered: 1 });
  });

  it('tries again where the message cannot be read now, and lists one that never can be', async () => {
    const deliver = deliverer();
    vi.spyOn(outbox, 'toSend').mockImplementationOnce(() => {
      throw new Error('disk I/O error');
    });
    await expect(deliver()).rejects.toThrow('disk I/O error');
    expect(state()).toMatchObject({ queued: 1, undelivered: 0 });
    database.exec("UPDATE messages SET message = '{}'");
    await deliver();
    expect(state()).toMatchObject({ queued: 0, undelivered: 1 });
    expect(sent).toEqual([]);
  });
});
