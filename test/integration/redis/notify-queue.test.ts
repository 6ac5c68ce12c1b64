import { once } from 'node:events';
import { readdirSync, renameSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Harvester } from '../../../src/app/harvester/open-harvester.js';
import { openNotifyPart } from '../../../src/app/notify/open-notify-part.js';
import { loadEnvironment } from '../../../src/config/environment.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { readNotify, type NotifyStatus } from '../../../src/notify/outbox/read-notify.js';
import { systemClock } from '../../../src/platform/clock.js';
import { Closers } from '../../../src/platform/closers.js';
import { silentLogger as log } from '../../../src/platform/logger.js';
import { openNotifyQueue, openQueues } from '../../../src/queue/open-queues.js';
import { articleResult, opened, scratchFolder, type QueriedStore } from '../../unit/store/fixtures.js';
import { startTlsRedis, type TlsRedis } from './tls-redis.js';

const PATIENCE = { timeout: 20_000, interval: 20 };
/** More than the time after which pending messages are looked for in the queue, and after which a step is tried again. */
const LATER_MS = 61_000;
/** No second try is waited for. */
const RETRY_SECONDS = [3_600];

describe('a message', { timeout: 60_000 }, () => {
  let server: TlsRedis;
  let receiver: Server;
  let requests: { readonly about: string; readonly answer: (status: number) => void }[];
  /** At once with this status; null: when the test answers. */
  let status: number | null;
  let dataDir: string;
  let store: QueriedStore;
  const open: Closers[] = [];

  beforeAll(async () => {
    server = await startTlsRedis([]);
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    [requests, status] = [[], 200];
    const take = (text: string, response: ServerResponse): void => {
      const answer = (code: number): void => void response.writeHead(code).end();
      const { notices } = JSON.parse(text) as { notices: readonly { readonly title: string }[] };
      requests.push({ about: notices.map(({ title }) => title).join(), answer });
      if (status !== null) answer(status);
    };
    receiver = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        take(text, response);
      });
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    dataDir = scratchFolder();
    store = await opened(dataDir);
  });
  afterEach(async () => {
    for (const closers of open.splice(0)) await closers.closeAll();
    await server.admin.flushall();
    receiver.closeAllConnections();
    receiver.close();
    vi.useRealTimers();
  });

  const url = (): string => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  const config = () =>
    loadConfig({
      variables: {},
      overrides: {
        dataDir,
        notify: {
          retrySeconds: RETRY_SECONDS,
          targets: { hook: { form: 'json', url: url(), allowPrivate: true } },
          rules: { all: { on: ['article'], to: ['hook'], newsDays: 36_500 } },
        },
      },
    });
  const state = (): NotifyStatus => readNotify(config());
  const rule = () => state().rules[0];
  const told = (): string[] => requests.map(({ about }) => about);

  async function start() {
    const closers = new Closers(log);
    open.push(closers);
    const queues = await openQueues({ kind: 'socket', path: server.socket }, 'sputnik-notify', closers);
    const parts = { config: config(), environment: loadEnvironment(), queries: store.queries };
    await openNotifyPart({ ...parts, queues, clock: systemClock, log, closers } as unknown as Harvester, () => []);
    return openNotifyQueue(queues, closers);
  }
  async function stop(): Promise<void> {
    await open.pop()?.closeAll();
  }
  const publish = (n: number): Promise<unknown> =>
    store.storePage(articleResult({ at: n, articleId: String(1_000_000 + n), title: `Title ${n}`, text: `Text ${n}` }));

  it('is sent once where Redis is emptied while it is under way, and given out a second time', async () => {
    status = null;
    const queue = await start();
    await publish(1);
    await vi.waitUntil(() => requests.length === 1, PATIENCE);
    await server.admin.flushall();
    vi.advanceTimersByTime(LATER_MS);
    await vi.waitUntil(async () => (await queue.getActiveCount()) === 1, PATIENCE);
    await publish(2);
    // Both are under way: one that is sent again would have come before it.
    await vi.waitUntil(() => told().includes('Title 2'), PATIENCE);
    for (const { answer } of requests) answer(200);
    await vi.waitUntil(() => rule()?.sent === 2, PATIENCE);
    expect(told()).toEqual(['Title 1', 'Title 2']);
    expect(rule()).toMatchObject({ queued: 0, undelivered: 0 });
  });

  it.each(['everything', 'the list in which it waits'])(
    'comes back into the queue where somebody deletes %s',
    async (what) => {
      status = 503;
      const queue = await start();
      await publish(1);
      await vi.waitUntil(async () => (await queue.getDelayedCount()) === 1, PATIENCE);
      if (what === 'everything') await server.admin.flushall();
      else await server.admin.del(queue.toKey('delayed'));
      status = 200;
      vi.advanceTimersByTime(LATER_MS);
      await vi.waitUntil(() => rule()?.sent === 1, PATIENCE);
      expect(told()).toEqual(['Title 1', 'Title 1']);
    },
  );

  it('is sent once its record can be read, is named until then, and holds up no other', async () => {
    await start();
    await stop();
    for (const n of [1, 2]) await publish(n);
    const month = readdirSync(join(dataDir, 'articles'), { recursive: true, encoding: 'utf8' });
    const file = join(dataDir, 'articles', month.find((path) => path.endsWith('1000001.json')) ?? '');
    renameSync(file, `${file}.away`);
    await start();
    await vi.waitUntil(() => rule()?.sent === 1, PATIENCE);
    await vi.waitUntil(() => state().troubles.length === 1, PATIENCE);
    expect(state().troubles[0]).toMatchObject({ step: 'records' });
    expect(state().troubles[0]?.reason).toMatch(/cannot read the records? of \S+\/1000001: .*`sputnik verify`/);
    await stop();
    await start();
    vi.advanceTimersByTime(LATER_MS);
    expect(told()).toEqual(['Title 2']);
    renameSync(`${file}.away`, file);
    await vi.waitUntil(() => {
      vi.advanceTimersByTime(LATER_MS);
      return rule()?.sent === 2;
    }, PATIENCE);
    expect(told()).toEqual(['Title 2', 'Title 1']);
    await vi.waitUntil(() => state().troubles.length === 0, PATIENCE);
  });
});
