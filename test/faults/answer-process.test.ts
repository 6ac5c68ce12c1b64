import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Article } from '../../src/domain/article.js';
import { silentLogger } from '../../src/platform/logger.js';
import { articlePath } from '../../src/store/files/article-files.js';
import { AnswerProcess } from '../../src/web/answer-process.js';
import { healthRoutes } from '../../src/web/monitoring-routes.js';
import { startWebServer, type WebServer } from '../../src/web/web-server.js';
import { feedRoutes } from '../../src/web/selection-routes.js';
import { pageRoutes } from '../../src/web/page-routes.js';
import { CatalogueHandle, type WebSources } from '../../src/web/web-sources.js';
import { articleResult, opened, scratchFolder } from '../unit/store/fixtures.js';
import { ask, served } from '../unit/web/ask.js';
import { expectSection } from './fault-table.js';
import { pause } from './faulty-program.js';

const FAMILY = 'sputniknews.cn';
const DEADLINE_MS = 2_000;
/** Where no deadline is looked at: a process takes long to start on a busy machine. */
const PATIENT_MS = 60_000;
const known = { topics: ['armenia'], editions: [FAMILY], languages: { [FAMILY]: 'zh-Hans' }, version: '0' };
const SETTINGS = { host: '127.0.0.1', port: 0, token: null, requestsPerMinute: 100_000 };
const health = healthRoutes(() => Promise.resolve({ ready: true, reasons: [], failingPages: [] }));

function sourcesOf(dataDir: string): WebSources {
  return {
    ...known,
    catalogue: new CatalogueHandle(dataDir),
    status: () => Promise.reject(new Error('unasked')),
  };
}

function recordPath(dataDir: string, articleId: string): string {
  return join(dataDir, articlePath({ folder: 'articles', key: `${FAMILY}/${articleId}`, month: '202405' }));
}

/** Body of 60,000 paragraphs of 260 characters, those of one article unlike those of the other: seconds to compare. */
function grow(dataDir: string, articleId: string, seed: number): void {
  const body = Array.from({ length: 60_000 }, (_, index) => {
    const text = Array.from({ length: 65 }, (__, word) => ((index * 7 + word * seed) % 4_096).toString(16)).join(' ');
    return { type: 'text', text } as const;
  });
  setBody(dataDir, articleId, body);
}

function setBody(dataDir: string, articleId: string, body: Article['body']): void {
  const path = recordPath(dataDir, articleId);
  writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as Article), body }));
}

/** What comes of a download. */
async function takenOf(url: string): Promise<{ readonly isCutOff: boolean; readonly articles: number }> {
  const chunks: Uint8Array[] = [];
  const articles = (): number => Buffer.concat(chunks).toString().split('"schemaVersion"').length - 1;
  try {
    const { body } = await fetch(url);
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk);
    return { isCutOff: false, articles: articles() };
  } catch {
    return { isCutOff: true, articles: articles() };
  }
}

