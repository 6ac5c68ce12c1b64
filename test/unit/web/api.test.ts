import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { PageResult } from '../../../src/domain/page-result.js';
import { apiRoutes } from '../../../src/web/api-routes.js';
import { CatalogueHandle, type WebSources } from '../../../src/web/web-sources.js';
import { captureOf, instant, type ObservationSketch } from '../records/observations.js';
import { articleResult, opened, scratchFolder, type QueriedStore } from '../store/fixtures.js';
import { ask, served, type Received } from './ask.js';

const FAMILY = 'sputniknews.cn';
/** The article that the examples name. */
const KEY = `${FAMILY}/1049499304`;
const DAY = '2024-05-01';

interface Site {
  readonly store: QueriedStore;
  readonly origin: string;
  readonly json: (path: string) => Promise<{ readonly status: number; readonly value: Answer }>;
}

interface Answer {
  readonly articles: readonly { readonly id: string }[];
  readonly edits: readonly { readonly article: string; readonly at: string; readonly kind: string }[];
  readonly runs: readonly { readonly runId: string }[];
  readonly gaps: readonly { readonly kind: string; readonly what: string; readonly day: string }[];
  readonly nextCursor: string | null;
  readonly hasMore: boolean;
  readonly error: { readonly code: string; readonly message: string };
}

async function site(more: Partial<WebSources> = {}): Promise<Site> {
  const dataDir = scratchFolder();
  const store = await opened(dataDir);
  const sources: WebSources = {
    catalogue: new CatalogueHandle(dataDir),
    topics: ['armenia', 'azerbaijan'],
    editions: [FAMILY],
    version: '0.0.0',
    now: () => Date.parse('2024-05-10T12:00:00Z'),
    status: () =>
      Promise.resolve({ queues: null, freshness: [], failingPages: { count: 0, pages: [] }, runCounts: [] }),
    ...more,
  };
  const origin = await served([apiRoutes(sources)]);
  const json: Site['json'] = async (path) => {
    const { status, body } = await ask(origin + path);
    return { status, value: JSON.parse(body) as Answer };
  };
  return { store, origin, json };
}

/** An article whose picture stays the same. */
function seen(sketch: ObservationSketch): PageResult {
  const result = articleResult(sketch);
  return result.kind === 'article' ? { ...result, article: { ...result.article, images: [] } } : result;
}

function failedPage(articleId: string, at: number): PageResult {
  const url = `https://${FAMILY}/20240501/${articleId}.html`;
  const page = { pageId: `${FAMILY}/${articleId}`, family: FAMILY, url } as const;
  return { kind: 'unreachable', page, capture: captureOf({ at }), reason: 'timeout' };
}

async function filled(more: Partial<WebSources> = {}): Promise<Site> {
  const made = await site(more);
  const { store } = made;
  await store.storePage(seen({ at: 1, articleId: '1049499304', title: 'Armenia', text: 'One.' }));
  await store.storePage(seen({ at: 3, articleId: '1049499304', title: 'Armenia', text: 'Two.' }));
  for (let n = 0; n < 4; n += 1) {
    await store.storePage(seen({ at: 10 + n, articleId: String(1_000_000_000 + n), title: `T${n}`, text: `T ${n}` }));
    await store.recordRun({ runId: `run-${n}`, startedAt: instant(60 * (n < 2 ? 1 : n)), durationMs: 5 });
    await store.storePage(failedPage(String(1_100_000_000 + n), 20 + n));
  }
  return made;
}

