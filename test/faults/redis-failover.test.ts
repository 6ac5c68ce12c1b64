import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findRedisServer } from '../../src/redis/find-redis-server.js';
import { freePort } from '../integration/free-port.js';
import { createWorkplace, eventually, NO_SCHEDULES, type Workplace } from '../integration/program/run-sputnik.js';
import { differencesFromTruth } from './compare-with-truth.js';
import { sendSignal } from './process-tree.js';
import { type Hosts, liveRound, queueCrawls } from './hosts-round.js';
import { startService } from './service-process.js';
import { settingsFor } from './site-settings.js';
import { startSite, type SiteProcess } from './site-process.js';

const EDITIONS = ['am.sputniknews.ru'];
const DAYS = 10;

interface Server {
  readonly port: number;
  readonly child: ChildProcess;
  readonly admin: Redis;
}

let folder: string;
let site: SiteProcess;
const servers: Server[] = [];
const workplaces = new Map<string, Workplace>();

async function startRedis(...words: readonly string[]): Promise<Server> {
  const { program, env } = await findRedisServer(join(homedir(), '.cache', 'sputnik-harvester'), () => undefined);
  const port = await freePort();
  const common = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  const child = spawn(program, [...common, '--repl-diskless-sync-delay', '0', ...words], {
    env: { ...process.env, ...env },
    stdio: 'ignore',
  });
  const admin = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: null });
  admin.on('error', () => undefined);
  await admin.ping();
  const server = { port, child, admin };
  servers.push(server);
  return server;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sputnik-failover-'));
  site = await startSite({ seed: 31, stories: 40, days: DAYS, editions: EDITIONS, latencyMs: 20 });
  const settings = { ...(await settingsFor(site, { concurrencyPerHost: 2 })), schedules: NO_SCHEDULES };
  for (const name of ['writer', 'host-1']) workplaces.set(name, await createWorkplace(settings));
});

afterAll(async () => {
  for (const { admin, child } of servers) {
    admin.disconnect();
    child.kill('SIGKILL');
  }
  await site.stop();
  for (const workplace of workplaces.values()) await workplace.remove();
  await rm(folder, { recursive: true, force: true });
});

it('a Redis that dies in the middle of a crawl costs nothing that is stored: its replica is promoted, and everything started again', async () => {
  const primary = await startRedis();
  const replica = await startRedis('--replicaof', '127.0.0.1', String(primary.port));
  const isInSync = async (): Promise<true | null> =>
    (await replica.admin.info('replication')).includes('master_link_status:up') ? true : null;
  await eventually(isInSync, 20_000);
  const hostsOn = ({ port, admin }: Server): Hosts => {
    const variables = { REDIS_URL: `redis://127.0.0.1:${port}` };
    return { workplaces, variablesOf: () => variables, prefixOf: () => [], admin, editions: EDITIONS, days: DAYS };
  };
  const before = hostsOn(primary);
  const programs = [
    startService(workplaces.get('writer')!, ['page'], before.variablesOf('writer')),
    startService(workplaces.get('host-1')!, ['crawl'], before.variablesOf('host-1')),
  ];
  await queueCrawls(before, 0);
  await eventually(() => (site.requestCount() > 20 ? true : null), 60_000);
  primary.child.kill('SIGKILL');
  await replica.admin.replicaof('NO', 'ONE');
  for (const { pid, ended } of programs) {
    sendSignal(pid, 'SIGTERM');
    await ended;
  }
  // What was queued was replicated, as far as the primary came to it; what was not is asked for again.
  await liveRound(hostsOn(replica), { writer: [undefined], 'host-1': [undefined] }, 0);
  expect(await differencesFromTruth(workplaces.get('writer')!.dataDir, site)).toEqual([]);
});