describe('a web page whose records are monstrous', () => {
  const open: { server?: WebServer; answers?: AnswerProcess } = {};

  afterAll(async () => {
    await open.server?.close();
    open.answers?.close();
  });

  it('is answered by a process of its own as without one; what takes too long is refused, and nothing else waits', async () => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    for (const [at, articleId] of ['1000000101', '1000000102', '1000000103'].entries()) {
      await store.storePage(
        articleResult({ at, articleId, title: `Title ${at}`, text: `${at} 全文`, publishedAt: '2024-05-01T00:00:00Z' }),
      );
    }
    const sources = sourcesOf(dataDir);
    const plain = await served([feedRoutes(sources), pageRoutes(sources)]);
    open.answers = new AnswerProcess({ ...known, dataDir }, silentLogger, DEADLINE_MS);
    const routes = [health, feedRoutes(sources), pageRoutes(sources)];
    open.server = await startWebServer(SETTINGS, routes, silentLogger, open.answers);
    const { origin } = open.server;
    const answered = async (path: string): ReturnType<typeof ask> => {
      for (let left = 10; ; left -= 1) {
        const answer = await ask(origin + path);
        if (answer.status !== 503 || left === 0) return answer;
      }
    };

    for (const path of ['/articles', '/feeds/atom', `/articles/${FAMILY}/1000000101`, '/articles/a/1', '/search?q=(']) {
      const [apart, direct] = [await answered(path), await ask(plain + path)];
      expect([apart.status, apart.body], path).toEqual([direct.status, direct.body]);
      expect(apart.headers['content-security-policy']).toBe(direct.headers['content-security-policy']);
      expect(apart.headers.etag).toBe(direct.headers.etag);
    }
    const { etag = '' } = (await answered('/feeds/atom')).headers;
    expect(await ask(`${origin}/feeds/atom`, { 'if-none-match': etag })).toMatchObject({ status: 304, body: '' });
    expect(await ask(`${origin}/articles`, {}, { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
    expect((await ask(`${origin}/download/csv`)).body).toContain('Title 2');

    grow(dataDir, '1000000101', 13);
    grow(dataDir, '1000000102', 31);
    const late = ask(`${origin}/articles/${FAMILY}/1000000101?against=${FAMILY}/1000000102`);
    for (let probes = 0; probes < 10; probes += 1) {
      const since = performance.now();
      expect(await ask(`${origin}/healthz`)).toMatchObject({ status: 200 });
      // Some milliseconds; all of the deadline where the answer is made in the process that answers probes.
      expect(performance.now() - since).toBeLessThan(DEADLINE_MS * 0.75);
    }
    expect(await late).toMatchObject({ status: 503, headers: { 'retry-after': '10' } });
    expect(JSON.parse((await late).body)).toMatchObject({ error: { code: 'web.tooSlow' } });
    expect((await answered(`/articles/${FAMILY}/1000000103`)).status).toBe(200);
  });

  it('is cut off where it fails on the way, and does not look whole', async () => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    for (let at = 0; at < 120; at += 1)
      await store.storePage(
        articleResult({
          at,
          articleId: String(1_000_000_200 + at),
          title: `Title ${at}`,
          text: `${at} ${'全文'.repeat(2_000)}`,
        }),
      );
    const sources = sourcesOf(dataDir);
    const answers = new AnswerProcess({ ...known, dataDir }, silentLogger, PATIENT_MS);
    const server = await startWebServer(SETTINGS, [pageRoutes(sources)], silentLogger, answers);
    try {
      const words = encodeURIComponent('全文');
      expect(await takenOf(`${server.origin}/download/ndjson?duplicates=all&q=${words}`)).toEqual({
        isCutOff: false,
        articles: 120,
      });
      writeFileSync(recordPath(dataDir, '1000000210'), '{"schemaVersion":');
      // More than the system takes at once: it is still on its way when all is read.
      setBody(dataDir, '1000000318', [{ type: 'text', text: '文'.repeat(4_000_000) }]);
      // Whatever can be read comes, and then it shows that something is missing.
      for (const selection of ['ndjson?', 'json?', `ndjson?q=${words}&`, 'json?format=text&']) {
        expect([selection, await takenOf(`${server.origin}/download/${selection}duplicates=all`)]).toEqual([
          selection,
          { isCutOff: true, articles: 119 },
        ]);
      }
      for (let given = 0; given < 4; given += 1) {
        const leaving = new AbortController();
        const begun = await fetch(`${server.origin}/download/json`, { signal: leaving.signal });
        expect([given, begun.status]).toEqual([given, 200]);
        leaving.abort();
        // Who was served frees the place when it is known that he left.
        await expect
          .poll(async () => (await ask(`${server.origin}/download/csv?gone=yes`)).status, { timeout: PATIENT_MS })
          .toBe(200);
      }
      const response = await fetch(`${server.origin}/download/ndjson`);
      expect(response.status).toBe(200);
      // What has not been sent yet cannot be read any more.
      await store.close();
      rmSync(join(dataDir, 'articles'), { recursive: true });
      writeFileSync(join(dataDir, 'articles'), 'no folder');
      await expect(response.text()).rejects.toThrow(/terminated/);
    } finally {
      await server.close();
      answers.close();
    }
  });

  it('costs nothing else where reading it is ended in the midst of the catalogue', async () => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    for (let at = 0; at < 40; at += 1)
      await store.storePage(articleResult({ at, articleId: String(1_000_000_400 + at), text: `${at} 全文` }));
    const answers = new AnswerProcess({ ...known, dataDir }, silentLogger, PATIENT_MS);
    const sources = sourcesOf(dataDir);
    const server = await startWebServer(SETTINGS, [pageRoutes(sources)], silentLogger, answers);
    try {
      for (let round = 0; round < 3; round += 1) {
        expect((await ask(`${server.origin}/articles`)).status).toBe(200);
        const late = Array.from({ length: 30 }, () => ask(`${server.origin}/search?q=%E5%85%A8%E6%96%87`));
        await pause(round * 5);
        answers.close();
        // Answered, refused, or cut off: none is left without a word.
        await Promise.allSettled(late);
      }
    } finally {
      await server.close();
      answers.close();
    }
  });

  it('comes to what docs/faults.md says', async () => {
    await expectSection({
      title: 'Records that take long to show',
      columns: ['what is asked for', 'outcome'],
      rows: [
        [
          'the difference of two articles of 60,000 paragraphs',
          '503 `web.tooSlow` at the deadline; `/healthz` answers within 500 ms meanwhile; the next request is answered',
        ],
      ],
    });
  });
});
