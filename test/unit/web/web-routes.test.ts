import { Ajv2020 } from 'ajv/dist/2020.js';
import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { tellRequest } from '../../../src/platform/logger.js';
import { judgeFreshness } from '../../../src/store/catalogue/judge-freshness.js';
import { apiRoutes } from '../../../src/web/api-routes.js';
import { feedRoutes } from '../../../src/web/selection-routes.js';
import { metricsRoutes } from '../../../src/web/monitoring-routes.js';
import { pageRoutes } from '../../../src/web/page-routes.js';
import { CatalogueHandle, type WebSources } from '../../../src/web/web-sources.js';
import { articleResult, opened, scratchFolder } from '../store/fixtures.js';
import { ask, served } from './ask.js';

const HOSTILE_TITLE = '</title><script>alert(1)</script>"><img src=x onerror=alert(1)>';
const HOSTILE_TAG = '<svg/onload=alert(2)>';

const FRESHNESS_QUESTION = {
  limits: { gaps: 3, hoursMin: 6, unreadHours: 24 },
  editions: [
    { id: 'am.sputniknews.ru', enabled: true },
    { id: 'big5.sputniknews.cn', enabled: true },
    { id: 'ria.ru', enabled: false },
    { id: 'sputniknews.cn', enabled: true },
  ],
  topics: [{ id: 'armenia', enabled: true }],
  runs: [{ startedAt: '2024-05-10T11:00:00Z', unreachable: [{ edition: 'am.sputniknews.ru', reason: 'reset' }] }],
  nowMs: Date.parse('2024-05-10T12:00:00Z'),
};

/** Five articles, one of them written by somebody who wants to reach its readers, and one edited. */
async function site(): Promise<string> {
  const { dataDir, store } = await stored();
  for (let n = 0; n < 5; n += 1) {
    const result = articleResult({
      at: n,
      articleId: String(1_000_000_100 + n),
      title: n === 3 ? HOSTILE_TITLE : `Title ${n}`,
      text: n === 3 ? '<iframe src="//evil.example">' : `الخبر رقم ${n} كامل`,
      publishedAt: n === 4 ? null : `2024-05-0${n + 1}T08:00:00Z`,
    });
    if (result.kind === 'article' && n === 3) {
      const tags = [{ name: HOSTILE_TAG, url: 'javascript:alert(3)', kind: null }];
      await store.storePage({ ...result, article: { ...result.article, tags } });
    } else await store.storePage(result);
  }
  await store.storePage(articleResult({ at: 90, articleId: '1000000100', title: 'Title changed', text: 'x < y' }));
  return servedFrom(dataDir);
}

async function stored(): Promise<{ dataDir: string; store: Awaited<ReturnType<typeof opened>> }> {
  const dataDir = scratchFolder();
  return { dataDir, store: await opened(dataDir) };
}

function servedFrom(dataDir: string): Promise<string> {
  const catalogue = new CatalogueHandle(dataDir);
  const sources: WebSources = {
    catalogue,
    topics: ['armenia', 'azerbaijan'],
    editions: ['sputniknews.cn'],
    version: '0.0.0',
    status: () =>
      Promise.resolve({
        queues: [{ name: 'page', waiting: 1, active: 0, delayed: 0, failed: 0, oldestWaitingMs: 1_500 }],
        hosts: [{ host: 'sputniknews.cn', spacingMs: 4_000, slowedMs: 3_000, quietMs: 60_000 }],
        freshness: judgeFreshness(catalogue.queries()?.freshness() ?? [], FRESHNESS_QUESTION),
        failingPages: catalogue.queries()?.failedPages.list([5], 100) ?? { count: 0, pages: [] },
        runCounts: [{ schedule: 'newest', edition: 'sputniknews.cn', skipped: 2, overlong: 1 }],
      }),
  };
  return served([metricsRoutes(sources), feedRoutes(sources), apiRoutes(sources), pageRoutes(sources)]);
}

