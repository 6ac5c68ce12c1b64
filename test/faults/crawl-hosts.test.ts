import { Queue } from 'bullmq';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWarcRecordIds } from './warc-record-ids.js';
import { readDataDirIdentity } from '../../src/platform/data-dir-id.js';
import { createWorkplace, eventually, type Workplace } from '../integration/program/run-sputnik.js';
import { startTlsRedis, type TlsRedis } from '../integration/redis/tls-redis.js';
import { differencesFromTruth } from './compare-with-truth.js';
import type { RunningProgram } from './faulty-program.js';
import { sendSignal } from './process-tree.js';
import { type Crash, startService } from './service-process.js';
import { settingsFor } from './site-settings.js';
import { startSite, type SiteProcess } from './site-process.js';

const EDITIONS = ['sputniknews.cn', 'big5.sputniknews.cn'];
const DAYS = 14;
const DAY_MS = 86_400_000;
/** As docs/scaling.md and SECURITY.md write it down. */
const CRAWLER_RULES = ['resetchannels', 'resetkeys', '~sputnik-*', '+@all', '-@admin', '-@dangerous', '+info'];

/** One process after another: each is killed at its moment, the last one lives. */
const LIVES: Readonly<Record<string, readonly (Crash | undefined)[]>> = {
  writer: [{ point: 'piece.appended', nth: 3 }, { point: 'piece.queued', nth: 3 }, undefined],
  'host-1': [{ point: 'delivery.sent', nth: 1 }, undefined],
  'host-2': [{ point: 'delivery.accepted', nth: 1 }, undefined],
  'host-3': [{ point: 'capture.appended', nth: 1 }, undefined],
};

describe('a writer and three crawl hosts that share nothing but a Redis over TLS, each killed with SIGKILL', () => {
  let site: SiteProcess;
  let redis: TlsRedis;
  const workplaces = new Map<string, Workplace>();
  const programs = new Map<string, RunningProgram>();
  let stopped = false;
  const isOver = (): boolean => stopped;
  const lives: Promise<void>[] = [];

  /** Starts a process again whenever it was killed at its moment. */
  async function live(name: string): Promise<void> {
    const user = name === 'writer' ? 'writer' : 'crawler';
    const variables = { REDIS_URL: redis.url(user, 'secret'), NODE_EXTRA_CA_CERTS: redis.certificateFile };
    for (const crash of LIVES[name] ?? []) {
      if (isOver()) return;
      const part = name === 'writer' ? 'page' : 'crawl';
      const program = startService(workplaces.get(name)!, [part], variables, crash);
      programs.set(name, program);
      const { code, signal, stderr } = await program.ended;
      if (crash !== undefined && !isOver()) expect(signal, `${name}: ${code} ${stderr.slice(-3000)}`).toBe('SIGKILL');
      if (crash === undefined) expect(isOver(), `${name} ended with ${code}: ${stderr.slice(-3000)}`).toBe(true);
    }
  }

  beforeAll(async () => {
    site = await startSite({ seed: 12, stories: 40, days: DAYS, editions: EDITIONS });
    redis = await startTlsRedis([
      ['writer', 'reset', 'on', '>secret', ...CRAWLER_RULES],
      ['crawler', 'reset', 'on', '>secret', ...CRAWLER_RULES],
      ['default', 'resetpass', '+@all'],
    ]);
    const names = ['newest', 'revisit', 'retry', 'reconcile', 'maintenance'];
    const schedules = Object.fromEntries(names.map((name) => [name, { enabled: false }]));
    const settings = { ...(await settingsFor(site)), schedules, workers: { crawlConcurrency: 1 } };
    for (const name of Object.keys(LIVES)) workplaces.set(name, await createWorkplace(settings));
    for (const name of Object.keys(LIVES)) lives.push(live(name));
    // Whoever fails ends the wait below.
    for (const one of lives) one.catch(() => undefined);
    const { dataDir } = workplaces.get('writer')!;
    const catalogue = join(dataDir, 'catalogue.db');
    await eventually(() => (existsSync(catalogue) ? true : null), 30_000);
    const prefix = `sputnik-${readDataDirIdentity(dataDir)!.id}`;
    const queues = ['crawl', 'page'].map((name) => new Queue(name, { connection: redis.admin, prefix }));
    await queueCrawls(queues[0]!);
    const isDone = async (): Promise<true | null> => {
      const open = await Promise.all(
        queues.map((queue) => queue.getJobCountByTypes('waiting', 'active', 'delayed', 'prioritized')),
      );
      return open.every((count) => count === 0) ? true : null;
    };
    await Promise.race([eventually(isDone, 100_000), Promise.all(lives)]);
    for (const queue of queues) await queue.close();
  });

  afterAll(async () => {
    stopped = true;
    for (const program of programs.values()) sendSignal(program.pid, 'SIGKILL');
    await Promise.allSettled(lives);
    await site.stop();
    await redis.stop();
    for (const workplace of workplaces.values()) await workplace.remove();
  });

  it('end with what the site says is true', async () => {
    stopped = true;
    for (const name of ['host-1', 'host-2', 'host-3', 'writer']) {
      sendSignal(programs.get(name)!.pid, 'SIGTERM');
      await programs.get(name)!.ended;
    }
    await Promise.all(lives);
    expect(await differencesFromTruth(workplaces.get('writer')!.dataDir, site)).toEqual([]);
  });

  it('keep each record once, and nothing on the crawl hosts that the writer has', async () => {
    const { dataDir } = workplaces.get('writer')!;
    const ids = await readWarcRecordIds(dataDir);
    expect(ids.length).toBeGreaterThan(100);
    expect(new Set(ids).size).toBe(ids.length);
    for (const name of ['host-1', 'host-2', 'host-3'])
      expect(await readdir(join(workplaces.get(name)!.dataDir, 'captures')), name).toEqual([]);
  });

  it('leave no piece in Redis', async () => {
    const [key = ''] = await redis.admin.keys('*:pieces:bytes');
    expect(await redis.admin.get(key)).toBe('0');
  });
});

/** One crawl for each edition and two days, so that each crawl host has something in hand. */
async function queueCrawls(queue: Queue): Promise<void> {
  for (let days = 0; days <= DAYS; days += 2) {
    const [since, until] = [days + 1, days].map((ago) =>
      new Date(Date.now() - ago * DAY_MS).toISOString().slice(0, 10),
    );
    for (const edition of EDITIONS) {
      const runId = `${edition}-${days}`;
      const job = {
        ...{ v: 1, runId, requestedBy: 'test', editions: [edition], topics: null, since, until, via: ['sitemap'] },
        ...{ urls: [], limit: null, refetch: false, revisitOnly: false, attached: true },
      };
      await queue.add('crawl', job, { jobId: `run-${runId}` });
    }
  }
}
