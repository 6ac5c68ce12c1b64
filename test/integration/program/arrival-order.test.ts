import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConverterBuilder } from 'opencc-js/core';
import * as simplifiedToTraditional from 'opencc-js/preset/cn2t';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCaptureWriter } from '../../../src/captures/capture-writer.js';
import type { Article } from '../../../src/domain/article.js';
import type { FetchResult } from '../../../src/domain/page.js';
import { CRASH_POINTS, WORK_CRASH_POINTS } from '../../../src/platform/crash-points.js';
import { renderCurrentPage } from '../../contract/render-current-page.js';
import { SAMPLE_ARTICLE } from '../../contract/sample-article.js';
import { Random } from '../../quality/dedupe/random.js';
import { createWorkplace, type Workplace } from './run-sputnik.js';

/**
 * The same answers of the site, captured in random orders, some twice, processed several at a time in processes that are killed at
 * random moments: the record files must be the same, byte for byte, but for where in the captures folder a page lies (`capture.file`,
 * `capture.offset`, `capture.length`), which rightly differs.
 */
const PROGRAM = fileURLToPath(new URL('./process-captures.js', import.meta.url));
const KILLS_PER_ROUND = 2;
const traditional = ConverterBuilder(simplifiedToTraditional)({ from: 'cn', to: 'tw' });
const POINTS = [...CRASH_POINTS, ...WORK_CRASH_POINTS].filter((point) => /^(?:batch|files|page|start)\./.test(point));

const BODY = SAMPLE_ARTICLE.body;
const OTHER = [
  '库拉河谷的农民今年提前两周开始收割小麦,合作社主任说,春季雨水充足,收成预计比去年高出一成半。',
  '粮站已经清空了三座仓库,运输公司为丰收准备了四十辆卡车,铁路部门加开了夜间货运列车。',
  '农业部的专家建议把一部分收成留作种子,因为这个品种经受住了四月份的霜冻和五月份的冰雹。',
  '面粉厂表示收购价格将在下周公布,并承诺不低于去年的水平,合同可以在厂区和网上签订。',
].map((text) => ({ type: 'text' as const, text }));

interface Page {
  readonly id: string;
  readonly title?: string;
  readonly body?: typeof BODY;
  readonly published?: string;
}

function answer(host: string, { id, title, body = BODY, published }: Page, second: number): FetchResult {
  const url = `https://${host}/20240315/${id}.html`;
  const say = host.startsWith('big5.') ? traditional : (text: string): string => text;
  const page = renderCurrentPage({
    ...SAMPLE_ARTICLE,
    ...{ url, articleId: id, title: say(title ?? SAMPLE_ARTICLE.title), lead: say(SAMPLE_ARTICLE.lead ?? '') },
    ...{ body: body.map((block) => ({ ...block, text: say(block.text) })), inlineLinks: [], cards: [] },
    ...{ tags: SAMPLE_ARTICLE.tags.map((tag) => ({ ...tag, name: say(tag.name) })) },
    ...(published === undefined ? {} : { published, modified: published }),
  });
  return { ...result(host, id, second), ...withBody(200, page) } as FetchResult;
}

function withBody(status: number, text: string): object {
  const body = Buffer.from(text);
  const bodySha256 = createHash('sha256').update(body).digest('hex');
  const headers = [['Content-Type', 'text/html; charset=utf-8']];
  return { kind: 'response', status, statusText: 'OK', headers, body, bodySha256, via: 'http' };
}

function result(host: string, id: string, second: number) {
  const url = `https://${host}/20240315/${id}.html`;
  const target = { kind: 'article', edition: host, url, pageId: `${host}/${id}`, foundBy: 'feed' };
  const fetchedAt = new Date(Date.UTC(2024, 2, 16, 0, 0, second)).toISOString().replace('.000Z', 'Z');
  return { target, runId: 'order', fetchedAt, durationMs: 1, finalUrl: url };
}

const CN = 'sputniknews.cn';
const BIG5 = 'big5.sputniknews.cn';
const edited = BODY.map((block, i) => (i === 0 ? { ...block, text: block.text.replace('三千', '四千') } : block));
const near = [...BODY, { type: 'text' as const, text: '主办方补充说,周末将延长开放时间。' }];