describe('the API', () => {
  it('is what its description says, operation by operation', async () => {
    const origin = await site();
    const description = JSON.parse((await ask(`${origin}/api/openapi.json`)).body) as Description;
    expect(description.openapi).toBe('3.1.0');
    const asked = {
      '/api/articles': '/api/articles?topic=armenia&limit=2',
      '/api/articles/{family}/{articleId}': '/api/articles/sputniknews.cn/1000000103',
      '/api/articles/{family}/{articleId}/edits': '/api/articles/sputniknews.cn/1000000100/edits',
      '/api/search': '/api/search?q=Title',
      '/api/changes': '/api/changes?changedSince=start&limit=3',
      '/api/edits': '/api/edits?limit=3',
      '/api/runs': '/api/runs',
      '/api/gaps': '/api/gaps?edition=sputniknews.cn&since=2024-05-01&until=2024-05-02',
      '/api/coverage': '/api/coverage?edition=sputniknews.cn&since=2024-05-01&until=2024-05-02',
      '/api/status': '/api/status',
    };
    // A stream does not end: test/unit/web/events.test.ts.
    expect(Object.keys(description.paths).sort()).toEqual([...Object.keys(asked), '/api/events'].sort());
    for (const [form, address] of Object.entries(asked)) {
      const { status, body } = await ask(origin + address);
      expect([form, status]).toEqual([form, 200]);
      const schema = description.paths[form]!.get.responses['200'].content['application/json'].schema;
      const validate = new Ajv2020({ strict: false }).compile(schema);
      expect([form, validate(JSON.parse(body)), validate.errors]).toEqual([form, true, null]);
    }
  });

  it('gives every article once, page by page, newest first, those without a date last', async () => {
    const origin = await site();
    const ids: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body } = await ask(`${origin}/api/articles?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      const page = JSON.parse(body) as { articles: { id: string }[]; nextCursor: string | null };
      ids.push(...page.articles.map(({ id }) => id));
      cursor = page.nextCursor;
      expect(ids.length).toBeLessThanOrEqual(5);
    }
    expect(ids.map((id) => id.slice(-1))).toEqual(expect.arrayContaining(['3', '2', '1', '0', '4']));
    expect(ids).toHaveLength(5);
    expect(ids.at(-1)).toBe('sputniknews.cn/1000000104');
  });

  it.each([
    ['/api/articles?limit=0', 400],
    ['/api/articles?limit=101', 400],
    ['/api/articles?since=2024-02-30', 400],
    ['/api/articles?colour=red', 400],
    ['/api/articles?topic=a&topic=b', 400],
    ["/api/articles?cursor=1.x'--/1", 400],
    ['/api/search', 400],
    ['/api/coverage?edition=evil.example', 404],
    ['/api/articles?topic=cheese', 404],
    ['/api/changes?edition=evil.example', 404],
    ['/api/search?q=script&topic=cheese', 404],
    ['/api/search?q=topic:cheese', 400],
    ['/api/articles/..%2f..%2fetc/passwd', 404],
    ['/api/articles/sputniknews.cn/9999999999', 404],
    ['/articles/%00/1', 404],
    ['/feeds/rss?topic=cheese', 404],
    ['/nothing', 404],
  ])('answers %s with %i', async (path, status) => {
    const origin = await site();
    expect((await ask(origin + path)).status).toBe(status);
  });

  it.each([
    ['/api/articles?limt=3', 'limt is no parameter here; did you mean limit\\? there are: topic, edition'],
    ['/articles?ordr=newest', '<h1>Ordr is no parameter here</h1>'],
    ['/api/articles?limit=101', 'limit: expected at most 100'],
    ['/api/articles?limit=0', 'limit: expected at least 1'],
    ['/api/search', 'q: is missing'],
    ['/api/gaps?edition=sputniknews.cn&since=2024-05-02&until=2024-05-01', 'since is later than until'],
    ['/api/articles/sputniknews.cn/1000000103?x=1', 'x is no parameter here; there are none'],
  ])('says what is wrong with %s', async (path, message) => {
    const origin = await site();
    expect((await ask(origin + path)).body).toMatch(new RegExp(message));
  });
});

describe('feeds and metrics', () => {
  it('are of the newest articles, and may be asked for again', async () => {
    const origin = await site();
    for (const [name, type] of [
      ['rss', 'application/rss+xml'],
      ['atom', 'application/atom+xml'],
      ['json', 'application/feed+json'],
    ]) {
      const { status, headers, body } = await ask(`${origin}/feeds/${name!}?topic=armenia`);
      expect([status, String(headers['content-type']).split(';')[0]]).toEqual([200, type]);
      expect(body).toContain('Title');
      expect(body).not.toContain('javascript:');
      // In JSON a title is text; in XML markup would be markup.
      if (name !== 'json') expect(body).not.toContain('<script');
      const again = await ask(`${origin}/feeds/${name!}?topic=armenia`, { 'if-none-match': String(headers.etag) });
      expect(again.status).toBe(304);
    }
  });

  it('are lines that Prometheus reads', async () => {
    const origin = await site();
    const { body, headers } = await ask(`${origin}/metrics`);
    expect(headers['content-type']).toContain('version=0.0.4');
    for (const line of body.trimEnd().split('\n')) {
      expect(line).toMatch(
        /^(?:# (?:HELP|TYPE) sputnik_\w+ .+|sputnik_\w+(?:\{\w+="[^"]*"(?:,\w+="[^"]*")*\})? -?[\d.e+]+)$/,
      );
    }
    expect(body).toContain('sputnik_records{kind="articles"} 5\n');
    expect(body).toContain('sputnik_queue_jobs{queue="page",state="waiting"} 1\n');
    expect(body).toContain('sputnik_newest_published_seconds{edition="sputniknews.cn",topic=""} ');
  });
});

describe('runs that were skipped, and those that ended at their deadline', () => {
  it('are counted alike by metrics, API and page', async () => {
    const origin = await site();
    const { body: metrics } = await ask(`${origin}/metrics`);
    expect(metrics).toContain('sputnik_skipped_runs_total{schedule="newest",edition="sputniknews.cn"} 2\n');
    expect(metrics).toContain('sputnik_overlong_runs_total{schedule="newest",edition="sputniknews.cn"} 1\n');
    const { body: status } = await ask(`${origin}/api/status`);
    expect(JSON.parse(status)).toMatchObject({
      runCounts: [{ schedule: 'newest', edition: 'sputniknews.cn', skipped: 2, overlong: 1 }],
    });
    const { body: page } = await ask(`${origin}/status`);
    const cells = page.slice(page.indexOf('ended at their deadline')).match(/<td[^>]*>[^<]*<\/td>/g) ?? [];
    expect(cells.slice(0, 3).map((cell) => cell.replace(/<[^>]+>/g, ''))).toEqual(['sputniknews.cn', '2', '1']);
  });
});

describe('metrics of the process', () => {
  it('count its requests by host and result, those that asked again, and end with the server', async () => {
    const origin = await site();
    const told = { host: 'sputniknews.cn', seconds: 0.2, isRetry: false };
    tellRequest({ ...told, result: '2xx' });
    tellRequest({ ...told, result: 'timeout' });
    tellRequest({ ...told, result: '2xx', isRetry: true });
    const { body } = await ask(`${origin}/metrics`);
    expect(body).toContain('sputnik_request_seconds_count{host="sputniknews.cn",result="2xx"} 2\n');
    expect(body).toContain('sputnik_request_seconds_bucket{le="0.1",host="sputniknews.cn",result="timeout"} 0\n');
    expect(body).toContain('sputnik_request_retries_total{host="sputniknews.cn"} 1\n');
    expect(body).toMatch(/^sputnik_process_resident_memory_bytes [1-9]\d{6,}$/m);
  });

  it('tell what Redis told of queues and hosts', async () => {
    const origin = await site();
    const { body } = await ask(`${origin}/metrics`);
    expect(body).toContain('sputnik_queue_oldest_waiting_seconds{queue="page"} 1.5\n');
    expect(body).toContain('sputnik_host_spacing_seconds{host="sputniknews.cn"} 4\n');
    expect(body).toContain('sputnik_host_slowed_seconds{host="sputniknews.cn"} 3\n');
    expect(body).toContain('sputnik_host_quiet_seconds{host="sputniknews.cn"} 60\n');
  });
});

describe('metrics of how pages are read', () => {
  it('tell fields found, contradictions, and a field that is found no more', async () => {
    const { dataDir, store } = await stored();
    for (let n = 0; n < 80; n += 1) {
      // Two days with authors, then one without them.
      const day = n < 60 ? 1 + (n % 2) : 3;
      const result = articleResult({
        at: n,
        articleId: String(1_000_001_000 + n),
        title: `${n}`,
        text: `${n}`,
      });
      if (result.kind !== 'article') throw new Error(result.kind);
      const authors = day === 3 ? [] : ['Somebody'];
      await store.storePage({
        ...result,
        capture: {
          ...result.capture,
          fetchedAt: `2024-05-0${day}T10:${10 + Math.floor(n / 60)}:${String(n % 60).padStart(2, '0')}Z`,
        },
        article: { ...result.article, authors },
        disagreed: n === 0 ? ['title'] : [],
      });
    }
    const { body } = await ask(`${await servedFrom(dataDir)}/metrics`);
    const [reader] =
      /sputnik_reading_pages\{edition="sputniknews.cn",reader="([^"]+)",field="authors"\} 20\n/.exec(body)?.slice(1) ??
      [];
    expect(reader).toBeDefined();
    const labels = `edition="sputniknews.cn",reader="${reader!}",field="authors"`;
    expect(body).toContain(`sputnik_reading_filled_pages{${labels}} 0\n`);
    expect(body).toContain(`sputnik_reading_drift{${labels}} 1\n`);
    expect(body.match(/^sputnik_reading_drift\{/gm)).toHaveLength(1);
    expect(body).toContain('sputnik_reading_disagreement_pages{edition="sputniknews.cn",field="title"} 1\n');
  });

  it('name no alarm where nothing drifts', async () => {
    const { body } = await ask(`${await site()}/metrics`);
    expect(body).toContain('# TYPE sputnik_reading_pages gauge\n');
    expect(body).not.toContain('sputnik_reading_drift');
  });
});

describe('how recent each edition is', () => {
  it('is told by the status page, the API and the metrics alike, the editions that are off left aside', async () => {
    const origin = await site();
    const rows = ((await ask(`${origin}/api/status`)).body.match(/"state":"\w+"/g) ?? []).map((text) =>
      text.slice(9, -1),
    );
    expect(rows).toEqual([
      ...wholeAndTopic('unreachable'),
      ...wholeAndTopic('neverRead'),
      'off',
      ...wholeAndTopic('neverRead'),
    ]);
    const { body: page } = await ask(`${origin}/status`);
    expect(page).toContain('<strong>unreachable (reset)</strong>');
    expect(page).toContain('Off: ria.ru');
    const { body } = await ask(`${origin}/metrics`);
    expect(body).toContain('sputnik_freshness{edition="am.sputniknews.ru",topic="",state="unreachable"} 1\n');
    expect(body).toContain('sputnik_freshness{edition="ria.ru",topic="",state="off"} 1\n');
    expect(body).toContain(
      `sputnik_state_since_seconds{edition="am.sputniknews.ru",topic="armenia"} ${Date.parse('2024-05-10T11:00:00Z') / 1000}\n`,
    );
  });
});

/** Of an edition, and of the one topic in it. */
function wholeAndTopic(state: string): string[] {
  return [state, state];
}

describe('pages for people', () => {
  it.each(['/', '/search?q=script', '/articles/sputniknews.cn/1000000103', '/status', '/?topic=armenia'])(
    'hold nothing that runs: %s',
    async (path) => {
      const origin = await site();
      const { status, body } = await ask(origin + path);
      expect(status).toBe(200);
      const seen: string[] = [];
      walk(parseDocument(body).children, ({ name, attribs = {} }) => {
        seen.push(name ?? '');
        for (const [attribute, value] of Object.entries(attribs)) {
          expect(attribute).not.toMatch(/^on|^style$|^srcdoc$/);
          if (['href', 'src', 'action'].includes(attribute)) expect(value).toMatch(/^(?:https?:\/\/|\/(?!\/))|^#main$/);
        }
      });
      expect(seen.filter((name) => ['script', 'iframe', 'img', 'svg', 'object', 'base'].includes(name))).toEqual([]);
      expect(seen).toContain('main');
    },
  );

  it('show hostile titles and tags as the text they are, and edits with both wordings', async () => {
    const origin = await site();
    const hostile = (await ask(`${origin}/articles/sputniknews.cn/1000000103`)).body;
    expect(hostile).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(hostile).toContain('&lt;svg/onload=alert(2)&gt;');
    expect(hostile).not.toContain('javascript:');
    const edited = (await ask(`${origin}/articles/sputniknews.cn/1000000100`)).body;
    expect(edited).toContain('<del dir="auto">Title 0</del><ins dir="auto">Title changed</ins>');
    expect(edited).toContain('x &lt; y');
  });
});

interface Description {
  readonly openapi: string;
  readonly paths: Record<
    string,
    { get: { responses: { '200': { content: { 'application/json': { schema: object } } } } } }
  >;
}

interface Node {
  readonly name?: string;
  readonly attribs?: Record<string, string>;
  readonly children?: unknown[];
}

function walk(nodes: readonly unknown[], visit: (node: Node) => void): void {
  for (const node of nodes as Node[]) {
    visit(node);
    walk(node.children ?? [], visit);
  }
}
