import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectRedis } from '../../../src/redis/connection.js';
import { startEmbeddedRedis, type EmbeddedRedis } from '../../../src/redis/embedded-redis.js';
import { askRedis } from '../../../src/redis/redis-child.js';
import { processStartOf } from '../../../src/platform/process-start.js';
import type { Logger } from '../../../src/platform/logger.js';
import { redisOf, sendSignal } from '../../faults/process-tree.js';
import { transpile } from '../../unit/captures/transpile.js';

const cacheDir = join(homedir(), '.cache', 'sputnik-harvester');
const events: string[] = [];
const note = (fields: { readonly event?: string }): void => {
  events.push(fields.event ?? '');
};
const log: Logger = { debug: note, info: note, warn: note, error: note };
const running: EmbeddedRedis[] = [];
let dataDir: string;

beforeEach(async () => {
  events.length = 0;
  dataDir = await mkdtemp(join(tmpdir(), 'redis-'));
});
afterEach(async () => {
  for (const redis of running.splice(0)) await redis.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(folder = dataDir): Promise<EmbeddedRedis> {
  const redis = await startEmbeddedRedis({ dataDir: folder, cacheDir, log });
  running.push(redis);
  return redis;
}

async function use<T>(redis: EmbeddedRedis, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(redis.connection.path, { maxRetriesPerRequest: 50, retryStrategy: () => 50 });
  client.on('error', () => undefined);
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}

/** Waits until every command so far is in the log on the disk. */
const flushed = (client: Redis) => client.call('WAITAOF', '1', '0', '2000').catch(() => client.bgrewriteaof());
const isAlive = (pid: number): boolean => processStartOf(pid) !== null;
async function until(claim: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    if (await claim()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it did not come to pass within 10 s');
}

describe('the embedded Redis', () => {
  it('listens on a private socket only, logs every write, and evicts nothing', async () => {
    const redis = await start();
    expect((await stat(redis.connection.path)).mode & 0o777).toBe(0o700);
    const settings = await use(redis, (client) =>
      client.config('GET', 'port', 'appendonly', 'appendfsync', 'maxmemory-policy', 'save'),
    );
    expect(settings).toEqual(expect.arrayContaining(['port', '0', 'appendonly', 'yes', 'everysec', 'noeviction']));
    expect((await readFile(join(dataDir, 'redis', 'redis.log'), 'utf8')).length).toBeGreaterThan(0);
  });

  it('keeps its data over an ordinary stop, and stops for good', async () => {
    const first = await start();
    await use(first, (client) => client.set('key', 'value'));
    const { pid } = first;
    await first.stop();
    await first.stop();
    expect(isAlive(pid)).toBe(false);
    const second = await start();
    expect(await use(second, (client) => client.get('key'))).toBe('value');
  });

  it('comes back by itself with its data when it is killed', async () => {
    const redis = await start();
    await use(redis, async (client) => {
      await client.set('key', 'value');
      await flushed(client);
      const { pid } = redis;
      process.kill(pid, 'SIGKILL');
      expect(await client.get('key')).toBe('value');
      await until(() => redis.pid !== pid);
    });
    expect(events).toContain('redis.restarted');
  });

  it('comes back when it is killed again while it starts', async () => {
    const redis = await start();
    await use(redis, async (client) => {
      await client.set('kept', 'through it all');
      await flushed(client);
      const killed = new Set<number>();
      while (killed.size < 4) {
        const pid = redisOf(process.pid);
        if (pid !== null && !killed.has(pid)) {
          process.kill(pid, 'SIGKILL');
          killed.add(pid);
        }
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      expect(await client.get('kept')).toBe('through it all');
      await until(() => !killed.has(redis.pid));
    });
  });

  it('takes its log for good when it is killed each time it has read it', async () => {
    const redis = await start();
    await use(redis, async (client) => {
      await client.set('kept', 'through it all');
      await flushed(client);
      const said = join(dataDir, 'redis', 'redis.log');
      for (let kills = 0; kills < 4; kills += 1) {
        const from = (await stat(said)).size;
        sendSignal(redisOf(process.pid), 'SIGKILL');
        await until(async () => /append only|AOF/i.test((await readFile(said)).subarray(from).toString('utf8')));
      }
      expect(await client.get('kept')).toBe('through it all');
    });
    expect(events).not.toContain('redis.repaired');
    expect((await readdir(join(dataDir, 'redis'))).filter((name) => name.includes('damaged'))).toEqual([]);
  });

  it('loads a log whose tail is torn', async () => {
    const first = await start();
    await use(first, (client) => client.mset({ one: '1', two: '2' }));
    await use(first, (client) => client.set('three', '3'));
    await first.stop();
    const incremental = await incrementalLog();
    await truncate(incremental, (await stat(incremental)).size - 5);
    const second = await start();
    expect(await use(second, (client) => client.mget('one', 'two', 'three'))).toEqual(['1', '2', null]);
  });

  it('cuts a log at the damage that it refuses, and keeps the original', async () => {
    const first = await start();
    await use(first, (client) => client.set('one', '1'));
    await first.stop();
    await appendFile(await incrementalLog(), 'rubbish that is no command\r\n'.repeat(10));
    const second = await start();
    expect(await use(second, (client) => client.get('one'))).toBe('1');
    expect(events).toContain('redis.repaired');
    expect(await readdir(join(dataDir, 'redis'))).toContain('appendonlydir.damaged-1');
  });

  it('puts a log aside that nothing can mend, and starts empty', async () => {
    const first = await start();
    await use(first, (client) => client.set('one', '1'));
    await first.stop();
    const folder = join(dataDir, 'redis', 'appendonlydir');
    for (const name of await readdir(folder))
      if (name.endsWith('.base.rdb')) await writeFile(join(folder, name), 'REDIS rubbish');
    const second = await start();
    expect(await use(second, (client) => client.dbsize())).toBe(0);
    expect((await readdir(join(dataDir, 'redis'))).filter((name) => name.includes('damaged')).length).toBeGreaterThan(
      0,
    );
  });

  it('refuses a second server on the same folder', async () => {
    await start();
    await expect(startEmbeddedRedis({ dataDir, cacheDir, log })).rejects.toMatchObject({ code: 'redis.held' });
    await use(running[0]!, (client) => client.set('still', 'there'));
  });

  it('goes to a short path where its own would be too long for a socket', async () => {
    const deep = join(dataDir, 'd'.repeat(120));
    await mkdir(deep);
    const redis = await start(deep);
    expect(redis.connection.path.length).toBeLessThan(104);
    expect(redis.connection.path.startsWith(tmpdir())).toBe(true);
    expect(await askRedis(redis.connection.path, 'PING', 1_000)).toBe('+PONG');
    await redis.stop();
    await expect(stat(join(redis.connection.path, '..'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it.each(['a?b', 'a#b', 'a%41b', 'a b', `a'b"c`, 'ünï中'])('is reached in a folder named %j', async (name) => {
    const odd = join(dataDir, name);
    await mkdir(odd);
    const { path } = (await start(odd)).connection;
    const client = await connectRedis({ kind: 'socket', path }, 'producer');
    expect(await client.ping()).toBe('PONG');
    client.disconnect();
  });

  async function incrementalLog(): Promise<string> {
    const folder = join(dataDir, 'redis', 'appendonlydir');
    const name = (await readdir(folder)).find((one) => one.endsWith('.incr.aof'));
    return join(folder, name ?? '');
  }
});

describe('after a kill of the process that owns it', () => {
  let code: string;
  const started: { readonly owner: ChildProcess; readonly pid: number }[] = [];
  beforeEach(async () => {
    code = await mkdtemp(join(tmpdir(), 'redis-code-'));
    await transpile(code, ['src/redis', 'src/domain', 'src/platform', 'src/crawlers/politeness/host-throttle.ts']);
    const owner = `
      import { startEmbeddedRedis } from './src/redis/embedded-redis.js';
      const log = { debug() {}, info() {}, warn() {}, error() {} };
      const redis = await startEmbeddedRedis({ dataDir: ${JSON.stringify(dataDir)}, cacheDir: ${JSON.stringify(cacheDir)}, log });
      console.log(JSON.stringify({ pid: redis.pid, path: redis.connection.path }));
      setInterval(() => undefined, 1000);`;
    await writeFile(join(code, 'owner.js'), owner);
  });
  afterEach(async () => {
    // What a failed test leaves: both are ours, and the server is known by its folder.
    for (const { owner, pid } of started.splice(0)) {
      owner.kill('SIGKILL');
      if ((await readlink(`/proc/${pid}/cwd`).catch(() => '')).startsWith(dataDir)) process.kill(pid, 'SIGKILL');
    }
    await rm(code, { recursive: true });
  });

  async function startOwner(): Promise<{ owner: ChildProcess; redis: { pid: number; path: string } }> {
    const owner = spawn(process.execPath, [join(code, 'owner.js')], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(owner.stdout, 'data')) as [Buffer];
    const redis = JSON.parse(line.toString()) as { pid: number; path: string };
    started.push({ owner, pid: redis.pid });
    return { owner, redis };
  }

  it('the server ends too, and the next process has the data', async () => {
    const { owner, redis } = await startOwner();
    const client = new Redis(redis.path);
    await client.set('key', 'value');
    client.disconnect();
    owner.kill('SIGKILL');
    if (process.platform === 'linux') await until(() => !isAlive(redis.pid));
    const next = await start();
    expect(await use(next, (one) => one.get('key'))).toBe('value');
  });

  it('a server that lives on, even one that is frozen, is ended before the next one starts', async () => {
    const { owner, redis } = await startOwner();
    const client = new Redis(redis.path);
    await client.set('key', 'value');
    client.disconnect();
    // A frozen process does not take the signal that its parent's death sends.
    process.kill(redis.pid, 'SIGSTOP');
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    expect(isAlive(redis.pid)).toBe(true);
    const next = await start();
    expect(isAlive(redis.pid)).toBe(false);
    expect(events).toContain('redis.orphan');
    expect(await use(next, (one) => one.get('key'))).toBe('value');
  }, 60_000);

  it('Ctrl-C at the terminal does not reach the server before us', async () => {
    const { owner, redis } = await startOwner();
    const status = await readFile(`/proc/${redis.pid}/stat`, 'utf8').catch(() => null);
    if (status !== null) {
      const group = Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[2]);
      expect(group).toBe(redis.pid);
    }
    owner.kill('SIGTERM');
    await once(owner, 'exit');
  });
});
