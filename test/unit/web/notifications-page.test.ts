import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openOutboxDatabase } from '../../../src/notify/outbox/outbox-database.js';
import { Outbox } from '../../../src/notify/outbox/outbox.js';
import { readNotify, readRuleMessages } from '../../../src/notify/outbox/read-notify.js';
import { planSending } from '../../../src/notify/plan/plan-sending.js';
import type { Database } from '../../../src/store/catalogue/database.js';
import { noticeOf, RULE } from '../notify/sample-notices.js';
import { ask } from './ask.js';
import { elements, emptySite } from './page-site.js';

const NOW = Date.parse('2024-05-10T12:00:00Z');
const OTHER = { ...RULE, name: 'other' };
/** Messages of the rule, and notices that wait. */
const COUNTS = { waiting: 3, queued: 2, sent: 60, undelivered: 4 };

describe('each number of the notifications', () => {
  let outbox: Database;
  let origin: string;

  beforeEach(async () => {
    const { dataDir, origin: open } = await emptySite({
      notifications: () => readNotify({ dataDir, notify: { rules: [RULE, OTHER] } }),
      ruleMessages: (asked) => readRuleMessages(dataDir, asked),
    });
    outbox = openOutboxDatabase(dataDir);
    fill(new Outbox(outbox));
    origin = await open();
  });
  afterEach(() => {
    outbox.close();
  });

  function fill(box: Outbox): void {
    box.beginRules([RULE, OTHER], 'e.0', NOW);
    let n = 0;
    const found = (count: number, { name } = RULE): void => {
      const events = Array.from({ length: count }, () => (n += 1));
      const notices = events.map((one) => noticeOf({ id: `article a.example/${one}`, title: `Title ${one}` }));
      box.keepFound(
        notices.map((notice) => ({ rule: name, notice })),
        `e.${n}`,
        NOW,
      );
    };
    const make = (rule = RULE): void => {
      const busy = { ...rule, perHourMax: 1_000 };
      box.makeMessages(busy, (waiting) => planSending(busy, waiting, NOW), NOW);
    };
    found(5, OTHER);
    make(OTHER);
    found(COUNTS.queued + COUNTS.sent + COUNTS.undelivered);
    make();
    const own = box.queued().filter(({ id }) => box.toSend(id)?.rule === RULE.name);
    for (const { id } of own.slice(0, COUNTS.sent)) box.noteTry(id, 'sent', 'HTTP 200', NOW);
    for (const { id } of own.slice(COUNTS.sent, COUNTS.sent + COUNTS.undelivered))
      box.noteTry(id, 'undelivered', 'HTTP 410 <b>gone</b>', NOW);
    found(COUNTS.waiting);
  }

  /** The rows of a list, page by page. */
  async function rowsBehind(href: string): Promise<string[]> {
    const rows: string[] = [];
    for (let next: string | null = href; next !== null;) {
      const { status, body } = await ask(origin + next);
      expect(status).toBe(200);
      const table = body.slice(body.indexOf('newest first'), body.indexOf('Messages that were not delivered'));
      rows.push(
        ...elements(table, 'th').flatMap(({ attribs, children }) =>
          attribs?.['scope'] === 'row' ? [(children ?? []).map(({ data }) => data ?? '').join('')] : [],
        ),
      );
      next = /rel="next" href="([^"]+)"/.exec(body)?.[1]?.replaceAll('&amp;', '&') ?? null;
    }
    return rows;
  }

  it.each(Object.entries(COUNTS))('leads to exactly what it counts: %s', async (state, count) => {
    const { body } = await ask(`${origin}/notifications`);
    const [, href = '', shown] =
      new RegExp(`href="([^"]*rule=${RULE.name}&amp;state=${state})">(\\d+)<`).exec(body) ?? [];
    expect(Number(shown)).toBe(count);
    const rows = await rowsBehind(href.replaceAll('&amp;', '&'));
    expect(rows).toHaveLength(count);
    expect(new Set(rows).size).toBe(count);
    for (const row of rows)
      expect(row).toMatch(state === 'sent' ? /^article a\.example\/\d+$/ : /^New article: Title \d+$/);
  });

  it('leads nowhere where it is 0, and a rule that is not there is refused', async () => {
    const { body } = await ask(`${origin}/notifications`);
    expect(body).not.toContain('rule=other&amp;state=sent');
    expect((await ask(`${origin}/notifications?rule=nobody&state=sent`)).status).toBe(404);
  });
});
