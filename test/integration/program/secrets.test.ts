import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { systemClock } from '../../../src/platform/clock.js';
import { connectRedis } from '../../../src/redis/connection.js';
import { findRedisServer } from '../../../src/redis/find-redis-server.js';
import { freePort } from '../free-port.js';
import { createWorkplace, eventually, finished, testSiteSettings, type Workplace } from './run-sputnik.js';

/** Distinct, and of a form that nothing else has. */
const SECRETS = {
  redisPassword: 'rEdIs-PaSs-7f3a91',
  proxyPassword: 'pRoXy-PaSs-52c0de',
  webToken: 'wEb-ToKeN-d41d8c-16plus',
} as const;

/** What somebody who reads the logs could make of each secret: itself, or its usual encodings. */
const TRACES = Object.entries(SECRETS).flatMap(([name, secret]) =>
  [
    secret,
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    Buffer.from(`crawler:${secret}`).toString('base64').replace(/=+$/, ''),
    Buffer.from(`:${secret}`).toString('base64').replace(/=+$/, ''),
  ].map((trace) => ({ name, trace })),
);

describe('the secrets of the settings', () => {
  let testSite: TestSite;
  let workplace: Workplace;
  let redis: ChildProcess;
  let proxy: Server;
  let folder: string;
  let shown = 0;
  let variables: Record<string, string>;
  /** Everything that any command said. */
  const said: string[] = [];

  async function run(words: readonly string[], changes: Readonly<Record<string, string>> = {}): Promise<number | null> {
    const { code, stdout, stderr } = await finished(workplace.start(words, { ...variables, ...changes }));
    said.push(stdout, stderr);
    return code;
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sputnik-secrets-'));
    testSite = await startTestSite({ seed: 3, stories: 6, clock: systemClock, editions: ['am.sputniknews.ru'] });
    proxy = await startProxy(() => (shown += 1));
    const redisPort = await freePort();
    redis = await startRedis(redisPort, folder);
    const proxyUrl = `http://crawler:${SECRETS.proxyPassword}@127.0.0.1:${portOf(proxy)}`;
    const settings = testSiteSettings(testSite);
    workplace = await createWorkplace({
      ...settings,
      politeness: { ...settings['politeness'], retries: 1 },
      web: { port: 0 },
      proxy: { urls: [proxyUrl] },
    });
    variables = {
      REDIS_URL: `redis://:${SECRETS.redisPassword}@127.0.0.1:${redisPort}`,
      SPUTNIK_WEB_TOKEN: SECRETS.webToken,
    };
  });

  afterAll(async () => {
    await testSite.stop();
    proxy.closeAllConnections();
    proxy.close();
    if (redis.exitCode === null) redis.kill('SIGKILL');
    await workplace.remove();
    await rm(folder, { recursive: true, force: true });
  });

  it('are used, and stand in nothing that any command says or writes, at the loudest level of the log', async () => {
    expect(await run(['crawl', '--log-level', 'trace', '--json'])).toBe(0);
    expect(shown).toBeGreaterThan(0);
    await serveAndCall();
    for (const words of [['config'], ['config', '--json'], ['status'], ['doctor', '--json', '--log-level', 'trace']]) {
      await run(words);
    }
    await expectNoTrace();
  });

  it('stand in no refusal of settings either', async () => {
    const wrong = join(folder, 'wrong.yaml');
    await writeFile(
      wrong,
      `redis: { url: "${SECRETS.redisPassword}" }
web: { token: "${SECRETS.webToken} with spaces" }
proxy: { urls: ["socks:${SECRETS.proxyPassword}", 7] }
`,
    );
    expect(await run(['config', 'check', wrong], { REDIS_URL: '', SPUTNIK_WEB_TOKEN: '' })).toBe(2);
    expect(said.at(-1)).toMatch(/redis\.url is a value that is kept secret[^]*proxy\.urls\.0[^]*web\.token/);
    expect(await run(['status', '--redis-url', `redis//${SECRETS.redisPassword}`])).toBe(2);
    expect(await run(['status'], { SPUTNIK_WEB_TOKEN: `${SECRETS.webToken} ` })).toBe(2);
    await expectNoTrace();
  });

  it('stand in no complaint when proxy or Redis fail', async () => {
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
    testSite.publish();
    expect(await run(['crawl', '--log-level', 'trace'])).not.toBe(1);
    expect(await run(['crawl', '--log-level', 'trace'], { REDIS_URL: badPassword(variables['REDIS_URL']!) })).toBe(4);
    redis.kill('SIGKILL');
    await once(redis, 'exit');
    expect(await run(['crawl', '--log-level', 'trace', '--json'])).toBe(4);
    expect(await run(['doctor', '--log-level', 'trace'])).toBe(4);
    await expectNoTrace();
  });

  async function serveAndCall(): Promise<void> {
    const service = workplace.start(['serve', '--json', '--log-level', 'trace'], variables);
    const heard: string[] = [];
    service.stdout.on('data', (chunk: Buffer) => heard.push(chunk.toString()));
    const ended = finished(service);
    const origin = await eventually(() => /"origin": "(.+)"/.exec(heard.join(''))?.[1] ?? null, 30_000);
    const authorization = `Bearer ${SECRETS.webToken}`;
    for (const path of ['/', '/readyz', '/metrics', '/api/status', '/api/articles', '/feeds/rss', '/nothing']) {
      const answer = await fetch(`${origin}${path}`, { headers: { authorization } });
      said.push(await answer.text(), JSON.stringify([...answer.headers]));
      expect(answer.status).not.toBe(401);
    }
    const refused = await fetch(`${origin}/?token=${SECRETS.webToken}`, { headers: { authorization: 'Bearer no' } });
    expect(refused.status).toBe(401);
    said.push(await refused.text());
    service.kill('SIGTERM');
    const { stdout, stderr } = await ended;
    said.push(stdout, stderr);
  }

  async function expectNoTrace(): Promise<void> {
    const files = await filesUnder(workplace.dataDir);
    expect(files.map(({ name }) => name)).toContain('catalogue.db');
    const texts = [
      ...said.map((text, index) => ({ name: `output ${index}`, text })),
      ...files,
      // The settings file itself is given by the user and stays where it is.
    ];
    expect(said.join('').length).toBeGreaterThan(1_000);
    const found = texts.flatMap(({ name, text }) =>
      TRACES.filter(({ trace }) => text.includes(trace)).map((trace) => `${trace.name} in ${name}`),
    );
    expect(found).toEqual([]);
  }
});