/** Follows `nextCursor` to the end. */
async function followed<K extends 'articles' | 'edits' | 'runs' | 'gaps'>(
  { json }: Site,
  path: string,
  key: K,
  onPage: () => Promise<void> = () => Promise.resolve(),
): Promise<Answer[K][number][]> {
  const all: Answer[K][number][] = [];
  let cursor: string | null = '';
  for (let page = 0; cursor !== null && page < 20; page += 1) {
    const answer = await json(`${path}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
    expect(answer.status).toBe(200);
    all.push(...(answer.value[key] as Answer[K][number][]));
    cursor = answer.value.nextCursor;
    await onPage();
  }
  expect(cursor).toBeNull();
  return all;
}

describe('the description of the API', () => {
  const described = async (): Promise<{ readonly made: Site; readonly description: Description }> => {
    const made = await filled();
    return { made, description: JSON.parse((await ask(`${made.origin}/api/openapi.json`)).body) as Description };
  };

  it('is accepted by the linter of Redocly and by the schema of OpenAPI 3.1', async () => {
    const { description } = await described();
    const config = await createConfig({ extends: ['recommended-strict'] });
    const problems = await lintFromString({ source: JSON.stringify(description), config });
    expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual([]);
    const result = await new Validator().validate(description as unknown as Record<string, unknown>);
    expect(result).toMatchObject({ valid: true });
  });

  it('has an example of each operation, which is answered as the schema says', async () => {
    const { made, description } = await described();
    const called: string[] = [];
    for (const [path, { get }] of Object.entries(description.paths)) {
      const [, example = ''] = /^curl -s 'http:\/\/127\.0\.0\.1:8787(\/api\/[^']+)'$/.exec(
        get['x-codeSamples'][0]!.source,
      )!;
      const pattern = path.replaceAll(/\{\w+\}/g, '[^/?]+');
      expect(example).toMatch(new RegExp(`^${pattern}(?:\\?|$)`));
      called.push(get.operationId);
      if (get.operationId === 'streamEvents') continue;
      const { status, body } = await ask(made.origin + example);
      const { schema } = get.responses['200']!.content['application/json']!;
      const validate = new Ajv2020({ strict: false }).compile(schema);
      expect([example, status, validate(JSON.parse(body)), validate.errors]).toEqual([example, 200, true, null]);
    }
    expect(called.length).toBe(new Set(called).size);
    expect(called.length).toBeGreaterThan(10);
  });

  it('names everything that a refusal is, in the one form of refusals', async () => {
    const { made, description } = await described();
    const validate = new Ajv2020({ strict: false }).compile(description.components.schemas['Error']!);
    for (const path of ['/api/articles?cursor=1', '/api/articles/sputniknews.cn/1', '/api/changes?changedSince=0']) {
      const { status, body } = await ask(made.origin + path);
      expect([path, status >= 400, validate(JSON.parse(body))]).toEqual([path, true, true]);
    }
  });
});

interface Description {
  readonly paths: Readonly<
    Record<
      string,
      {
        readonly get: {
          readonly operationId: string;
          readonly 'x-codeSamples': readonly { readonly source: string }[];
          readonly responses: Readonly<
            Record<string, { readonly content: Readonly<Record<string, { readonly schema: AnySchema }>> }>
          >;
        };
      }
    >
  >;
  readonly components: { readonly schemas: Readonly<Record<string, AnySchema>> };
}

describe('a list that is read on by its cursor', () => {
  it('gives each article, edit, run and gap once, in order, whatever is stored meanwhile', async () => {
    const made = await filled({
      listDays: () => ({
        gaps: [{ day: DAY, route: 'feed', reason: 'timeout', failedAt: instant(0) }],
        unreadDays: ['2024-04-30', DAY],
      }),
    });
    const { store } = made;
    let n = 0;
    const write = async (): Promise<void> => {
      n += 1;
      await store.storePage(
        seen({
          at: 1000 + n,
          articleId: String(1_200_000_000 + n),
          text: `W ${n}`,
          publishedAt: '2024-05-09T00:00:00Z',
        }),
      );
      await store.storePage(seen({ at: 2000 + n, articleId: '1000000001', title: 'T1', text: `T 1 ${n}` }));
      await store.recordRun({ runId: `later-${n}`, startedAt: instant(9000 + n), durationMs: 5 });
    };
    const articles = await followed(made, '/api/articles?limit=2', 'articles', write);
    expect(articles.map(({ id }) => id)).toEqual(
      [KEY, ...[3, 2, 1, 0].map((k) => `${FAMILY}/${1_000_000_000 + k}`)].sort().reverse(),
    );
    const before = n;
    const edits = await followed(made, '/api/edits?limit=1', 'edits', write);
    expect(edits.map(({ article, at }) => [article, at])).toEqual([
      ...Array.from({ length: before }, (_, k) => [`${FAMILY}/1000000001`, instant(2000 + before - k)]),
      [KEY, instant(3)],
    ]);
    const runs = await followed(made, '/api/runs?limit=1', 'runs', write);
    expect(runs.map(({ runId }) => runId).slice(-4)).toEqual(['run-3', 'run-2', 'run-0', 'run-1']);
    expect(new Set(runs.map(({ runId }) => runId)).size).toBe(runs.length);
    const gaps = await followed(
      made,
      `/api/gaps?edition=${FAMILY}&since=2024-04-30&until=${DAY}&limit=2`,
      'gaps',
      write,
    );
    expect(gaps.map(({ day, kind, what }) => `${day} ${kind} ${what}`)).toEqual([
      '2024-04-30 unread ',
      `${DAY} list feed`,
      `${DAY} unread `,
      ...[0, 1, 2, 3].map((k) => `${DAY} page ${1_100_000_000 + k}`),
    ]);
  });

  it.each(['/api/articles?', '/api/edits?', '/api/runs?', '/api/gaps?edition=sputniknews.cn&'])(
    'is refused in words where the cursor of %s is of another list or of none',
    async (path) => {
      const { json } = await filled();
      for (const cursor of ['', '1', '%00', `1.x'--/1`, '99999999999999.r', 'start', '0'.repeat(400)]) {
        const { status, value } = await json(`${path}cursor=${cursor}`);
        expect([cursor, status, value.error.code]).toEqual([cursor, 400, 'web.parameter']);
        expect(value.error.message).toMatch(/^cursor: /);
      }
    },
  );
});

