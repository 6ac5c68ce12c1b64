import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { UnrecoverableError, Worker, type Job } from 'bullmq';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { FatalError } from '../../../src/domain/errors.js';
import type { Outcome } from '../../../src/domain/outcome.js';
import { Closers } from '../../../src/platform/closers.js';
import { silentLogger } from '../../../src/platform/logger.js';
import { QUEUED_MAX } from '../../../src/app/harvester/recover-captures.js';
import { PageBatch, UNDER_WAY_MAX, type HandOver } from '../../../src/queue/hand-over.js';
import { openHandOver, openQueues, PAGE_QUEUE, untilEmpty, type Queues } from '../../../src/queue/open-queues.js';
import { BATCH_JOBS_MAX, joinJobs, queuePage, type BatchedJob, type PageJob } from '../../../src/queue/page-jobs.js';
import type { JobValue } from '../../../src/workers/process-page-job.js';
import { connectRedis, type RedisLocation } from '../../../src/redis/connection.js';
import { startEmbeddedRedis, type EmbeddedRedis } from '../../../src/redis/embedded-redis.js';

const lost = (): FatalError => new FatalError('jobs are lost', { code: 'jobs.lost' });
const signal = new AbortController().signal;
/** How often a hand-over looks after the queue. */
const LOOK_MS = 5_000;

let dataDir: string;
let server: EmbeddedRedis;
let location: RedisLocation;
let closers: Closers;
let queues: Queues;
let pages: HandOver<PageJob>;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hand-over-'));
  const cacheDir = join(homedir(), '.cache', 'sputnik-harvester');
  server = await startEmbeddedRedis({ dataDir, cacheDir, log: silentLogger });
  location = { kind: 'socket', path: server.connection.path };
});
afterAll(async () => {
  await server.stop();
  await rm(dataDir, { recursive: true });
});

type Work = (job: PageJob, attempt: number) => JobValue;

/** Opens queues under a prefix of their own, and a worker if there is one. */
async function open(work?: Work): Promise<void> {
  closers = new Closers(silentLogger);
  queues = await openQueues(location, `test-${randomUUID()}`, closers);
  pages = await openHandOver(queues.page, queues, { closers, log: silentLogger });
  if (work !== undefined) await startWorker(work);
}

async function startWorker(work: Work): Promise<void> {
  const connection = await connectRedis(location, 'worker');
  closers.push('connection', () => {
    connection.disconnect();
  });
  const process = (job: Job<PageJob>): Promise<JobValue> =>
    new Promise((resolve) => {
      resolve(work(job.data, job.attemptsMade + 1));
    });
  const worker = new Worker<PageJob, JobValue>(PAGE_QUEUE, process, { connection, prefix: queues.prefix });
  closers.push('worker', () => worker.close());
}

afterEach(async () => {
  vi.useRealTimers();
  await closers.closeAll();
});

function job(number: number): PageJob {
  return { v: 1, kind: 'reextract', runId: 'r1', article: `a.test/${10_000_000 + number}`, note: null };
}

