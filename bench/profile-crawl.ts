import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { type BenchSite } from './bench-site.js';
import { measure } from './measure-process.js';
import { sputnik } from './parts.js';
import { table } from './report.js';

/** Kinds of work that are dearer than this for an article are named. */
const SMALL_MS = 0.04;
const READY_MS = 10_000;
const profileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.int(),
      callFrame: z.object({
        functionName: z.string(),
        url: z.string(),
        lineNumber: z.int(),
        columnNumber: z.int(),
      }),
      children: z.array(z.int()).optional(),
    }),
  ),
  samples: z.array(z.int()),
  timeDeltas: z.array(z.number()),
});

/**
 * Crawls once under V8's profiler, on a Redis of its own that counts commands.
 *
 * @returns  The budget table: milliseconds of each kind of work for an article, by thread; commands of Redis for an article.
 */
export async function profileCrawl(site: BenchSite, folder: string): Promise<string> {
  const profiles = join(folder, 'profiles');
  mkdirSync(profiles, { recursive: true });
  const { redis, url, stop } = await startRedis();
  try {
    const [node = '', ...words] = sputnik(site, join(folder, 'data'), 'crawl', '--json', '--via', 'sitemap');
    const flags = ['--cpu-prof', `--cpu-prof-dir=${profiles}`];
    const run = await measure([node, ...flags, ...words, '--redis-url', url]);
    const { fetched } = JSON.parse(run.stdout) as { fetched: number };
    const rows = readdirSync(profiles).map((name) => workOf(join(profiles, name)));
    const main = rows.find((row) => row.has('bullmq'));
    const others = rows.filter((row) => row !== main);
    const kinds = [...new Set(rows.flatMap((row) => [...row.keys()]))];
    const each = (row: ReadonlyMap<string, number> | undefined, kind: string): number =>
      (row?.get(kind) ?? 0) / fetched;
    const isSmall = (kind: string): boolean => rows.reduce((sum, row) => sum + each(row, kind), 0) < SMALL_MS;
    const lines = kinds
      .filter((kind) => !isSmall(kind))
      .map((kind) => [kind, each(main, kind), others.reduce((sum, row) => sum + each(row, kind), 0)] as const)
      .sort((a, b) => b[1] + b[2] - a[1] - a[2])
      .map(([kind, own, threads]) => [kind, own.toFixed(3), threads.toFixed(3)]);
    const info = await redis.info();
    const cpu = ['used_cpu_sys', 'used_cpu_user'].reduce(
      (sum, name) => sum + Number(new RegExp(`${name}:([\\d.]+)`).exec(info)?.[1]),
      0,
    );
    return [
      `${fetched} articles in ${run.seconds.toFixed(1)} s under the profiler; Redis ${((1000 * cpu) / fetched).toFixed(2)} CPU-ms an article`,
      table(['work, ms an article', 'main thread', 'other threads'], lines),
      table(['Redis command', 'calls an article'], commandsOf(await redis.info('commandstats'), fetched)),
    ].join('\n\n');
  } finally {
    redis.disconnect();
    stop();
  }
}

async function startRedis(): Promise<{ redis: Redis; url: string; stop: () => void }> {
  if (spawnSync('redis-server', ['--version']).status !== 0)
    throw new Error('a profile wants redis-server in the path');
  const port = await freePort();
  const words = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', [...words, '--maxmemory-policy', 'noeviction'], { stdio: 'ignore' });
  const url = `redis://127.0.0.1:${port}`;
  const redis = new Redis(url, { retryStrategy: () => 50, connectTimeout: READY_MS, maxRetriesPerRequest: null });
  redis.on('error', () => undefined); // not up yet
  await redis.ping();
  await redis.config('RESETSTAT');
  return { redis, url, stop: () => server.kill() };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

function commandsOf(info: string, articles: number): string[][] {
  return [...info.matchAll(/cmdstat_([^:]+):calls=(\d+)/g)]
    .map(([, name = '', calls = '0']) => [name, Number(calls) / articles] as const)
    .filter(([, each]) => each >= 0.01)
    .sort((a, b) => b[1] - a[1])
    .map(([name, each]) => [name, each.toFixed(2)]);
}

/** @returns milliseconds by kind of work in one thread's profile. Waiting is left out. */
function workOf(path: string): ReadonlyMap<string, number> {
  const profile = profileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const kinds = new Map<number, string>();
  const byId = new Map(profile.nodes.map((node) => [node.id, node]));
  const stack: [id: number, inherited: string][] = profile.nodes[0] ? [[profile.nodes[0].id, 'start']] : [];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const node = byId.get(top[0]);
    if (node === undefined) continue;
    const kind = kindOf(node.callFrame, top[1]);
    kinds.set(node.id, kind);
    for (const child of node.children ?? []) stack.push([child, kind]);
  }
  const work = new Map<string, number>();
  profile.samples.forEach((id, index) => {
    const kind = kinds.get(id) ?? 'unknown';
    if (kind !== 'idle') work.set(kind, (work.get(kind) ?? 0) + (profile.timeDeltas[index] ?? 0) / 1000);
  });
  return work;
}

type CallFrame = z.infer<typeof profileSchema>['nodes'][number]['callFrame'];

/** Maps of the bundles; null: the file is none. */
const maps = new Map<string, SourceMap | null>();

/** The file that a function was written in: the program is one bundle, and its functions are told apart by its map. */
function sourceOf({ url, lineNumber, columnNumber }: CallFrame): string {
  const path = url.startsWith('file:') ? fileURLToPath(url) : url;
  if (!maps.has(path)) {
    const map = `${path}.map`;
    const payload = path.endsWith('.cjs') && existsSync(map) ? readFileSync(map, 'utf8') : null;
    maps.set(path, payload === null ? null : new SourceMap(JSON.parse(payload) as SourceMap['payload']));
  }
  const entry = maps.get(path)?.findEntry(lineNumber, columnNumber);
  return entry !== undefined && 'originalSource' in entry ? entry.originalSource : url;
}

/** Native functions count for whoever called them. */
function kindOf(frame: CallFrame, inherited: string): string {
  const { functionName } = frame;
  // A thread without a task waits inside Piscina.
  if (functionName === '(idle)' || functionName === 'atomicsWaitLoop') return 'idle';
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (functionName === '(program)') return 'runtime';
  const url = sourceOf(frame);
  const library = /node_modules\/((?:@[\w-]+\/)?[\w.-]+)\/(?!.*node_modules)/.exec(url)?.[1];
  if (library !== undefined) return library;
  // An addon's functions are no frames of their own: a statement is run where it is called.
  if (url.endsWith('/src/store/catalogue/database.ts')) return 'SQLite, its statements';
  const room = /(?:^|\/)src\/([\w-]+)\//.exec(url)?.[1];
  if (room !== undefined) return `our ${room}`;
  if (/^node:internal\/modules|^node:module/.test(url) || functionName === '(root)') return 'loading modules';
  if (url.startsWith('node:')) return url.replace(/^node:(?:internal\/)?/, 'node ').split('/')[0] ?? 'node';
  return inherited;
}
