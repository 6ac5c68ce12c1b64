import { createHash } from 'node:crypto';
import { readCapture } from '../../../src/captures/read-capture.js';
import { openCaptureWriter } from '../../../src/captures/capture-writer.js';
import { isAnswer, type ScannedRecord } from '../../../src/captures/decode-record.js';
import type { CaptureReference } from '../../../src/domain/article.js';
import type { ExtractedArticle } from '../../../src/domain/extraction.js';
import type { FetchResult } from '../../../src/domain/page.js';
import type { Observation } from '../../../src/records/timeline.js';
import type { CaptureMeaning, InterpretCapture } from '../../../src/store/writer/capture-interpreter.js';
import type { ListFetch } from '../../../src/domain/page-result.js';
import { instant } from '../records/observations.js';
import { makePlan } from './plan.js';

const LIMITS = { bodyBytesMax: 1_000_000 };
const CLOCK = { now: () => Date.UTC(2024, 4, 1) };

/**
 * A site whose pages are the articles as JSON, so that reading a capture needs no reader: what the worker does with real pages, with real
 * capture files under it.
 */
export async function captureWorld(
  dataDir: string,
  random: () => number,
): Promise<{ readonly references: readonly CaptureReference[]; readonly results: readonly FetchResult[] }> {
  const writer = await openCaptureWriter({ dataDir, clock: CLOCK, fileBytesMax: 20_000, software: 'test/1' });
  const results: FetchResult[] = makePlan(random, 30).map(pageResult);
  const [first, second] = results;
  if (first && second) {
    results.push({ ...first, kind: 'notModified', status: 304, headers: [], fetchedAt: instant(100) });
    for (const at of [101, 102]) results.push({ ...second, ...gone(at) });
    results.push({
      ...first,
      kind: 'failure',
      reason: 'timeout',
      detail: 'no answer',
      status: null,
      attempts: 3,
      fetchedAt: instant(103),
    });
    results.push(
      listResult([first.target.url, second.target.url], 104),
      listResult([first.target.url], 90),
      failedList(105),
    );
  }
  const references = await Promise.all(results.map((result) => writer.append(result)));
  await writer.appendRun({ runId: 'r1', startedAt: instant(0), found: results.length });
  await writer.close();
  return { references, results };
}

function pageResult({ article, capture }: Observation): FetchResult {
  const body = Buffer.from(JSON.stringify(article));
  return {
    kind: 'response',
    target: {
      kind: 'article',
      edition: article.edition,
      url: article.url,
      pageId: `${article.edition}/${article.articleId}`,
      foundBy: 'feed',
    },
    runId: 'r1',
    fetchedAt: capture.fetchedAt,
    durationMs: 5,
    status: 200,
    statusText: 'OK',
    headers: [
      ['Content-Type', 'application/json'],
      ['ETag', `"${capture.offset}"`],
    ],
    body,
    bodySha256: createHash('sha256').update(body).digest('hex'),
    finalUrl: article.url,
    via: 'http',
  };
}

function gone(at: number): object {
  const body = Buffer.from('gone');
  const bodySha256 = createHash('sha256').update(body).digest('hex');
  return { status: 404, statusText: 'Not Found', fetchedAt: instant(at), body, bodySha256 };
}

function failedList(at: number): FetchResult {
  const { target, runId } = listResult([], at);
  const failed = { reason: 'blocked', detail: 'HTTP 451', status: 451, attempts: 1 } as const;
  return { kind: 'failure', target, runId, fetchedAt: instant(at), durationMs: 5, ...failed };
}

function listResult(urls: readonly string[], at: number): FetchResult {
  const body = Buffer.from(JSON.stringify(urls));
  const url = 'https://sputniknews.cn/export/rss2/archive/index.xml';
  return {
    kind: 'response',
    target: { kind: 'feed', edition: 'sputniknews.cn', url, pageId: null, foundBy: 'feed' },
    runId: 'r1',
    fetchedAt: instant(at),
    durationMs: 5,
    status: 200,
    statusText: 'OK',
    headers: [],
    body,
    bodySha256: createHash('sha256').update(body).digest('hex'),
    finalUrl: url,
    via: 'http',
  };
}

const familyOf = (edition: string): string => (edition.endsWith('sputniknews.cn') ? 'sputniknews.cn' : edition);

/** Every feed is of one day here. */
function feedFetch(failure: ListFetch['failure']): ListFetch {
  const days = { from: '20240101', to: '20240101' };
  return { edition: 'sputniknews.cn', family: 'sputniknews.cn', kind: 'feed', days, isWhole: false, failure };
}

/** Reads a capture of this world as the worker reads one of the real one. */
export function interpreterOf(dataDir: string): InterpretCapture {
  return (record) => Promise.resolve(interpret(dataDir, record));
}

function interpret(dataDir: string, record: ScannedRecord): CaptureMeaning | null {
  if (record.kind === 'run') return { kind: 'run', run: record.summary as never };
  if (!isAnswer(record)) return null;
  const { target, reference: capture } = record;
  if (target.kind === 'feed') {
    const read = readCapture(dataDir, capture, LIMITS);
    const urls = read.kind === 'response' ? (JSON.parse(read.body.toString()) as string[]) : [];
    const pages = urls.map((url) => {
      const { host, pathname } = new URL(url);
      const articleId = /(\d+)\.html$/.exec(pathname)?.[1] ?? '';
      return { pageId: `${host}/${articleId}` as const, family: familyOf(host), url };
    });
    const fetch = feedFetch(record.kind === 'failure' ? record.reason : null);
    return { kind: 'list', list: { capture, listUrl: target.url, route: 'feed', tagPath: null, pages, fetch } };
  }
  if (target.pageId === null) return null;
  const page = { pageId: target.pageId, family: familyOf(target.edition), url: target.url };
  if (record.kind === 'notModified') return { kind: 'page', result: { kind: 'notModified', page, capture } };
  if (record.kind === 'failure') {
    return { kind: 'page', result: { kind: 'unreachable', page, capture, reason: record.reason } };
  }
  if (record.status === 404) {
    return { kind: 'page', result: { kind: 'gone', page, capture, reason: 'notFound' } };
  }
  const read = readCapture(dataDir, capture, LIMITS);
  if (read.kind !== 'response') return null;
  const article = JSON.parse(read.body.toString()) as ExtractedArticle;
  return { kind: 'page', result: { kind: 'article', page, capture, article } };
}