/** Lets so much time pass for who looks after the queue now and then; nothing else waits for it. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += LOOK_MS) {
    vi.advanceTimersByTime(LOOK_MS);
    // The looks have had their answers when a later question on the same connection has.
    for (let question = 0; question < 4; question += 1) await queues.redis.ping();
  }
}

async function addAll(batch: PageBatch<number>, count: number): Promise<void> {
  for (let number = 0; number < count; number += 1) await batch.add(job(number), number);
}

describe('a batch of jobs that was handed over', () => {
  it('ends with the return value of each job, whichever ended first', async () => {
    await open((data) => (data.kind === 'reextract' && data.article.endsWith('3') ? 'revised' : 'unchanged'));
    const told: number[] = [];
    const batch = new PageBatch<number>(pages, { lost, onOutcome: (_number, _outcome, ended) => told.push(ended) });
    await addAll(batch, 40);
    await batch.finish(signal);
    expect(batch.outcomes.size).toBe(40);
    expect([...batch.outcomes].filter(([, outcome]) => outcome === 'revised').map(([number]) => number)).toEqual([
      3, 13, 23, 33,
    ]);
    expect(told.at(-1)).toBe(40);
    expect(await untilEmpty(queues.page, signal, { totalMs: 0 })).toBe(0);
  });

  it('counts a job as failed only when it is given up, not when a try of it fails', async () => {
    await open((data, attempt) => {
      if (data.kind === 'reextract' && data.article.endsWith('1'))
        throw new UnrecoverableError('record.invalid: broken');
      if (attempt === 1) throw new Error('not now');
      return 'new';
    });
    const batch = new PageBatch<number>(pages, { lost });
    await addAll(batch, 3);
    await batch.finish(signal);
    expect([...batch.outcomes].sort()).toEqual([
      [0, 'new'],
      [1, 'failed'],
      [2, 'new'],
    ]);
  });

  it.each(['null', 'nonsense'])('counts a job as failed that returns %s in place of an outcome', async (value) => {
    await open(() => JSON.parse(value === 'null' ? 'null' : '"nonsense"') as Outcome);
    const batch = new PageBatch<number>(pages, { lost });
    await addAll(batch, 1);
    await batch.finish(signal);
    expect(batch.outcomes.get(0)).toBe('failed');
  });

  it('hears of a job that another process queued again under the same id', async () => {
    await open();
    const batch = new PageBatch<number>(pages, { lost });
    await addAll(batch, 2);
    await queues.page.obliterate({ force: true });
    for (const number of [0, 1]) await queuePage(queues.page, job(number));
    await startWorker(() => 'unchanged');
    await batch.finish(signal);
    expect([...batch.outcomes.values()]).toEqual(['unchanged', 'unchanged']);
  });

  it('waits no longer than its signal, and tells what ended by then', async () => {
    await open();
    const batch = new PageBatch<number>(pages, { lost });
    await addAll(batch, 1);
    const stop = new AbortController();
    const finished = batch.finish(stop.signal);
    stop.abort(new Error('stopped'));
    await expect(finished).rejects.toThrow('stopped');
    expect(batch.outcomes.size).toBe(0);
    expect(await queues.page.getWaitingCount()).toBe(1);
  });
});

describe('jobs that are handed over at the same moment', () => {
  const numbers = Array.from({ length: 70 }, (_, number) => number);
  const valueOf = (data: PageJob): JobValue => (data.kind === 'batch' ? data.jobs.map(() => 'new') : 'revised');

  it('travel as few, each with an outcome of its own', async () => {
    const taken: PageJob[] = [];
    await open((data) => {
      taken.push(data);
      return data.kind === 'batch' ? data.jobs.map((_, index) => (index === 3 ? 'gone' : 'new')) : 'revised';
    });
    const batch = new PageBatch<number>(pages, { lost });
    await Promise.all(numbers.map((number) => batch.add(job(number), number)));
    await batch.finish(signal);
    expect(taken.map((data) => (data.kind === 'batch' ? data.jobs.length : 1))).toEqual([32, 32, 6]);
    expect(batch.outcomes.size).toBe(70);
    expect([...batch.outcomes].filter(([, outcome]) => outcome === 'gone').map(([number]) => number)).toEqual([
      3, 35, 67,
    ]);
  });

  it('are waited for to the end where one goes on by itself', async () => {
    await open((data) =>
      data.kind === 'batch' ? data.jobs.map((_, index) => (index === 1 ? null : 'new')) : valueOf(data),
    );
    const batch = new PageBatch<number>(pages, { lost });
    // The last is not awaited: whoever finishes waits for what is on its way, too.
    void Promise.all(numbers.slice(0, 3).map((number) => batch.add(job(number), number)));
    await batch.finish(signal);
    expect([...batch.outcomes].sort()).toEqual([
      [0, 'new'],
      [1, 'revised'],
      [2, 'new'],
    ]);
  });

  it.each<[string, (data: PageJob) => JobValue]>([
    [
      'an older writer refuses the batch',
      (data) => {
        if (data.kind === 'batch') throw new UnrecoverableError('payload of job');
        return valueOf(data);
      },
    ],
    ['the batch returns nonsense', (data) => (data.kind === 'batch' ? null : valueOf(data))],
  ])('go on one by one where %s', async (_name, work) => {
    await open(work);
    const batch = new PageBatch<number>(pages, { lost });
    await Promise.all(numbers.slice(0, 3).map((number) => batch.add(job(number), number)));
    await batch.finish(signal);
    expect([...batch.outcomes.values()]).toEqual(['revised', 'revised', 'revised']);
  });
});

describe('a queue that is deep', () => {
  it('holds up who fetches more, until a job has ended or it is stopped', async () => {
    await open();
    const batch = new PageBatch<number>(pages, { lost });
    const numbers = Array.from({ length: UNDER_WAY_MAX }, (_, number) => number);
    await batch.room(signal);
    await Promise.all(numbers.map((number) => batch.add(job(number), number)));
    let hasRoom = false;
    const room = batch.room(signal).then(() => (hasRoom = true));
    await batch.room(AbortSignal.abort());
    await queues.redis.ping();
    expect(hasRoom).toBe(false);
    await startWorker((data) => (data.kind === 'batch' ? data.jobs.map(() => 'new') : 'new'));
    await room;
    await batch.finish(signal);
    expect(batch.outcomes.size).toBe(UNDER_WAY_MAX);
  });

  it('takes less than 100 MB of Redis, events and what failed included', async () => {
    await open();
    const pageUrl = `https://sputnik.example/20261124/${'a-long-slug-of-an-article-'.repeat(4)}`;
    const article = (number: number): BatchedJob => ({
      ...{ v: 1, kind: 'article', runId: '20261122T141500-1f2e3d4c', edition: 'sputnik.example' },
      ...{ pageId: `sputnik.example/${1_000_000 + number}`, url: `${pageUrl}${number}.html` },
      ...{ finalUrl: `${pageUrl}${number}.html`, fetch: 'response', failure: null },
      capture: {
        ...{
          file: 'captures/sputnik-20261124101500-h1f2e3d-p1a2b-s3c4d-00001.warc.gz',
          offset: number,
          length: 20_480,
        },
        ...{ sha256: 'a'.repeat(64), fetchedAt: '2026-11-24T10:15:02Z', status: 200, via: 'http' },
        ...{ etag: `"${'e'.repeat(40)}"`, lastModified: 'Tue, 24 Nov 2026 10:15:02 GMT' },
      },
    });
    const before = await usedBytes();
    for (let number = 0; number < QUEUED_MAX; number += 1) {
      const first = number * BATCH_JOBS_MAX;
      const others = Array.from({ length: BATCH_JOBS_MAX - 1 }, (_, index) => article(first + 1 + index));
      await queuePage(queues.page, joinJobs([article(first), ...others]));
    }
    // As many again may stand among the failed ones.
    expect(2 * ((await usedBytes()) - before)).toBeLessThan(100_000_000);
  });
});

async function usedBytes(): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await queues.redis.info('memory'))?.[1]);
}

describe('jobs that somebody deletes', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['all of Redis is emptied', () => queues.redis.flushall()],
    ['the queue is obliterated', () => queues.page.obliterate({ force: true })],
    ['one of them is evicted', () => queues.redis.unlink(queues.page.toKey('reextract-r1-a.test-10000000'))],
  ])('end the waiting where %s', async (_name, deleteJobs) => {
    await open();
    const batch = new PageBatch<number>(pages, { lost });
    await addAll(batch, 3);
    await deleteJobs();
    const finished = expect(batch.finish(signal)).rejects.toMatchObject({ code: 'jobs.lost' });
    await pass(3 * LOOK_MS);
    await finished;
  });

  it('are told from such whose end nobody heard of', async () => {
    await open();
    const batch = new PageBatch<number>(pages, { lost });
    pages.events.removeAllListeners('failed');
    await startWorker(() => {
      throw new UnrecoverableError('record.invalid: broken');
    });
    await addAll(batch, 1);
    await vi.waitFor(async () => {
      expect(await queues.page.getFailedCount()).toBe(1);
    });
    const finished = batch.finish(signal);
    await pass(LOOK_MS);
    await finished;
    expect(batch.outcomes.get(0)).toBe('failed');
  });
});

it('jobs that nobody works off end the waiting where it has a limit', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  await open();
  const error = (pending: number): FatalError => new FatalError(`${pending} pending`, { code: 'quarantine.stalled' });
  const batch = new PageBatch<number>(pages, { lost, stalled: { afterMs: 0, error } });
  await addAll(batch, 2);
  const wanted = { code: 'quarantine.stalled', message: '2 pending' };
  const finished = expect(batch.finish(signal)).rejects.toMatchObject(wanted);
  await pass(LOOK_MS);
  await finished;
});
