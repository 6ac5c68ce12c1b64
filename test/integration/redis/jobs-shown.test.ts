import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readJobs } from '../../../src/app/service/create-web-actions.js';
import { readStatus } from '../../../src/app/service/read-status.js';
import { loadEnvironment } from '../../../src/config/environment.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { systemClock } from '../../../src/platform/clock.js';
import { Closers } from '../../../src/platform/closers.js';
import { silentLogger as log } from '../../../src/platform/logger.js';
import { ORDINARY_CRAWL } from '../../../src/queue/crawl-jobs.js';
import { queueHostJob } from '../../../src/queue/host-jobs.js';
import { openHostQueue, openQueues, type Queues } from '../../../src/queue/open-queues.js';
import { queuePage } from '../../../src/queue/page-jobs.js';
import { startTlsRedis, type TlsRedis } from './tls-redis.js';

const PREFIX = 'sputnik-jobs';
const HOST = '0123456789ab';

describe('what is in the queues', () => {
  const closers = new Closers(log);
  let server: TlsRedis;
  let queues: Queues;

  beforeAll(async () => {
    server = await startTlsRedis([]);
    queues = await openQueues({ kind: 'socket', path: server.socket }, PREFIX, closers);
    const crawl = { ...ORDINARY_CRAWL, requestedBy: 'newest', attached: false, runId: 'r1' };
    await queues.crawl.add('newest', { ...crawl, editions: ['sputnik.az'] });
    await queues.backfill.add('crawl', { ...crawl, requestedBy: 'cli', since: '2020-01-01', until: '2020-01-01' });
    await queues.backfill.pause();
    await queuePage(queues.page, { v: 1, kind: 'maintenance', runId: 'r2' });
    const host = openHostQueue(queues, closers);
    await queueHostJob(host, { v: 1, host: HOST, kind: 'tagPages', edition: 'sputnik.az' }, 'h1');
  });
  afterAll(async () => {
    await closers.closeAll();
    await server.stop();
  });

  function runtime() {
    const config = loadConfig({ variables: {} });
    const redis = { url: server.socket, prefix: PREFIX };
    return { config: { ...config, redis }, environment: loadEnvironment(), clock: systemClock, log };
  }

  it('is shown of every queue, of one that is paused too, and says what each job is about', async () => {
    const shown = (await readJobs(runtime())).map(({ queue, state, name }) => ({ queue, state, name }));
    expect(shown).toEqual([
      { queue: 'crawl', state: 'waiting', name: 'newest · newest · sputnik.az' },
      { queue: 'backfill', state: 'waiting', name: 'crawl · cli · 2020-01-01 · 2020-01-01' },
      { queue: 'page', state: 'waiting', name: 'maintenance' },
      { queue: 'host', state: 'waiting', name: `tagPages · ${HOST}` },
    ]);
  });

  it('is counted of every queue', async () => {
    const { queues: counted } = await readStatus(runtime());
    const waiting = counted?.map(({ name, waiting: count }) => [name, count]);
    expect(waiting).toEqual([
      ['crawl', 1],
      ['backfill', 1],
      ['page', 1],
      ['host', 1],
      ['notify', 0],
    ]);
  });
});
