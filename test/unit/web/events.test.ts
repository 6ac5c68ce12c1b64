import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import type { Config } from '../../../src/config/config.js';
import { addEventApi, DEFAULT_STREAM_LIMITS, type StreamLimits } from '../../../src/web/event-api.js';
import type { ZodTypes } from '../../../src/web/parameters.js';
import type { Routes } from '../../../src/web/web-server.js';
import { CatalogueHandle, type WebSources } from '../../../src/web/web-sources.js';
import { instant } from '../records/observations.js';
import { articleResult, opened, scratchFolder, type QueriedStore } from '../store/fixtures.js';
import { ask, served } from './ask.js';

const FAST: Partial<StreamLimits> = { pollMs: 5, heartbeatMs: 20 };

interface SiteOfEvents {
  readonly store: QueriedStore;
  readonly dataDir: string;
  readonly origin: string;
}

async function site(limits: Partial<StreamLimits> = FAST, web: Partial<Config['web']> = {}): Promise<SiteOfEvents> {
  const dataDir = scratchFolder();
  const store = await opened(dataDir);
  return { store, dataDir, origin: await servedFrom(dataDir, limits, web) };
}

function servedFrom(
  dataDir: string,
  limits: Partial<StreamLimits> = FAST,
  web: Partial<Config['web']> = {},
): Promise<string> {
  const sources = { catalogue: new CatalogueHandle(dataDir) } as WebSources;
  const events: Routes = (app, _options, done) => {
    addEventApi(app.withTypeProvider<ZodTypes>(), sources, { ...DEFAULT_STREAM_LIMITS, ...limits });
    done();
  };
  return served([events], web);
}

interface ServerEvent {
  readonly id: string;
  readonly name: string;
  readonly data: { readonly article?: string; readonly runId?: string; readonly at?: string };
}

interface Listener {
  readonly answer: IncomingMessage;
  /** Everything as it came. */
  text(): string;
  events(): ServerEvent[];
  /** Resolves when so many events are there. */
  until(count: number): Promise<ServerEvent[]>;
  /** Resolves when the text holds this. */
  untilText(part: string): Promise<void>;
  readonly ended: Promise<void>;
  leave(): void;
}

const listeners: Listener[] = [];

afterEach(() => {
  for (const listener of listeners.splice(0)) listener.leave();
});

function listen(
  origin: string,
  headers: Readonly<Record<string, string>> = {},
  path = '/api/events',
): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const asking = request(`${origin}${path}`, { headers, agent: false }, (answer) => {
      let text = '';
      let count = 0;
      const watchers = new Set<() => void>();
      const when = (isThere: () => boolean): Promise<void> =>
        new Promise((there) => {
          const look = (): void => {
            if (!isThere()) return;
            watchers.delete(look);
            there();
          };
          watchers.add(look);
          look();
        });
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        text += chunk;
        // Of every event, the line that ends it.
        count += chunk.match(/^data: /gm)?.length ?? 0;
        for (const look of watchers) look();
      });
      const events = (): ServerEvent[] => eventsIn(text);
      const ended = new Promise<void>((end) => {
        answer.once('close', () => {
          end();
        });
      });
      const listener: Listener = {
        ...{ answer, text: () => text, events, ended },
        until: async (wanted) => {
          await when(() => count >= wanted && text.endsWith('\n\n'));
          return events();
        },
        untilText: (part) => when(() => text.includes(part)),
        leave: () => asking.destroy(),
      };
      answer.on('error', () => undefined); // it left by itself
      listeners.push(listener);
      resolve(listener);
    });
    asking.on('error', reject);
    asking.end();
  });
}

function eventsIn(text: string): ServerEvent[] {
  return [...text.matchAll(/^id: (.*)\nevent: (.*)\ndata: (.*)\n\n/gm)].map(([, id = '', name = '', data = '']) => ({
    ...{ id, name },
    data: JSON.parse(data) as ServerEvent['data'],
  }));
}

function articleAt(at: number, articleId: string, text: string) {
  const result = articleResult({ at, articleId, text });
  return result.kind === 'article' ? { ...result, article: { ...result.article, images: [] } } : result;
}