/** Pairs of renditions with hours between, edits in both editions, exact and near copies, withdrawals, 304s. */
const ANSWERS: readonly FetchResult[] = [
  answer(CN, { id: '1057700001' }, 10),
  answer(BIG5, { id: '1057700001' }, 9_000),
  answer(CN, { id: '1057700001', body: edited }, 12_000),
  answer(BIG5, { id: '1057700001', body: edited }, 15_000),
  answer(BIG5, { id: '1057700002', body: OTHER, title: '河谷收割提前两周' }, 20),
  answer(CN, { id: '1057700002', body: OTHER, title: '河谷收割提前两周' }, 21_000),
  { ...result(BIG5, '1057700002', 30_000), ...withBody(404, 'gone') } as FetchResult,
  { ...result(BIG5, '1057700002', 40_000), ...withBody(404, 'gone') } as FetchResult,
  answer(CN, { id: '1057700003', published: '2024-03-15T10:20+0800' }, 30),
  answer(BIG5, { id: '1057700006', published: '2024-03-15T22:20+0800' }, 60),
  answer(CN, { id: '1057700004', body: near, published: '2024-03-15T21:20+0800' }, 40),
  answer(BIG5, { id: '1057700005', body: OTHER, title: '河谷收割提前两周', published: '2024-03-15T23:20+0800' }, 50),
  answer(CN, { id: '1057700005', body: OTHER.slice(0, 3), title: '河谷收割提前两周' }, 22_000),
  { ...result(CN, '1057700003', 50_000), kind: 'notModified', status: 304, headers: [] } as FetchResult,
];

const workplaces: Workplace[] = [];
afterAll(() => Promise.all(workplaces.map((workplace) => workplace.remove())));

async function captured(answers: readonly FetchResult[]): Promise<Workplace> {
  const workplace = await createWorkplace({ workers: { pageConcurrency: 4 }, extract: { threads: 2 } });
  workplaces.push(workplace);
  const { dataDir } = workplace;
  const clock = { now: () => Date.UTC(2024, 2, 17) };
  const writer = await openCaptureWriter({ dataDir, clock, fileBytesMax: 8_000, software: 'test/1' });
  for (const fetched of answers) await writer.append(fetched);
  await writer.close();
  return workplace;
}

type Crash = { readonly point: string; readonly nth: number } | null;

async function processCaptures(
  { configFile, dataDir }: Workplace,
  crash: Crash,
): Promise<number | NodeJS.Signals | null> {
  const words = JSON.stringify({ configFile, dataDir, crash });
  const child = spawn(process.execPath, [PROGRAM, words], { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return signal ?? code;
}

/** Record files by path, without the location of the capture. */
function recordsOf(dataDir: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const folder of ['articles', 'duplicates']) {
    if (!existsSync(join(dataDir, folder))) continue;
    const entries = readdirSync(join(dataDir, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((file) => file.isFile())) {
      const path = join(entry.parentPath, entry.name);
      const text = readFileSync(path, 'utf8');
      const location = /"file": "captures[^"]*",\n +"offset": \d+,\n +"length": \d+,/;
      expect(text).toMatch(location);
      files[relative(dataDir, path)] = text.replace(location, '"…": null,');
    }
  }
  return Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
}

let wanted: Record<string, string> = {};

beforeAll(async () => {
  const workplace = await captured(ANSWERS);
  expect(await processCaptures(workplace, null)).toBe(0);
  wanted = recordsOf(workplace.dataDir);
}, 120_000);

describe('record files', () => {
  it('hold one record for both renditions, its edits, copies and withdrawal', () => {
    const record = (id: string): Article => {
      const found = Object.entries(wanted).find(([path]) => path.endsWith(`/${id}.json`));
      return JSON.parse(found?.[1] ?? '{}') as Article;
    };
    expect(Object.keys(wanted)).toHaveLength(6);
    expect(record('1057700001')).toMatchObject({
      edition: CN,
      renditions: [{ edition: BIG5 }],
      revisions: [{ revision: 1 }],
    });
    expect(record('1057700002')).toMatchObject({ edition: CN, renditions: [{ edition: BIG5 }] });
    expect(record('1057700002').goneAt).not.toBeNull();
    const links = Object.values(wanted).map((text) => (JSON.parse(text) as Article).duplicateOf?.kind ?? 'none');
    expect(new Set(links)).toEqual(new Set(['none', 'exact', 'near']));
  });

  it.each([1, 2, 3])(
    'are the same for answers in random order, some twice, after kills at random moments (%i)',
    async (seed) => {
      const random = new Random(seed * 7919);
      const twice = ANSWERS.filter(() => random.next() < 0.3);
      const workplace = await captured(random.shuffle([...ANSWERS, ...twice]));
      for (let kill = 0; kill < KILLS_PER_ROUND; kill += 1) {
        const crash = { point: random.pick(POINTS), nth: 1 + random.below(4) };
        // A moment that is not reached so often lets the process end by itself.
        expect(['SIGKILL', 0]).toContain(await processCaptures(workplace, crash));
      }
      expect(await processCaptures(workplace, null)).toBe(0);
      expect(recordsOf(workplace.dataDir)).toEqual(wanted);
      const { code, value } = await workplace.document(['verify']);
      expect({ code, value }).toMatchObject({ code: 0 });
    },
    180_000,
  );
});
