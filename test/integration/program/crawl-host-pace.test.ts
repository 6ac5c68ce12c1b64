import { Queue } from 'bullmq';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../../src/platform/clock.js';
import { readDataDirIdentity } from '../../../src/platform/data-dir-id.js';
import { crawlJobSchema, ORDINARY_CRAWL } from '../../../src/queue/crawl-jobs.js';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { startTlsRedis, type TlsRedis } from '../redis/tls-redis.js';
import {
  createWorkplace,
  eventually,
  finished,
  NO_SCHEDULES,
  testSiteSettings,
  type Workplace,
} from './run-sputnik.js';

const EDITION = 'sputniknews.cn';
const HOSTS = 3;
const DELAY_SECS = 0.4;
/** Two crawls for each host, so that each has one in hand for most of the time. */
const CRAWLS = 2 * HOSTS;
const PAGES_OF_CRAWL = 4;

let site: TestSite;
let redis: TlsRedis;
let variables: Record<string, string>;
const workplaces: Workplace[] = [];
const services: ReturnType<Workplace['start']>[] = [];

async function serve(workplace: Workplace, part: string): Promise<void> {
  const service = workplace.start(['serve', '--only', part, '--json'], variables);
  services.push(service);
  const said: string[] = [];
  service.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  await eventually(() => (said.join('').includes('"ready"') ? true : null), 60_000);
}

beforeAll(async () => {
  site = await startTestSite({
    ...{ seed: 21, stories: 40, clock: systemClock, editions: [EDITION], crawlDelaySeconds: DELAY_SECS },
  });
  redis = await startTlsRedis([['harvester', 'reset', 'on', '>secret', 'allkeys', 'allchannels', '+@all']]);
  variables = { REDIS_URL: redis.url('harvester', 'secret'), NODE_EXTRA_CA_CERTS: redis.certificateFile };
  const settings = {
    ...testSiteSettings(site),
    schedules: NO_SCHEDULES,
    workers: { crawlConcurrency: 1 },
  };
  for (let made = 0; made <= HOSTS; made += 1) workplaces.push(await createWorkplace(settings));
  const [writer, ...hosts] = workplaces;
  await serve(writer!, 'page');
  await Promise.all(hosts.map((host) => serve(host, 'crawl')));
});

afterAll(async () => {
  for (const service of services.reverse()) {
    service.kill('SIGTERM');
    await finished(service);
  }
  await site.stop();
  await redis.stop();
  for (const workplace of workplaces) await workplace.remove();
});

it('three crawl hosts together keep the pace of one, and read robots.txt once', async () => {
  const [writer, ...hosts] = workplaces;
  const urls = site.truth().map(({ url }) => url);
  const first = await finished(writer!.start(['crawl', '--url', urls[0]!, '--json'], variables));
  expect(first.code, first.stderr).toBe(0);
  expect(site.requests().map(({ path }) => path)).toContain('/robots.txt');
  site.clearRequests();

  const prefix = `sputnik-${readDataDirIdentity(writer!.dataDir)!.id}`;
  const queue = new Queue('crawl', { connection: redis.admin, prefix });
  for (let crawl = 0; crawl < CRAWLS; crawl += 1) {
    const named = urls.slice(1 + crawl * PAGES_OF_CRAWL, 1 + (crawl + 1) * PAGES_OF_CRAWL);
    const job = crawlJobSchema.parse({
      ...ORDINARY_CRAWL,
      runId: `pace-${crawl}`,
      requestedBy: 'test',
      attached: false,
      urls: named,
    });
    await queue.add('crawl', job, { jobId: `pace-${crawl}`, removeOnComplete: true });
  }
  await eventually(async () => {
    const open = await queue.getJobCountByTypes('waiting', 'active', 'delayed', 'prioritized');
    return open === 0 ? true : null;
  }, 60_000);
  await queue.close();

  const heard = site.requests();
  expect(heard.map(({ path }) => path)).not.toContain('/robots.txt');
  expect(heard).toHaveLength(CRAWLS * PAGES_OF_CRAWL);
  const tookMs = heard.at(-1)!.monotonicMs - heard[0]!.monotonicMs;
  expect(tookMs).toBeGreaterThan((heard.length - 1) * DELAY_SECS * 1_000 * 0.95);
  expect(site.peakConcurrency(EDITION)).toBeLessThanOrEqual(2);
  const files = await readdir(join(writer!.dataDir, 'captures'));
  for (const { dataDir } of hosts) {
    const { id } = readDataDirIdentity(dataDir)!;
    expect(
      files.some((file) => file.includes(`-c${id}-`)),
      `a host has fetched nothing: ${files.join(' ')}`,
    ).toBe(true);
  }
}, 120_000);
