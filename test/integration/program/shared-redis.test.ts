import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/platform/clock.js';
import { connectRedis } from '../../../src/redis/connection.js';
import { findRedisServer } from '../../../src/redis/find-redis-server.js';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { freePort } from '../free-port.js';
import {
  createWorkplace,
  eventually,
  finished,
  NO_SCHEDULES,
  testSiteSettings,
  type Workplace,
} from './run-sputnik.js';
import { readStoredArticles } from './stored-articles.js';

const EDITION = 'am.sputniknews.ru';
const PAGES = 6;

describe('two services with two data directories on one Redis', () => {
  let testSite: TestSite;
  let folder: string;
  let server: ChildProcess;
  let variables: Record<string, string>;
  const workplaces: Workplace[] = [];
  const services: ReturnType<Workplace['start']>[] = [];

  async function startService(workplace: Workplace): Promise<void> {
    const service = workplace.start(['serve', '--json'], variables);
    services.push(service);
    const said: string[] = [];
    service.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    await eventually(() => (said.join('').includes('"ready"') ? true : null), 60_000);
  }

  beforeAll(async () => {
    testSite = await startTestSite({ seed: 4, stories: 48, clock: systemClock, editions: [EDITION] });
    folder = await mkdtemp(join(tmpdir(), 'sputnik-shared-'));
    const port = await freePort();
    server = await startRedis(port, folder);
    variables = { REDIS_URL: `redis://127.0.0.1:${port}` };
    for (let number = 0; number < 3; number += 1) {
      const settings = { ...testSiteSettings(testSite), web: { port: 0 } };
      workplaces.push(await createWorkplace({ ...settings, schedules: NO_SCHEDULES }));
    }
    for (const workplace of workplaces.slice(0, 2)) await startService(workplace);
  });

  afterAll(async () => {
    for (const service of services) {
      service.kill('SIGTERM');
      await finished(service);
    }
    server.kill();
    await testSite.stop();
    for (const workplace of workplaces) await workplace.remove();
    await rm(folder, { recursive: true });
  });

  it('each stores what it was asked for, and nothing of the other', async () => {
    const [one, two] = workplaces;
    const urls = testSite.truth().filter(({ onTopic, notArticle }) => onTopic && notArticle === null);
    for (const { url } of urls.slice(0, PAGES)) {
      const crawled = await finished(one!.start(['crawl', '--url', url], variables));
      expect(crawled.code, crawled.stderr).toBe(0);
    }
    expect((await readStoredArticles(one!.dataDir)).size).toBe(PAGES);
    expect((await readStoredArticles(two!.dataDir)).size).toBe(0);
  });

  it('keeps pauses of schedules apart', async () => {
    const [one, two] = workplaces;
    expect((await finished(one!.start(['schedule', 'pause', 'newest'], variables))).code).toBe(0);
    const stateOf = async (workplace: Workplace): Promise<string> =>
      (await finished(workplace.start(['status', '--json'], variables))).stdout;
    for (const workplace of [one!, two!]) expect(await stateOf(workplace)).toContain('"newest"');
    const connection = await connectRedis({ kind: 'url', url: variables['REDIS_URL']! }, 'producer');
    expect(await connection.keys('*:paused-schedules')).toHaveLength(1);
    expect((await connection.keys('*')).filter((key) => !/^sputnik-[0-9a-f]{12}(?:-cli)?:/.test(key))).toEqual([]);
    connection.disconnect();
  });

  it('refuses a copy of a directory whose service runs, by name', async () => {
    const [one, , copy] = workplaces;
    await cp(one!.dataDir, copy!.dataDir, { recursive: true, filter: (path) => !/lock\.(?:db|json)/.test(path) });
    for (const words of [['serve'], ['crawl']]) {
      const refused = await finished(copy!.start(words, variables));
      expect(refused.code, refused.stderr).toBe(4);
      expect(refused.stderr).toContain(one!.dataDir);
      expect(refused.stderr).toContain('data-dir.json');
    }
    await rm(join(copy!.dataDir, 'data-dir.json'));
    const own = await finished(copy!.start(['crawl', '--via', 'feed'], variables));
    expect(own.code, own.stderr).toBe(0);
  });
});

async function startRedis(port: number, folder: string): Promise<ChildProcess> {
  const { program, env } = await findRedisServer(join(homedir(), '.cache', 'sputnik-harvester'), () => undefined);
  const words = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  const server = spawn(program, [...words, '--maxmemory-policy', 'noeviction'], {
    env: { ...process.env, ...env },
    stdio: 'ignore',
  });
  const location = { kind: 'url', url: `redis://127.0.0.1:${port}` } as const;
  const connection = await eventually(() => connectRedis(location, 'producer').catch(() => null), 20_000);
  connection.disconnect();
  return server;
}
