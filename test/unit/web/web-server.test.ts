import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/platform/logger.js';
import { healthRoutes } from '../../../src/web/monitoring-routes.js';
import { clientOf, RateLimit } from '../../../src/web/request-gate.js';
import { startWebServer, type Routes } from '../../../src/web/web-server.js';
import { ask, served } from './ask.js';

const TOKEN = 'a-token-of-24-characters';
const secret: Routes = (app, _options, done) => {
  app.get('/secret', { config: { revalidates: true } }, (_request, reply) =>
    reply.type('text/plain').send('the corpus'),
  );
  done();
};
const failing: Routes = (app, _options, done) => {
  app.get('/other', () => Promise.reject(new Error('/home/me is full')));
  done();
};
const NOT_READY = { ready: false, reasons: ['Redis does not answer'], failingPages: ['https://a.example/1 (timeout)'] };
const health = healthRoutes(() => Promise.resolve(NOT_READY));

function basic(password: string): string {
  return `Basic ${Buffer.from(`anybody:${password}`).toString('base64')}`;
}

describe('the web server', () => {
  it('will not listen beyond loopback without a token', async () => {
    const settings = { host: '0.0.0.0', port: 0, token: null, requestsPerMinute: 1 };
    await expect(startWebServer(settings, [], silentLogger)).rejects.toMatchObject({ code: 'web.tokenMissing' });
  });

  it('names the port that is taken', async () => {
    const port = Number(new URL(await served([])).port);
    await expect(served([], { port })).rejects.toMatchObject({ code: 'web.port' });
  });

  it.each([
    ['no token', {}, 401],
    ['another token', { authorization: `Bearer ${TOKEN}x` }, 401],
    ['the start of the token', { authorization: `Bearer ${TOKEN.slice(0, -1)}` }, 401],
    ['an empty token', { authorization: 'Bearer ' }, 401],
    ['the token without a scheme', { authorization: TOKEN }, 401],
    ['the token as a user name', { authorization: `Basic ${Buffer.from(`${TOKEN}:`).toString('base64')}` }, 401],
    ['the token', { authorization: `Bearer ${TOKEN}` }, 200],
    ['the token as a password', { authorization: basic(TOKEN) }, 200],
  ])('asks for its token: %s', async (_what, headers, status) => {
    const origin = await served([health, secret], { token: TOKEN });
    const answer = await ask(`${origin}/secret`, headers);
    expect(answer.status).toBe(status);
    expect(answer.body.includes('the corpus')).toBe(status === 200);
    if (status === 401) expect(answer.headers['www-authenticate']).toContain('Basic');
  });

  it('has no icon, and says so without an error', async () => {
    expect(await ask(`${await served([])}/favicon.ico`)).toMatchObject({ status: 204, body: '' });
  });

  it('tells the probes that it lives without a token, and nothing more', async () => {
    const origin = await served([health, secret], { token: TOKEN });
    expect(await ask(`${origin}/healthz`)).toMatchObject({ status: 200 });
    const open = await ask(`${origin}/readyz`);
    expect(open).toMatchObject({ status: 503, body: '{"ready":false}\n' });
    const told = await ask(`${origin}/readyz`, { authorization: `Bearer ${TOKEN}` });
    expect(JSON.parse(told.body)).toEqual(NOT_READY);
  });

  it.each([
    ['evil.example:8787', 421],
    ['127.0.0.1.evil.example', 421],
    ['localhost.evil.example', 421],
    ['localhost:8787', 200],
    ['127.0.0.1', 200],
    ['[::1]:8787', 200],
  ])('without a token answers only who calls it by a name of the loopback: %j', async (host, status) => {
    const origin = await served([secret]);
    expect((await ask(`${origin}/secret`, { host })).status).toBe(status);
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])('refuses %s', async (method) => {
    const origin = await served([secret]);
    const answer = await ask(`${origin}/secret`, {}, { method });
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });

  it('refuses a body, an address that is too long, a broken head and what another site embeds', async () => {
    const origin = await served([secret]);
    expect((await ask(`${origin}/secret`, { 'content-length': '4' }, { body: 'body' })).status).toBe(413);
    expect((await ask(`${origin}/secret?${'x'.repeat(3_000)}`)).status).toBe(414);
    expect((await ask(`${origin}/secret`, { padding: 'x'.repeat(20_000) })).status).toBe(431);
    const embedded = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' };
    expect((await ask(`${origin}/secret`, embedded)).status).toBe(403);
    expect((await ask(`${origin}/secret`, { ...embedded, 'sec-fetch-mode': 'navigate' })).status).toBe(200);
    expect(await raw(origin, 'GET http://evil.example/secret HTTP/1.1\r\nhost: localhost\r\n\r\n')).toMatch(/ 400 /);
    expect(await raw(origin, 'GET /secret HTTP/1.0\r\n\r\n')).toMatch(/ 421 /);
    expect(await raw(origin, 'rubbish\r\n\r\n')).toMatch(/ 400 /);
  });

  it('sends its rules with every answer, and never lets another site read one', async () => {
    const origin = await served([secret, failing]);
    const failed = await ask(`${origin}/other`, { origin: 'https://evil.example' });
    expect(failed.status).toBe(500);
    expect(failed.body).not.toContain('/home/me');
    for (const { headers } of [failed, await ask(`${origin}/secret`), await ask(`${origin}/`, {}, { method: 'PUT' })]) {
      expect(headers['content-security-policy']).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
      expect(headers['content-security-policy']).not.toMatch(/unsafe|script-src|\*/);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  it('answers HEAD without a body, and 304 where nothing has changed', async () => {
    const origin = await served([secret]);
    const head = await ask(`${origin}/secret`, {}, { method: 'HEAD' });
    expect(head).toMatchObject({ status: 200, body: '', headers: { 'content-length': '10' } });
    const again = await ask(`${origin}/secret`, { 'if-none-match': String(head.headers['etag']) });
    expect(again).toMatchObject({ status: 304, body: '' });
  });

  it('answers 429 with the time to wait to whoever asks too much, sooner to whoever guesses tokens', async () => {
    const origin = await served([health, secret], { token: TOKEN, requestsPerMinute: 80 });
    const statuses: number[] = [];
    for (let count = 0; count < 4; count += 1) {
      statuses.push((await ask(`${origin}/secret`, { authorization: 'Bearer guess' })).status);
    }
    expect(statuses).toEqual([401, 401, 429, 429]);
    const refused = await ask(`${origin}/secret`, { authorization: `Bearer ${TOKEN}` });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await ask(`${origin}/healthz`)).status).toBe(200);
  });
});

describe('the rate limit', () => {
  it('lets a quarter of a minute through at once and the rest steadily, each client for itself', () => {
    const limit = new RateLimit(60);
    const taken = Array.from({ length: 20 }, () => limit.take('a', 0)).filter((wait) => wait === 0);
    expect(taken).toHaveLength(15);
    expect(limit.take('a', 0)).toBe(1);
    expect(limit.take('b', 0)).toBe(0);
    expect(limit.take('a', 1_000)).toBe(0);
    expect(limit.take('a', 1_000)).toBe(1);
  });

  it('forgets the client that was quiet longest, so that its memory has an end', () => {
    const limit = new RateLimit(4);
    expect(limit.take('first', 0)).toBe(0);
    for (let other = 0; other < 10_000; other += 1) limit.take(`other ${other}`, 0);
    expect(limit.take('first', 0)).toBe(0);
    expect(limit.take('other 9999', 0)).toBeGreaterThan(0);
  });

  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    [undefined, ''],
  ])('takes %s for the client %s', (address, client) => {
    expect(clientOf(address)).toBe(client);
  });
});

/** @returns what comes back for these very bytes. */
function raw(origin: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    const socket = connect(Number(port), hostname, () => socket.end(bytes));
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    socket.on('end', () => {
      resolve(text);
    });
    socket.on('error', reject);
  });
}