describe('articles that have changed since a cursor', () => {
  it('are those that were stored, edited, withdrawn or linked, in this order; none is missed while writes go on', async () => {
    const made = await site();
    const { store, json } = made;
    const page = { pageId: `${FAMILY}/1000000001`, family: FAMILY, url: `https://${FAMILY}/20240501/1000000001.html` };
    const gone = (at: number): PageResult =>
      ({ kind: 'gone', page, capture: captureOf({ at }), reason: 'notFound' }) as PageResult;
    for (const n of [1, 2, 3]) {
      await store.storePage(seen({ at: n, articleId: `100000000${n}`, title: `T${n}`, text: `T ${n}` }));
    }
    const read = async (cursor: string): Promise<{ ids: string; next: string; hasMore: boolean }> => {
      const { value } = await json(`/api/changes?limit=2&changedSince=${cursor}`);
      const ids = value.articles.map(({ id }) => id.slice(-1)).join('');
      return { ids, next: value.nextCursor!, hasMore: value.hasMore };
    };
    const first = await read('start');
    expect(first).toMatchObject({ ids: '12', hasMore: true });
    await store.storePage(seen({ at: 5, articleId: '1000000003', title: 'T3', text: 'Edited.' }));
    await store.storePage(seen({ at: 6, articleId: '1000000002', title: 'T2', text: 'Edited too.' }));
    const second = await read(first.next);
    expect(second).toMatchObject({ ids: '32', hasMore: false });
    expect(await read(second.next)).toEqual({ ids: '', next: second.next, hasMore: false });
    await store.storePage(gone(7));
    await store.storePage(gone(8));
    await store.storePage(seen({ at: 9, articleId: '1000000004', title: 'T3', text: 'Edited.' }));
    const third = await read(second.next);
    expect(third).toMatchObject({ ids: '14', hasMore: true });
    // The fourth repeats the third, whose record names it from now on.
    expect((await read(third.next)).ids).toBe('3');
    // A visit that finds nothing new is no change.
    await store.storePage(seen({ at: 20, articleId: '1000000003', title: 'T3', text: 'Edited.' }));
    const last = await read((await read(third.next)).next);
    expect(last.ids).toBe('');
  });

  it('are of one topic or edition where that is asked for', async () => {
    const { json } = await filled();
    expect((await json('/api/changes?topic=azerbaijan')).value).toMatchObject({ articles: [], hasMore: false });
    expect((await json('/api/changes?edition=sputniknews.cn')).value.articles).toHaveLength(5);
  });

  it('are not given for a cursor of a catalogue that was made again, and it says so', async () => {
    const { json } = await filled();
    const { status, value } = await json('/api/changes?changedSince=000000000000.3');
    expect([status, value.error.code]).toEqual([410, 'web.cursor']);
    expect(value.error.message).toContain('begin again with `start`');
    const { value: whole } = await json('/api/changes');
    const [epoch, seq] = whole.nextCursor!.split('.');
    expect((await json(`/api/changes?changedSince=${epoch}.${Number(seq) + 1}`)).status).toBe(410);
  });
});

describe('an answer that the caller has', () => {
  it.each([
    '/api/articles?limit=3',
    `/api/articles/${KEY}`,
    '/api/edits',
    '/api/changes',
    '/api/runs',
    '/api/openapi.json',
  ])('is not sent again: %s', async (path) => {
    const { origin, store } = await filled();
    const asked = (header: string): Promise<Received> => ask(origin + path, { 'if-none-match': header });
    const { headers } = await ask(origin + path);
    const etag = String(headers.etag);
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    for (const header of [etag, `W/${etag}`, `"a", ${etag}`, `"a",W/${etag} ,"b"`, '*']) {
      const { status, body, headers: told } = await asked(header);
      expect([header, status, body, told.etag]).toEqual([header, 304, '', etag]);
    }
    for (const header of ['"a"', etag.replaceAll('"', ''), `"a${etag.slice(1)}`, '']) {
      expect([header, (await asked(header)).status]).toEqual([header, 200]);
    }
    await store.storePage(seen({ at: 500, articleId: '1049499304', title: 'Armenia', text: 'Three.' }));
    await store.recordRun({ runId: 'new', startedAt: instant(900), durationMs: 1 });
    expect((await asked(etag)).status).toBe(path.includes('openapi') ? 304 : 200);
  });
});
