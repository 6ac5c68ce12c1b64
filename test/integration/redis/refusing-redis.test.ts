import { mkdtempSync, rmSync } from 'node:fs';
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RunPages } from '../../../src/queue/page-jobs.js';
import { checkRedis, evicts, inspectRedis, refuseOldRedis } from '../../../src/redis/check-redis.js';
import { refusedByRedis, connectRedis, type RedisLocation } from '../../../src/redis/connection.js';
import { findRedisServer } from '../../../src/redis/find-redis-server.js';
import type { Logger } from '../../../src/platform/logger.js';

const warned: string[] = [];
const quiet = (): void => undefined;
const log: Logger = { debug: quiet, info: quiet, warn: (_fields, message) => warned.push(message), error: quiet };

const folder = mkdtempSync(join(tmpdir(), 'refusing-redis-'));
const port = 20_000 + (process.pid % 20_000);
let server: ChildProcess;
let admin: Redis;

function at(user: string, database = ''): RedisLocation {
  return { kind: 'url', url: `redis://${user}127.0.0.1:${port}${database}` };
}

async function connected(location: RedisLocation): Promise<{ redis: Redis; location: RedisLocation }> {
  return { redis: await connectRedis(location, 'producer'), location };
}

beforeAll(async () => {
  const { program, env } = await findRedisServer(join(homedir(), '.cache', 'sputnik-harvester'), quiet);
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  server = spawn(program, flags, { stdio: 'ignore', env: { ...process.env, ...env } });
  admin = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: null });
  admin.on('error', quiet);
  await admin.ping();
  await admin.call('ACL', 'SETUSER', 'worker', 'on', '>right', '~*', '&*', '+@all');
  await admin.call('ACL', 'SETUSER', 'looker', 'on', '>right', '~*', '&*', '+@read', '+ping', '+info', '+select');
  await admin.call('ACL', 'SETUSER', 'listless', 'on', '>right', '~*', '&*', '+@all', '-zadd');
  await admin.call('ACL', 'SETUSER', 'elsewhere', 'on', '>right', '~other:*', '&*', '+@all');
  await admin.call('ACL', 'SETUSER', 'blind', 'on', '>right', '~*', '&*', '+@all', '-info');
});
beforeEach(async () => {
  await admin.replicaof('NO', 'ONE');
  warned.length = 0;
  await admin.config('SET', 'maxmemory', '0');
  await admin.config('SET', 'maxmemory-policy', 'noeviction');
});
afterAll(() => {
  admin.disconnect();
  server.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

describe('what is no Redis', () => {
  it.each([
    ['a text', '$100000000000\r\n', 'x'],
    ['a line', '+', 'x'],
  ])('and answers with %s without an end: given up after a megabyte', async (_what, start, piece) => {
    let sent = 0;
    const endless = createServer((socket) => {
      const pieces = piece.repeat(8_192);
      const send = (): void => {
        while (!socket.destroyed && socket.write(pieces)) sent += pieces.length;
      };
      socket.on('error', quiet).on('drain', send).write(start);
      send();
    });
    await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve));
    const { port: at } = endless.address() as AddressInfo;
    const said = expect.stringContaining('more than 1048576 bytes') as string;
    const connecting = connectRedis({ kind: 'url', url: `redis://127.0.0.1:${at}` }, 'worker');
    await expect(connecting).rejects.toMatchObject({ code: 'redis.unreachable', message: said });
    // What the system holds of a connection comes on top.
    expect(sent).toBeLessThan(40_000_000);
    endless.close();
  });

  it.each([
    ['a list of 33 million entries', ['*33000000\r\n:1\r\n']],
    ['lists in lists', ['*33000000\r\n'.repeat(100)]],
    ['small lists in lists', ['*999\r\n'.repeat(10_000)]],
    ['a list whose length comes in two pieces', ['*330', '00000\r\n:1\r\n']],
    ['a map', ['%33000000\r\n+a\r\n']],
  ])('and answers with %s: given up before there is room for it', async (_what, pieces) => {
    const lists = createServer((socket) => {
      socket.on('error', quiet).setNoDelay();
      socket.write(pieces[0] ?? '');
      setTimeout(() => socket.write(pieces[1] ?? ''), 50);
    });
    await new Promise<void>((resolve) => lists.listen(0, '127.0.0.1', resolve));
    const { port: at } = lists.address() as AddressInfo;
    const connecting = connectRedis({ kind: 'url', url: `redis://127.0.0.1:${at}` }, 'worker');
    const said = expect.stringContaining('lists of more than 100000 entries') as string;
    await expect(connecting).rejects.toMatchObject({ code: 'redis.unreachable', message: said });
    lists.close();
  });
});

