import { createHash } from 'node:crypto';
import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { knowledgeOf } from '../../../src/app/crawl/catalogue-knowledge.js';
import type { GapDependencies } from '../../../src/app/coverage/fill-gaps.js';
import { readUnderNewTopics } from '../../../src/app/harvester/read-under-new-topics.js';
import { openCaptureWriter } from '../../../src/captures/capture-writer.js';
import type { CaptureReference } from '../../../src/domain/article.js';
import { FatalError, PermanentError } from '../../../src/domain/errors.js';
import type { ArticleKey, FetchResult } from '../../../src/domain/page.js';
import type { Outcome } from '../../../src/domain/outcome.js';
import { noCrash } from '../../../src/platform/crash-points.js';
import { silentLogger } from '../../../src/platform/logger.js';
import { pageJobFor, pageJobSchema, type PageJob } from '../../../src/queue/page-jobs.js';
import { createUrlRules } from '../../../src/sputnik/urls/url-rules.js';
import { checkSample } from '../../../src/store/verify/check-record.js';
import { pageResultReader } from '../../../src/store/writer/capture-interpreter.js';
import { createExtractionPool } from '../../../src/workers/extraction-pool.js';
import { createListParser } from '../../../src/workers/list-parser.js';
import { createCaptureInterpreter, noteReader } from '../../../src/workers/interpret-answer.js';
import { processJob, type PageWorkerDependencies } from '../../../src/workers/process-page-job.js';
import { EDITIONS, TOPICS } from '../../contract/read-page.js';
import { renderCurrentPage } from '../../contract/render-current-page.js';
import { SAMPLE_ARTICLE } from '../../contract/sample-article.js';
import { opened, scratchFolder, type QueriedStore } from '../store/fixtures.js';

const NOBODY = 65_534;

/** Does something while this process may not read the captures; root may always, so it takes the rights of another user for that. */
async function withoutRights<T>(dataDir: string, work: () => Promise<T>): Promise<T> {
  const isRoot = process.getuid?.() === 0;
  chmodSync(dataDir, 0o755);
  chmodSync(join(dataDir, 'captures'), 0o000);
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
    chmodSync(join(dataDir, 'captures'), 0o755);
  }
}

const urlRules = createUrlRules(EDITIONS);
const PAGE = urlRules.parse(SAMPLE_ARTICLE.url)!;
const CLOCK = { now: () => Date.UTC(2026, 6, 29) };
const HTML = renderCurrentPage(SAMPLE_ARTICLE);

