import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/platform/clock.js';
import { startTestSite, type TestSite } from '../../testsite/start-test-site.js';
import { createWorkplace, eventually, testSiteSettings, type Workplace } from '../integration/program/run-sputnik.js';
import { endOf, follow, pause, until, type RunningProgram } from './faulty-program.js';
import { sendSignal } from './process-tree.js';
import { startReceiver, type ReceiverMood, type WebhookReceiver } from './webhook-receiver.js';

/** Two editions of one family: renditions of one article. */
const EDITIONS = ['sputniknews.cn', 'big5.sputniknews.cn'];
const SECRET = 'the secret of a receiver';
const TROUBLES: readonly ReceiverMood[] = ['fail', 'reset', 'tooMany', 'take'];
const KILLS = 3;
const PARAGRAPHS = [
  '双方代表在会谈后表示，边境上的三个检查站将在今年秋天重新开放，货车可以全天通行。',
  '据统计，去年通过该走廊运输的货物为120万吨，主要是粮食、化肥和建筑材料。',
];

it.each([
  [{ query: 'topic:cheese' }, {}, 'notify.rules.all.query'],
  [{}, { secret: 'env:SPUTNIK_SECRET_NOWHERE' }, 'SPUTNIK_SECRET_NOWHERE'],
])('the service refuses a rule that could not be kept: %j %j', async (rule, target, named) => {
  const hook = { form: 'json', url: 'https://hooks.example/a', ...target };
  const all = { on: ['article'], to: ['hook'], ...rule };
  const workplace = await createWorkplace({ web: { port: 0 }, notify: { targets: { hook }, rules: { all } } });
  const { code, stderr } = await workplace.run(['serve']);
  await workplace.remove();
  expect(code, stderr).toBe(2);
  expect(stderr).toContain(named);
});

interface Undelivered {
  readonly id: string;
  readonly about: string;
}

