import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openHostAnswers } from '../../../src/app/crawl-host/answer-crawl-hosts.js';
import { WriterClient } from '../../../src/app/crawl-host/ask-writer.js';
import { CaptureDelivery } from '../../../src/app/crawl-host/deliver-captures.js';
import type { Harvester } from '../../../src/app/harvester/open-harvester.js';
import { openCaptureWriter, type CaptureWriter } from '../../../src/captures/capture-writer.js';
import type { CaptureReference } from '../../../src/domain/article.js';
import { systemClock } from '../../../src/platform/clock.js';
import { Closers } from '../../../src/platform/closers.js';
import { silentLogger as log } from '../../../src/platform/logger.js';
import { openHandOver, openHostQueue, openQueues, type Queues } from '../../../src/queue/open-queues.js';
import { crawlHostKey, PIECE_BYTES_MAX, PiecesInFlight } from '../../../src/redis/pieces-in-flight.js';
import { startTlsRedis, type TlsRedis } from './tls-redis.js';

const HOST = '0123456789ab';

describe('the captures of a crawl host', () => {
  let server: TlsRedis;
  let folder: string;
  let prefix: string;
  const closers: Closers[] = [];
  beforeAll(async () => {
    server = await startTlsRedis([]);
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sputnik-delivery-'));
    prefix = `sputnik-${randomBytes(6).toString('hex')}`;
    await server.admin.set(crawlHostKey(prefix, HOST), 'x');
  });
  afterEach(async () => {
    for (const each of closers.splice(0)) await each.closeAll();
    await rm(folder, { recursive: true });
  });

  async function open(): Promise<{ own: Closers; queues: Queues }> {
    const own = new Closers(log);
    closers.push(own);
    return { own, queues: await openQueues({ kind: 'socket', path: server.socket }, prefix, own) };
  }

  const folderOf = (name: string): string => join(folder, name);

  /** A writer for whom everything is processed already. */
  async function answer(): Promise<Closers> {
    const { own, queues } = await open();
    const store = { isProcessed: () => true, hasRun: () => true };
    const writer = { config: { dataDir: folderOf('writer') }, queues, store, queries: null, log, closers: own };
    await openHostAnswers(writer as unknown as Harvester);
    return own;
  }

  interface Host {
    readonly captures: CaptureWriter;
    readonly delivery: CaptureDelivery;
    readonly resumed: number;
    stop(): Promise<void>;
  }

  async function host(): Promise<Host> {
    const { own, queues } = await open();
    const stop = new AbortController();
    const { signal } = stop;
    const jobs = await openHandOver(openHostQueue(queues, own), queues, { closers: own, log });
    const writer = new WriterClient({ jobs, redis: queues.redis, prefix, host: HOST, signal, log });
    const dataDir = folderOf('host');
    const pieces = new PiecesInFlight(queues.redis, prefix);
    const delivery = new CaptureDelivery({ dataDir, writer, pieces, signal, log });
    own.push('delivery', () => delivery.close());
    const options = { dataDir, clock: systemClock, fileBytesMax: 4_000_000, software: 'test/1', crawlHost: HOST };
    const captures = await openCaptureWriter(options);
    own.push('captures', () => captures.close());
    own.push('stop', () => {
      stop.abort();
    });
    const resumed = await delivery.start();
    return {
      captures,
      delivery,
      resumed,
      stop: async () => {
        closers.splice(closers.indexOf(own), 1);
        await own.closeAll();
      },
    };
  }

  /** A record that no compression makes shorter. */
  function capture({ captures }: Host, bytes: number): Promise<CaptureReference> {
    const url = 'https://sputniknews.cn/20261122/1049499304.html';
    const target = { kind: 'article', edition: 'sputniknews.cn', pageId: null, foundBy: 'url', url } as const;
    return captures.append({
      ...{ kind: 'response', target, runId: 'run', fetchedAt: '2026-11-22T14:10:30Z', durationMs: 1, status: 200 },
      ...{ statusText: 'OK', headers: [], body: randomBytes(bytes), bodySha256: '0'.repeat(64) },
      ...{ finalUrl: url, via: 'http' },
    });
  }

  const filesOf = (name: string): Promise<string[]> => readdir(join(folderOf(name), 'captures')).catch(() => []);

  async function expectSame(file: string): Promise<void> {
    const [there, here] = await Promise.all(
      ['writer', 'host'].map((name) => readFile(join(folderOf(name), 'captures', file))),
    );
    expect(there!.equals(here!)).toBe(true);
  }

  it('reach the writer byte for byte, a long record in pieces, and leave the host when their file is ended', async () => {
    await answer();
    const one = await host();
    const references: CaptureReference[] = [];
    for (const bytes of [1_000, 200_000, 1_000, 1_900_000, 1_900_000, 1_900_000, 1_900_000]) {
      const reference = await capture(one, bytes);
      references.push(reference);
      await one.delivery.accepted(reference);
    }
    const longest = Math.max(...references.map(({ length }) => length));
    expect(longest).toBeGreaterThan(PIECE_BYTES_MAX);
    const [first = ''] = await filesOf('writer');
    const onHost = await filesOf('host');
    expect(onHost).not.toContain(first);
    expect(onHost).toHaveLength(1);
    const [last = ''] = onHost;
    await expectSame(last);
    await one.stop();
    expect(await filesOf('host')).toEqual([]);
  });

  it('stay on a host that is stopped while there is no writer, and are handed over by the next start', async () => {
    const first = await host();
    const reference = await capture(first, 1_000);
    const accepted = first.delivery.accepted(reference);
    await first.stop();
    await accepted;
    expect(await filesOf('host')).toHaveLength(1);
    await answer();
    const second = await host();
    expect(second.resumed).toBe(1);
    await second.delivery.caughtUp();
    expect(await filesOf('writer')).toEqual([reference.file.slice('captures/'.length)]);
    await second.stop();
    expect(await filesOf('host')).toEqual([]);
  });

  it('are offered again to a writer that could not keep them', async () => {
    await writeFile(folderOf('writer'), 'no folder');
    await answer();
    const one = await host();
    const accepted = one.delivery.accepted(await capture(one, 1_000));
    await expect(Promise.race([accepted, new Promise((resolve) => setTimeout(resolve, 700, 'waits'))])).resolves.toBe(
      'waits',
    );
    await rm(folderOf('writer'));
    await accepted;
    expect(await filesOf('writer')).toHaveLength(1);
  });

  it('survive somebody who empties Redis while a piece is under way, and writers that come and go', async () => {
    const writer = await answer();
    const one = await host();
    await one.delivery.accepted(await capture(one, 1_000));
    await writer.closeAll();
    const accepted = one.delivery.accepted(await capture(one, 1_000));
    await expect.poll(() => server.admin.hlen(`${prefix}:pieces`)).toBe(1);
    await server.admin.flushall();
    await (await answer()).closeAll();
    await answer();
    await accepted;
    expect(await filesOf('writer')).toHaveLength(1);
    expect(await server.admin.get(`${prefix}:pieces:bytes`)).not.toMatch(/^-|^[1-9]/);
  });

  it('are begun from where the writer is, also where it has lost the file', async () => {
    await answer();
    const one = await host();
    await one.delivery.accepted(await capture(one, 1_000));
    const [file = ''] = await filesOf('writer');
    await rm(join(folderOf('writer'), 'captures', file));
    await one.delivery.accepted(await capture(one, 1_000));
    await expectSame(file);
  });
});