describe('a Redis that refuses', () => {
  it.each([
    ['a wrong password', 'worker:wrong@'],
    ['an unknown user', 'nobody:right@'],
    ['a password with a blank too many', 'worker:right%20@'],
  ])('%s is told apart from a server that is away', async (_name, user) => {
    await expect(connectRedis(at(user), 'producer')).rejects.toMatchObject({
      code: 'redis.denied',
      message: expect.stringContaining('refuses the login') as string,
      hint: expect.stringContaining('USER:PASSWORD') as string,
    });
  });

  it('does not tell the password', async () => {
    const error = await connectRedis(at('worker:wrong@'), 'producer').catch((reason: unknown) => String(reason));
    expect(error).not.toContain('wrong@');
  });

  it.each(['/99', '/16', '/2000000', '/-1', '/abc', '/15abc', '/1.5', '/2/3', '/?db=x'])(
    'names database %s as one that it does not have',
    async (database) => {
      await expect(connectRedis(at('worker:right@', database), 'producer')).rejects.toMatchObject({
        code: 'redis.database',
      });
    },
  );

  it('takes the database that the URL names', async () => {
    const { redis } = await connected(at('worker:right@', '/3'));
    await redis.set('in-three', '1');
    await admin.select(3);
    expect(await admin.get('in-three')).toBe('1');
    await admin.select(0);
    redis.disconnect();
  });

  it.each([
    ['may only read', 'looker'],
    ['may not use sorted sets', 'listless'],
    ['has rights on other keys', 'elsewhere'],
    ['may not ask for the version', 'blind'],
  ])('names a user who %s', async (_name, user) => {
    const client = await connected(at(`${user}:right@`));
    await expect(checkRedis(client, 'sputnik', log)).rejects.toMatchObject({
      code: 'redis.denied',
      message: expect.stringContaining('too little') as string,
    });
    client.redis.disconnect();
  });

  it('lets a user with rights go on, and leaves no key behind', async () => {
    const client = await connected(at('worker:right@'));
    await checkRedis(client, 'sputnik', log);
    expect(await admin.exists('sputnik:check')).toBe(0);
    expect(warned).toEqual([]);
    client.redis.disconnect();
  });
});

describe('a Redis that evicts', () => {
  it.each(['allkeys-lru', 'volatile-ttl', 'allkeys-random'])('is refused by name under %s', async (policy) => {
    await admin.config('SET', 'maxmemory', '100mb');
    await admin.config('SET', 'maxmemory-policy', policy);
    const client = await connected(at('worker:right@'));
    await expect(checkRedis(client, 'sputnik', log)).rejects.toMatchObject({
      code: 'redis.evicts',
      message: expect.stringContaining(policy) as string,
      hint: expect.stringContaining('CONFIG SET maxmemory-policy noeviction') as string,
    });
    client.redis.disconnect();
  });

  it('is warned of where it has no limit yet', async () => {
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
    const client = await connected(at('worker:right@'));
    expect(evicts(await inspectRedis(client))).toBe(true);
    await checkRedis(client, 'sputnik', log);
    expect(warned).toEqual([expect.stringContaining('allkeys-lru')]);
    client.redis.disconnect();
  });

  it('is none where a full server refuses writes', async () => {
    await admin.config('SET', 'maxmemory', '100mb');
    const client = await connected(at('worker:right@'));
    await checkRedis(client, 'sputnik', log);
    expect(warned).toEqual([]);
    client.redis.disconnect();
  });
});

describe('a Redis that takes no writes', () => {
  it.each([
    ['is full', 'redis.full', () => admin.config('SET', 'maxmemory', '1')],
    ['is a replica', 'redis.readOnly', () => admin.replicaof('127.0.0.1', 1)],
  ])('is named where it %s', async (_name, code, spoil) => {
    const client = await connected(at('worker:right@'));
    await spoil();
    await expect(checkRedis(client, 'sputnik', log)).rejects.toMatchObject({
      code,
      hint: expect.any(String) as string,
    });
    client.redis.disconnect();
  });
});

it('what a run has captured is not taken for noted where Redis is full', async () => {
  const { redis } = await connected(at('worker:right@'));
  const crawl = new Queue('crawl', { connection: redis, prefix: 'sputnik' });
  const pages = new RunPages({ redis, crawl }, 'run-1');
  await pages.note('a.example/20000001', 'new');
  await admin.config('SET', 'maxmemory', '1');
  await expect(pages.note('a.example/20000002', 'new')).rejects.toThrow(/OOM|EXECABORT/);
  await admin.config('SET', 'maxmemory', '0');
  expect([...(await pages.read()).keys()]).toEqual(['a.example/20000001']);
  await pages.forget();
  await crawl.close();
  redis.disconnect();
});

it('a Redis that is too old is named before the queues meet it', async () => {
  const { redis, location } = await connected(at('worker:right@'));
  await refuseOldRedis({ redis, location });
  redis.info = () => Promise.resolve('# Server\r\nredis_version:4.0.14\r\n');
  await expect(refuseOldRedis({ redis, location })).rejects.toMatchObject({ code: 'redis.tooOld' });
  redis.disconnect();
});

it.each([
  ['redis', /connect ECONNREFUSED/, /docker compose/],
  ['rediss', /connect ECONNREFUSED/, /redis:\/\/ where it speaks no TLS/],
])('a Redis that is away is told of with the reason (%s)', async (scheme, message, hint) => {
  await expect(connectRedis({ kind: 'url', url: `${scheme}://127.0.0.1:1` }, 'producer')).rejects.toMatchObject({
    code: 'redis.unreachable',
    message: expect.stringMatching(message) as string,
    hint: expect.stringMatching(hint) as string,
  });
});

it.each([
  ["ERR unknown command 'evalsha', with args beginning with: '8c25f7' '7' 'key' ", "'evalsha'"],
  ['ERR unknown command `info`, with args beginning with: ', '`info`'],
  ['ERR Unknown Redis command called from script script: 9f, on @user_script:2.', 'called from script'],
])('a command that was renamed or switched off is no bug of ours (%s)', (said, named) => {
  const error = refusedByRedis(new Error(said), { kind: 'url', url: 'redis://h:1' });
  expect(error).toMatchObject({ code: 'redis.denied', hint: expect.stringContaining('rename-command') as string });
  expect(error?.message.endsWith(named)).toBe(true);
});

it('a login that is missing is told of in a word', async () => {
  await admin.call('ACL', 'SETUSER', 'default', '>secret', 'resetpass', '>secret');
  await expect(connectRedis(at(''), 'producer')).rejects.toMatchObject({
    code: 'redis.denied',
    message: expect.stringMatching(/asks for a password$/) as string,
  });
  await admin.call('ACL', 'SETUSER', 'default', 'nopass');
});