describe('the stream of events', () => {
  it('tells what happens as it happens, in a form that no proxy keeps back', async () => {
    const { store, origin } = await site();
    await store.storePage(articleAt(1, '1000000001', 'Before.'));
    const listener = await listen(origin);
    expect(listener.answer.statusCode).toBe(200);
    expect(listener.answer.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    });
    expect((await listener.until(1))[0]).toMatchObject({ name: 'ready', data: {} });
    await store.storePage(articleAt(2, '1000000002', 'One.'));
    await store.storePage(articleAt(3, '1000000002', 'Two.'));
    await store.recordRun({ runId: 'run', startedAt: instant(4), durationMs: 1_000 });
    const [, ...told] = await listener.until(4);
    const article = { article: 'sputniknews.cn/1000000002', edition: 'sputniknews.cn', topics: ['armenia'] };
    expect(told.map(({ name, data }) => ({ name, ...data }))).toEqual([
      { name: 'stored', ...article, at: instant(2), href: '/api/articles/sputniknews.cn/1000000002' },
      { name: 'edited', ...article, at: instant(3), href: '/api/articles/sputniknews.cn/1000000002' },
      { name: 'runEnded', runId: 'run', at: instant(5) },
    ]);
    await listener.untilText('\n\n:\n\n');
    expect(listener.text()).toMatch(/^retry: 2000\n/);
  });

  it('goes on after the event that the reader has, also by another server, and with no event before it', async () => {
    const { store, dataDir, origin } = await site();
    const first = await listen(origin);
    const [ready] = await first.until(1);
    await store.storePage(articleAt(1, '1000000001', 'One.'));
    const [, stored] = await first.until(2);
    first.leave();
    await store.storePage(articleAt(2, '1000000002', 'Two.'));
    await store.storePage(articleAt(3, '1000000003', 'Three.'));
    const other = await servedFrom(dataDir);
    const named = (events: readonly ServerEvent[]): string[] => events.map(({ data }) => data.article?.slice(-1) ?? '');
    const second = await listen(other, { 'last-event-id': stored!.id });
    expect(named(await second.until(2))).toEqual(['2', '3']);
    const third = await listen(other, {}, `/api/events?lastEventId=${ready!.id}`);
    expect(named(await third.until(3))).toEqual(['1', '2', '3']);
    const whole = await listen(other, {}, '/api/events?lastEventId=start');
    expect((await whole.until(3)).map(({ id }) => id)).toEqual(third.events().map(({ id }) => id));
  });

  it.each(['000000000000.1', 'rubbish', '1', '%', "' OR 1=1 --"])(
    'says that events may be missing where the id is %s, and goes on from now',
    async (id) => {
      const { store, origin } = await site();
      const listener = await listen(origin, { 'last-event-id': id });
      expect((await listener.until(1))[0]!.name).toBe('void');
      await store.storePage(articleAt(1, '1000000001', 'One.'));
      expect((await listener.until(2))[1]!.name).toBe('stored');
    },
  );

  it('is open to so many at a time, and to the next when one leaves', async () => {
    const { origin } = await site({ ...FAST, streamsMax: 2 });
    const [first] = [await listen(origin), await listen(origin)];
    const { status, headers, body } = await ask(`${origin}/api/events`);
    expect([status, headers['retry-after']]).toEqual([503, '30']);
    expect(body).toContain('web.busy');
    first.leave();
    await expect
      .poll(async () => {
        const next = await listen(origin);
        if (next.answer.statusCode !== 200) next.leave();
        return next.answer.statusCode;
      })
      .toBe(200);
  });

  it('gives forty thousand events in order to who reads, and cuts off who does not', async () => {
    const { dataDir, store, origin } = await site({ pollMs: 5, slowMs: 50, streamsMax: 1 });
    await store.storePage(articleAt(1, '1000000001', 'One.'));
    await store.close();
    const database = new DatabaseSync(join(dataDir, 'catalogue.db'));
    database.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 39999)
      INSERT INTO changes (kind, article, at) SELECT 'changed', 1, i FROM n`);
    database.close();
    const { port, hostname } = new URL(origin);
    const slow = connect({ port: Number(port), host: hostname });
    slow.pause();
    slow.write('GET /api/events?lastEventId=start HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    const isTaken = async (): Promise<number> => (await ask(`${origin}/api/events`, {}, { method: 'GET' })).status;
    await expect.poll(isTaken, { interval: 5 }).toBe(503);
    let reader: Listener | null = null;
    await expect
      .poll(
        async () => {
          reader = await listen(origin, {}, '/api/events?lastEventId=start');
          return reader.answer.statusCode;
        },
        { timeout: 10_000 },
      )
      .toBe(200);
    const all = await reader!.until(40_000);
    slow.destroy();
    expect(all.map(({ id }) => Number(id.split('.')[1]))).toEqual(Array.from({ length: 40_000 }, (_, k) => k + 1));
  }, 30_000);

  it('is behind the rules of every path: token, name of the host, no other site', async () => {
    const { origin } = await site();
    expect((await ask(`${origin}/api/events`, { host: 'evil.example' })).status).toBe(421);
    expect((await ask(`${origin}/api/events`, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await ask(`${origin}/api/events`, {}, { method: 'POST' })).status).toBe(405);
    const { origin: guarded } = await site(FAST, { token: 'a-token-of-some-length' });
    expect((await ask(`${guarded}/api/events`)).status).toBe(401);
    const listener = await listen(guarded, { authorization: 'Bearer a-token-of-some-length' });
    expect(listener.answer.statusCode).toBe(200);
  });

  it('is not there where nothing is stored', async () => {
    const { status, body } = await ask(`${await servedFrom(scratchFolder())}/api/events`);
    expect([status, body]).toEqual([503, expect.stringContaining('web.nothingStored')]);
  });
});