async function filesUnder(dataDir: string): Promise<{ name: string; text: string }[]> {
  const entries = await readdir(dataDir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async (entry) => {
      const bytes = await readFile(join(entry.parentPath, entry.name));
      const plain = entry.name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
      return { name: entry.name, text: plain.toString('latin1') };
    }),
  );
}

/** A proxy that asks for its password and tunnels. */
async function startProxy(onShown: () => void): Promise<Server> {
  const wanted = `Basic ${Buffer.from(`crawler:${SECRETS.proxyPassword}`).toString('base64')}`;
  const server = createServer();
  server.on('connect', (request, socket) => {
    if (request.headers['proxy-authorization'] !== wanted) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    onShown();
    const [host = '', port = ''] = (request.url ?? '').split(':');
    const upstream = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [upstream, socket]) end.on('error', () => upstream.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function startRedis(port: number, folder: string): Promise<ChildProcess> {
  const { program, env } = await findRedisServer(join(homedir(), '.cache', 'sputnik-harvester'), () => undefined);
  const words = ['--port', String(port), '--bind', '127.0.0.1', '--requirepass', SECRETS.redisPassword];
  const options = ['--save', '', '--dir', folder, '--maxmemory-policy', 'noeviction'];
  const server = spawn(program, [...words, ...options], { env: { ...process.env, ...env }, stdio: 'ignore' });
  const url = `redis://:${SECRETS.redisPassword}@127.0.0.1:${port}`;
  const connection = await eventually(() => connectRedis({ kind: 'url', url }, 'producer').catch(() => null), 20_000);
  connection.disconnect();
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function badPassword(url: string): string {
  return url.replace(SECRETS.redisPassword, `${SECRETS.redisPassword}-wrong`);
}