/** A page worker on a real store and real capture files, whose extraction runs on this thread. */
interface WorkerSetup {
  readonly dataDir: string;
  readonly store: QueriedStore;
  readonly deps: PageWorkerDependencies;
  readonly capture: (result: Partial<FetchResult>, body?: string) => Promise<{ readonly job: PageJob }>;
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function openWorker(
  change: Partial<PageWorkerDependencies> = {},
  dataDir = scratchFolder(),
): Promise<WorkerSetup> {
  const bodyBytesMax = 1_000_000;
  const settings = { dataDir, editions: EDITIONS, topics: change.topics ?? TOPICS, bodyBytesMax };
  const extractor = createExtractionPool(settings, { threads: 0, deadlineMs: 60_000, memoryMb: 1_000 });
  const lists = createListParser(EDITIONS, { deadlineMs: 60_000, memoryMb: 1_000 });
  closers.push(() => lists.close());
  const interpreter = { ...settings, extractor, lists, urlRules, log: silentLogger, ...change };
  const interpret = createCaptureInterpreter(interpreter);
  const readPageResult = pageResultReader(dataDir, interpret);
  const store = await opened(dataDir, { readPageResult });
  const writer = await openCaptureWriter({ dataDir, clock: CLOCK, fileBytesMax: 1_000_000, software: 'test/1' });
  closers.push(() => writer.close());
  const deps: PageWorkerDependencies = {
    ...interpreter,
    store,
    readPageResult,
    readNote: noteReader(dataDir, interpret),
    noteExtractorChange: (note) => writer.appendExtractorChange(note),
    watchDrift: () => undefined,
    maintain: () => Promise.resolve(),
    requeue: () => Promise.resolve(),
    crashPoint: noCrash,
  };
  let minute = 0;
  const capture: WorkerSetup['capture'] = async (result, text = HTML) => {
    minute += 1;
    const body = Buffer.from(text);
    const fetched = {
      kind: 'response',
      target: { kind: 'article', edition: PAGE.edition, url: PAGE.url, pageId: PAGE.pageId, foundBy: 'url' },
      runId: 'r1',
      fetchedAt: `2026-07-28T10:${String(minute).padStart(2, '0')}:00Z`,
      durationMs: 1,
      status: 200,
      statusText: 'OK',
      headers: [['Content-Type', 'text/html; charset=utf-8']],
      body,
      bodySha256: createHash('sha256').update(body).digest('hex'),
      finalUrl: PAGE.url,
      via: 'http',
      ...result,
    } as FetchResult;
    const reference = await writer.append(fetched);
    return { job: pageJobFor(fetched, reference)! };
  };
  return { dataDir, store, deps, capture };
}

it('takes a list that came with another status of success for read, as the crawl does', async () => {
  const { deps, capture, store } = await openWorker();
  const url = `https://${PAGE.edition}/export/rss2/archive/index.xml`;
  const target = { kind: 'feed', edition: PAGE.edition, url, pageId: null, foundBy: 'feed' } as const;
  const rss = `<rss><channel><item><link>${PAGE.url}</link></item></channel></rss>`;
  const headers: [string, string][] = [['Content-Type', 'text/xml']];
  const { job } = await capture({ target, status: 203, headers, finalUrl: url }, rss);
  await processJob(job, 1, deps);
  expect(store.queries.coverage.listFetches(PAGE.edition, '20260728')).toMatchObject([{ kind: 'feed', failure: null }]);
});

describe('several pages that travel as one job', () => {
  const batchOf = (...jobs: readonly PageJob[]): PageJob =>
    pageJobSchema.parse({ v: 1, kind: 'batch', jobs: [...jobs] });

  it('each have their outcome, also when the job is delivered twice', async () => {
    const { deps, capture, store } = await openWorker();
    const first = await capture({});
    const edited = await capture({}, HTML.replaceAll(SAMPLE_ARTICLE.title, 'Another headline'));
    const gone = await capture({ status: 404 }, 'gone');
    const job = batchOf(first.job, edited.job, gone.job);
    expect(await processJob(job, 1, deps)).toEqual(['new', 'revised', 'gone']);
    expect(await processJob(job, 2, deps)).toEqual(['new', 'revised', 'gone']);
    expect(store.queries.article(PAGE.articleKey)?.revisions).toHaveLength(1);
  });

  it('harm no other: one that throws goes on as a job of its own', async () => {
    const again: PageJob[] = [];
    const requeue = (job: PageJob): Promise<void> => {
      again.push(job);
      return Promise.resolve();
    };
    const { deps, capture } = await openWorker({ requeue });
    const good = await capture({});
    const bad = { ...(await capture({})).job, url: 'https://nobody.example/1.html' } as PageJob;
    expect(await processJob(batchOf(bad, good.job), 1, { ...deps, requeue })).toEqual([null, 'new']);
    expect(again).toEqual([bad]);
  });

  it('stop where the store cannot go on', async () => {
    const full = new FatalError('no space', { code: 'disk.full' });
    const { deps, capture } = await openWorker();
    const jobs = [(await capture({})).job, (await capture({ status: 404 }, 'gone')).job];
    deps.store.storePage = () => Promise.reject(full);
    await expect(processJob(batchOf(...jobs), 1, deps)).rejects.toBe(full);
  });
});

describe('a job of another program that says what its capture does not', () => {
  const other = urlRules.parse(PAGE.url.replace(/\d+\.html/, '1049499305.html'))!;
  it.each<[what: string, change: object, capture?: object]>([
    ['that the page is gone', {}, { status: 404 }],
    ['that it could not be fetched', { fetch: 'failure', failure: 'timeout' }],
    ['that it has not changed', { fetch: 'notModified' }],
    ['that it led to the front page', { finalUrl: `https://${PAGE.edition}/` }],
    ['that it is another page', { pageId: other.pageId, url: other.url, finalUrl: other.url }],
    ['another time', {}, { fetchedAt: '2020-01-01T00:00:00Z' }],
    ['gone, in a file that does not exist', {}, { status: 404, file: 'captures/nothing.warc.gz' }],
  ])('%s: is refused, and takes no place from the true one', async (_, change, captured = {}) => {
    const { deps, capture } = await openWorker();
    const { job } = await capture({});
    const told = { ...job, ...change, capture: { ...('capture' in job && job.capture), ...captured } };
    const refused = processJob(pageJobSchema.parse(told), 1, deps);
    await expect(refused).rejects.toMatchObject({ code: 'capture.mismatch' });
    expect(await processJob(job, 1, deps)).toBe('new');
  });

  it.each(['../../etc/passwd', '/etc/passwd', 'articles/a.warc.gz'])('in %s: fails by its form', async (file) => {
    const { job } = await (await openWorker()).capture({});
    const told = { ...job, capture: { ...('capture' in job && job.capture), file } };
    expect(pageJobSchema.safeParse(told).success).toBe(false);
  });
});

describe('the page worker returns what became of a page', () => {
  it('new at first, unchanged when it shows the same, and the same again when a job is delivered twice', async () => {
    const { deps, store, capture } = await openWorker();
    const first = await capture({});
    expect(await processJob(first.job, 1, deps)).toBe('new');
    expect(store.queries.article(PAGE.articleKey)?.title).toBe(SAMPLE_ARTICLE.title);
    expect(await processJob((await capture({})).job, 1, deps)).toBe('unchanged');
    expect(await processJob(first.job, 2, deps)).toBe('new');
  });

  it('revised when its text changed', async () => {
    const { deps, store, capture } = await openWorker();
    await processJob((await capture({})).job, 1, deps);
    const edited = await capture({}, HTML.replaceAll(SAMPLE_ARTICLE.title, 'Another headline'));
    expect(await processJob(edited.job, 1, deps)).toBe('revised');
    expect(store.queries.article(PAGE.articleKey)?.revisions).toHaveLength(1);
  });

  it.each<[outcome: Outcome, page: string, Partial<FetchResult>, body: string]>([
    ['gone', 'a page that is gone', { status: 404 }, 'gone'],
    ['notArticle', 'a page of another kind', {}, '<html><body><p>Nothing here.</p></body></html>'],
    ['failed', 'no answer', { kind: 'failure', reason: 'timeout', detail: '', attempts: 1, status: null }, ''],
  ])('%s for %s', async (outcome, _page, result, body) => {
    const { deps, capture } = await openWorker();
    const { job } = await capture(result, body);
    expect(await processJob(job, 1, deps)).toBe(outcome);
  });

  const at = (path: string): string => new URL(path, PAGE.url).href;
  it.each<[outcome: Outcome, answer: string, status: number, finalUrl: string]>([
    ['gone', 'its own URL is not found', 404, PAGE.url],
    ['gone', 'its own URL is gone', 410, PAGE.url],
    ['gone', 'its own URL is not found with a mark of the mobile site', 404, `${PAGE.url}?mobile_return=no`],
    ['gone', "the site's front page", 200, at('/')],
    ['failed', 'not found at a later date', 404, at(`/20260730/${PAGE.articleId}.html`)],
    ['failed', 'not found under a title that was misread', 404, at(`/20260728/PaÅŸinyan-${PAGE.articleId}.html`)],
    ['failed', 'gone at the URL of another article', 410, at('/20260728/drugoe-99999999.html')],
    ['failed', 'a front page that is not found', 404, at('/')],
    ['notArticle', 'a section', 200, at('/politics/')],
  ])('%s where the page ends at: %s', async (outcome, _answer, status, finalUrl) => {
    const { deps, store, capture } = await openWorker();
    const stored = await capture({});
    await processJob(stored.job, 1, deps);
    const { job } = await capture({ status, finalUrl }, '<html><body><p>Nothing here.</p></body></html>');
    expect(await processJob(job, 1, deps)).toBe(outcome);
    expect(store.queries.article(PAGE.articleKey)?.title).toBe(SAMPLE_ARTICLE.title);
  });

  it('notArticle where another edition answers: its text is not stored under the name and language of this one', async () => {
    const { deps, store, capture } = await openWorker();
    const finalUrl = PAGE.url.replace('sputniknews.cn', 'big5.sputniknews.cn');
    const { job } = await capture({ finalUrl }, HTML.replaceAll(PAGE.url, finalUrl));
    expect(await processJob(job, 1, deps)).toBe('notArticle');
    expect(store.queries.article(PAGE.articleKey)).toBeNull();
  });

  it('failed when it cannot be read, and it waits in quarantine', async () => {
    const extractor = { extract: () => Promise.reject(tooSlow()), close: () => Promise.resolve() };
    const { deps, store, capture } = await openWorker({ extractor });
    expect(await processJob((await capture({})).job, 3, deps)).toBe('failed');
    expect(store.queries.quarantine()).toMatchObject([{ pageId: PAGE.pageId, code: 'extract.timeout', attempts: 3 }]);
  });

  it('nothing where its capture may not be read: it is tried again', async () => {
    const { dataDir, deps, store, capture } = await openWorker();
    const { job } = await capture({});
    const reference = (job as Extract<PageJob, { kind: 'article' }>).capture;
    const refused = expect.objectContaining({ name: 'RetryableError', code: 'capture.notPermitted' }) as Error;
    await withoutRights(dataDir, async () => {
      await expect(processJob(job, 1, deps)).rejects.toEqual(refused);
      await expect(deps.readPageResult(reference)).rejects.toEqual(refused);
    });
    expect(store.queries.quarantine()).toEqual([]);
    expect(store.isProcessed(reference)).toBe(false);
    expect(await processJob(job, 2, deps)).toBe('new');
    const sample = await withoutRights(dataDir, () => checkSample(dataDir, 5, 1_000_000));
    expect(sample.faults.byCode()).toEqual({ 'record.captureMissing': 1 });
  });

  it('null for what is no page: a run, and maintenance', async () => {
    const { deps } = await openWorker();
    expect(await processJob({ v: 1, kind: 'maintenance', runId: 'r1' }, 1, deps)).toBeNull();
  });
});

describe('a page in quarantine', () => {
  async function quarantined(): Promise<WorkerSetup & { readonly job: PageJob; readonly allow: () => void }> {
    let isAllowed = false;
    const setup = await openWorker();
    const extractor = setup.deps.extractor;
    const slow: typeof extractor = {
      extract: (task) => (isAllowed ? extractor.extract(task) : Promise.reject(tooSlow())),
      close: () => extractor.close(),
    };
    const deps = { ...setup.deps, extractor: slow };
    const interpret = createCaptureInterpreter(deps);
    const withSlow = { ...deps, readPageResult: pageResultReader(setup.dataDir, interpret) };
    const { job } = await setup.capture({});
    await processJob(job, 1, withSlow);
    const [page] = setup.store.queries.quarantine();
    const { id, capture } = page!;
    const allow = (): void => void (isAllowed = true);
    return {
      ...setup,
      deps: withSlow,
      job: { v: 1, kind: 'quarantine', runId: 'q1', action: 'retry', id, capture },
      allow,
    };
  }

  it('is stored by a retry that can read it, and has left the quarantine', async () => {
    const { deps, store, job, allow } = await quarantined();
    allow();
    expect(await processJob(job, 1, deps)).toBe('new');
    expect(store.queries.quarantine()).toEqual([]);
    expect(store.queries.article(PAGE.articleKey)?.title).toBe(SAMPLE_ARTICLE.title);
  });

  it('stays with one attempt more where a retry cannot read it either', async () => {
    const { deps, store, job } = await quarantined();
    expect(await processJob(job, 1, deps)).toBe('failed');
    expect(store.queries.quarantine()).toMatchObject([{ code: 'extract.timeout', attempts: 2 }]);
  });

  it('is given up by a drop, and stays listed', async () => {
    const { deps, store, job } = await quarantined();
    expect(await processJob({ ...job, action: 'drop' } as PageJob, 1, deps)).toBe('failed');
    expect(store.queries.quarantine()).toEqual([]);
    expect(store.queries.quarantine(true)).toHaveLength(1);
  });

  it.each<[string, (dataDir: string, job: PageJob) => PageJob]>([
    [
      'its capture file is gone',
      (dataDir, job) => {
        rmSync(join(dataDir, 'captures'), { recursive: true });
        return job;
      },
    ],
    ['another record stands there', (_dataDir, job) => withCapture(job, { sha256: 'a'.repeat(64) })],
    ['no record begins there', (_dataDir, job) => withCapture(job, { offset: 7 })],
  ])('stays, with a permanent error at once, where %s', async (_name, break_) => {
    const { deps, store, dataDir, job, allow } = await quarantined();
    allow();
    await expect(processJob(break_(dataDir, job), 1, deps)).rejects.toMatchObject({ code: 'capture.mismatch' });
    expect(store.queries.quarantine()).toHaveLength(1);
  });
});

function withCapture(job: PageJob, change: Partial<CaptureReference>): PageJob {
  if (job.kind !== 'quarantine') throw new Error('no decision about a quarantined page');
  return { ...job, capture: { ...job.capture, ...change } };
}

function tooSlow(): Error {
  return new PermanentError('took too long', { code: 'extract.timeout' });
}

describe('captures that were read before a topic was added', () => {
  it('are read again, once, also where it was stopped before', async () => {
    const { signal } = new AbortController();
    const readAgain = async ({ store, deps }: WorkerSetup, topics: typeof TOPICS): Promise<void> => {
      const captures = { appendExtractorChange: deps.noteExtractorChange };
      const reading = { config: { topics }, store, queries: store.queries, captures, log: silentLogger };
      await readUnderNewTopics(reading, signal);
    };
    const some = TOPICS.map((topic) => ({ ...topic, names: ['Elsewhere'] }));
    const before = await openWorker({ topics: some });
    await readAgain(before, some);
    expect(await processJob((await before.capture({})).job, 1, before.deps)).toBe('offTopic');
    await readAgain(before, some);
    expect(before.store.queries.article(PAGE.articleKey)).toBeNull();
    await before.store.close();

    const after = await openWorker({}, before.dataDir);
    const captures = { appendExtractorChange: after.deps.noteExtractorChange };
    const { store } = after;
    const stopped = { config: { topics: TOPICS }, store, queries: store.queries, captures, log: silentLogger };
    await readUnderNewTopics(stopped, AbortSignal.abort());
    expect(after.store.queries.article(PAGE.articleKey)).toBeNull();
    await readAgain(after, TOPICS);
    expect(after.store.queries.article(PAGE.articleKey)?.title).toBe(SAMPLE_ARTICLE.title);
    const judged = TOPICS.flatMap(({ id, names }) => names.map((name) => `${id}: ${name}`));
    const earlier = some.flatMap(({ id, names }) => names.map((name) => `${id}: ${name}`));
    expect(after.store.judgedTopics()).toEqual({ judged: [...earlier, ...judged], partly: null });
  });

  it('are left alone where two configurations are used in turn, but for what came meanwhile', async () => {
    const others = TOPICS.map((topic) => ({ ...topic, names: ['Elsewhere'] }));
    let dataDir: string | undefined;
    const reextracted: string[][] = [];
    const start = async (topics: typeof TOPICS, fetched: string | null): Promise<void> => {
      const { store, deps, capture, ...setup } = await openWorker({ topics }, dataDir);
      dataDir = setup.dataDir;
      await store.judgeBy(new Set(topics.flatMap(({ id, names }) => names.map((name) => `${id}: ${name}`))));
      const keys: string[] = [];
      const counting = Object.assign(Object.create(store) as typeof store, {
        examine: (key: ArticleKey) => (keys.push(key), store.examine(key)),
      });
      const captures = { appendExtractorChange: deps.noteExtractorChange };
      const reading = { config: { topics }, store: counting, queries: store.queries, captures, log: silentLogger };
      await readUnderNewTopics(reading, new AbortController().signal);
      if (fetched !== null) await processJob((await capture({}, `${HTML}<!-- ${fetched} -->`)).job, 1, deps);
      reextracted.push(keys);
      await store.close();
    };
    await start(TOPICS, 'first');
    await start(others, null);
    await start(TOPICS, null);
    await start(others, 'second');
    await start(others, null);
    await start(TOPICS, null);
    await start(TOPICS, null);
    await start(others, null);
    expect(reextracted).toEqual([[], [PAGE.articleKey], [], [], [], [PAGE.articleKey], [], []]);
  });
});

describe('a page that is not found at first', () => {
  it('is asked for again until a second answer confirms it', async () => {
    const { deps, store, capture } = await openWorker();
    const { known } = knowledgeOf(store.queries, { config: { crawl: { recheck: [] } } } as unknown as GapDependencies);
    const dueAfter = async (minutes: number): Promise<number> => {
      const { lastFetchedAt } = store.queries.pages.story(PAGE.pageId)!;
      return (await known.due(PAGE.edition, Date.parse(lastFetchedAt ?? '') + minutes * 60_000)).length;
    };
    await processJob((await capture({ status: 404 }, 'gone')).job, 1, deps);
    expect([await dueAfter(9), await dueAfter(11)]).toEqual([0, 1]);
    await processJob((await capture({ status: 404 }, 'gone')).job, 1, deps);
    expect(await dueAfter(11)).toBe(0);
  });
});