describe('notifications over kills of the service and an outage of the receiver', () => {
  let site: TestSite;
  let workplace: Workplace;
  let receiver: WebhookReceiver;
  let service: RunningProgram;

  const start = async (): Promise<void> => {
    const child = workplace.start(['serve', '--json'], { SPUTNIK_SECRET_HOOK: SECRET.replaceAll(' ', '-') });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    service = follow(child);
    expect(await until(() => said.includes('"origin"'), service, 60_000)).toBe(true);
  };
  const kill = async (): Promise<void> => {
    sendSignal(service.pid, 'SIGKILL');
    await endOf(service);
  };
  /** At once, whatever schedules are about. */
  const crawl = async (id: string): Promise<void> => {
    await workplace.document(['crawl', '--url', site.truth().find(({ articleId }) => articleId === id)?.url ?? '']);
  };
  const events = (kind: string): string[] =>
    [...new Map(receiver.taken.map(({ key, body }) => [key, body])).values()].flatMap(({ notices }) =>
      notices.filter((notice) => notice.kind === kind).map(({ id }) => id),
    );
  const articles = (): string[] => [
    ...new Set(site.truth().map(({ articleId }) => `article sputniknews.cn/${articleId}`)),
  ];

  beforeAll(async () => {
    site = await startTestSite({ seed: 31, stories: 14, onTopicShare: 1, clock: systemClock, editions: EDITIONS });
    receiver = await startReceiver(SECRET.replaceAll(' ', '-'));
    const target = { form: 'json', url: receiver.url, secret: 'env:SPUTNIK_SECRET_HOOK', allowPrivate: true };
    const rule = { on: ['article', 'edit', 'withdrawal'], to: ['hook'], newsDays: 36_500, perHourMax: 1_000 };
    workplace = await createWorkplace({
      ...testSiteSettings(site),
      web: { port: 0 },
      schedules: { newest: { cron: '*/2 * * * * *' }, reconcile: { enabled: false } },
      crawl: { sitemapDays: 60, recheck: [{ ageHoursMax: 876_000, everyMinutes: 1 }] },
      notify: {
        publicUrl: 'https://sputnik.example',
        retrySeconds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
        targets: { hook: target, gone: { ...target, url: `${receiver.url.replace(/\d+\/hook/, '1')}/nobody` } },
        rules: { all: rule, digest: { ...rule, to: ['hook'], digest: '0 0 1 1 *' } },
      },
    });
  });

  afterAll(async () => {
    await kill();
    await site.stop();
    await receiver.close();
    await workplace.remove();
  });

  it('tells each article once, whatever happens on the way', { timeout: 240_000 }, async () => {
    receiver.setMood((request) => TROUBLES[request % TROUBLES.length] ?? 'take');
    await start();
    for (let round = 1; round <= KILLS; round += 1) {
      const before = Object.values(receiver.counts).reduce((sum, count) => sum + count, 0);
      await until(() => Object.values(receiver.counts).reduce((sum, count) => sum + count, 0) > before + 3, service);
      await kill();
      await start();
    }
    receiver.setMood((request) => (request % 7 === 3 ? 'slow' : 'take'));
    await eventually(() => (events('article').length >= articles().length ? true : null), 120_000);
    // Whatever would come twice has had its time.
    await pause(3_000);
    expect(events('article').sort()).toEqual(articles().sort());
    expect(receiver.forged).toEqual([]);
    // Only what was under way already when it asked for patience, or a start that did not know.
    expect(receiver.impatient).toBeLessThanOrEqual(3 * receiver.counts.tooMany + 4 * KILLS);
    expect(receiver.counts.fail * receiver.counts.reset * receiver.counts.tooMany).toBeGreaterThan(0);
    // Taken twice under one key only where a kill came between the answer and the note of it.
    expect(receiver.taken.length - new Set(receiver.taken.map(({ key }) => key)).size).toBeLessThanOrEqual(4 * KILLS);
  });

  it('tells an edit once, with both wordings', { timeout: 180_000 }, async () => {
    receiver.setMood(() => 'take');
    const title = '三个检查站将在秋天重新开放';
    const id = site.publish({ title, lead: null, paragraphs: PARAGRAPHS });
    await eventually(() => (events('article').includes(`article sputniknews.cn/${id}`) ? true : null), 60_000);
    // Of two captures of the same second nobody can tell which was first.
    await pause(1_001 - (Date.now() % 1_000));
    site.edit(id, { title: '四个检查站将在秋天重新开放' });
    await crawl(id);
    await eventually(() => (events('edit').length > 0 ? true : null), 60_000);
    await kill();
    await start();
    await pause(3_000);
    expect(events('edit')).toHaveLength(1);
    const told = receiver.taken.find(({ body }) => body.notices.some(({ kind }) => kind === 'edit'));
    expect(JSON.stringify(told?.body)).toContain(
      '"before":"三个检查站将在秋天重新开放","after":"四个检查站将在秋天重新开放"',
    );
    expect(new Set(events('article')).size).toBe(events('article').length);
  });

  it('lists what nobody takes, until somebody has it sent again', { timeout: 120_000 }, async () => {
    receiver.setMood(() => 'refuse');
    const id = site.publish({ title: '无人接收的消息', lead: null, paragraphs: PARAGRAPHS });
    const key = `article sputniknews.cn/${id}`;
    await crawl(id);
    const undelivered = async (): Promise<Undelivered | null> => {
      const { value } = await workplace.document(['notify']);
      const { undelivered: found } = value as { undelivered: { messages: readonly Undelivered[] } };
      // In the script of the edition that was read first.
      return found.messages.find(({ about }) => /[无無]人接收的消息/.test(about)) ?? null;
    };
    const message = await eventually(undelivered, 60_000);
    expect(message).toMatchObject({ rule: 'all', target: 'hook', attempts: 1, answer: 'HTTP 410 gone' });
    expect((await workplace.run(['status'])).stdout).toMatch(/[1-9]\d* undelivered/);
    receiver.setMood(() => 'take');
    expect((await workplace.run(['notify', 'retry', message.id.slice(0, 8)])).code).toBe(0);
    await eventually(() => (events('article').includes(key) ? true : null), 30_000);
    expect(events('article').filter((one) => one === key)).toHaveLength(1);
    expect(await undelivered()).toBeNull();
    expect((await workplace.run(['notify', 'drop', message.id])).code).toBe(2);
  });
});
