import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { knowledgeOf } from '../../../src/app/crawl/catalogue-knowledge.js';
import { openCrawlWorker } from '../../../src/app/crawl/open-crawl-worker.js';
import { crawlOfSchedule } from '../../../src/app/crawl/queue-edition-runs.js';
import { openHarvester, type Harvester } from '../../../src/app/harvester/open-harvester.js';
import { readHealth, readStatus } from '../../../src/app/service/read-status.js';
import type { Config } from '../../../src/config/config.js';
import { loadEnvironment } from '../../../src/config/environment.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { systemClock } from '../../../src/platform/clock.js';
import { Closers } from '../../../src/platform/closers.js';
import { silentLogger as log } from '../../../src/platform/logger.js';
import { status } from '../../../testsite/modes/status-modes.js';
import { silence } from '../../../testsite/modes/wire-modes.js';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { eventually, testSiteSettings } from '../program/run-sputnik.js';

const EDITION = 'sputnik.az';
/** The setting is in whole minutes. */
const DEADLINE_MINUTES = 4 / 60;

const closers = new Closers(log);
const stop = new AbortController();
let folder: string;
let site: TestSite;
let config: Config;
let harvester: Harvester;

beforeAll(async () => {
  site = await startTestSite({ seed: 3, stories: 10, clock: systemClock, editions: [EDITION] });
  folder = await mkdtemp(join(tmpdir(), 'overlong-'));
  const settings = loadConfig({
    variables: {},
    overrides: { ...testSiteSettings(site), dataDir: join(folder, 'data') },
  });
  const newest = { ...settings.schedules.newest, deadlineMinutes: DEADLINE_MINUTES };
  // Threads need built files.
  const extract = { ...settings.extract, threads: 0 };
  config = { ...settings, extract, schedules: { ...settings.schedules, newest } };
  const runtime = { config, environment: loadEnvironment(), clock: systemClock, log };
  const onFatal = (error: Error): void => {
    throw error;
  };
  harvester = await openHarvester(runtime, { purpose: 'serve', onFatal, closers });
  await openCrawlWorker(harvester, knowledgeOf(harvester.queries, harvester), stop.signal);
});

afterAll(async () => {
  stop.abort();
  await closers.closeAll();
  await site.stop();
  await rm(folder, { recursive: true });
});

async function run(runId: string): Promise<void> {
  const job = { ...crawlOfSchedule('newest'), editions: [EDITION], runId };
  await harvester.queues.crawl.add('newest', job, { jobId: runId, removeOnComplete: true });
  await eventually(async () => ((await harvester.queues.crawl.getJob(runId)) === undefined ? true : null), 20_000);
}

const stateOf = () =>
  readHealth(harvester).freshness.find(({ edition, topic }) => edition === EDITION && topic === null);

it('a run that ends at its deadline is counted, and tells that nothing answered; the first good answer tells the opposite', async () => {
  site.setMode({ edition: EDITION }, silence);
  await run('hanging');
  const told = await eventually(async () => {
    const all = await readStatus(harvester);
    return all.runs.some(({ runId }) => runId === 'hanging') ? all : null;
  }, 10_000);
  expect(told.runs).toMatchObject([
    { runId: 'hanging', overlong: true, aborted: true, unreachable: [{ edition: EDITION, reason: 'timeout' }] },
  ]);
  expect(told.runCounts).toMatchObject([{ schedule: 'newest', edition: EDITION, overlong: 1, skipped: 0 }]);
  expect(stateOf()).toMatchObject({ state: 'unreachable', reason: 'timeout' });

  site.clearModes();
  // Its lists are what matters here.
  site.setMode({ edition: EDITION, path: /\d\.html$/ }, status(404));
  await run('answered');
  await eventually(() => (stateOf()?.state === 'ok' ? true : null), 10_000);
});
