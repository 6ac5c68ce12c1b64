import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResolveAll } from '../../../src/crawlers/http/network-guard.js';
import type { Edition } from '../../../src/domain/edition.js';
import type { ArticleUrl, FetchResult } from '../../../src/domain/page.js';
import { createUrlRules } from '../../../src/sputnik/urls/url-rules.js';
import { crawl, edition, MemoryCatalogue, plan, settings, type BenchOptions } from '../../unit/crawlers/crawl-setup.js';
import {
  ARTICLE,
  gzipped,
  html,
  redirect,
  startHostileSite,
  status,
  WHOLE_GZIP,
  type Answer,
  type HostileSite,
} from '../../unit/crawlers/hostile-site.js';

const ID = 'am.sputniknews.ru';
const MAX = 100_000;

const never: Answer = () => undefined;
const drip: Answer = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/html' });
  const timer = setInterval(() => response.write('x'), 20);
  response.on('close', () => {
    clearInterval(timer);
  });
};
const cutOff: Answer = (_request, response) => {
  response.writeHead(200, { 'content-length': '5000' });
  response.write('half of it');
  setTimeout(() => response.destroy(), 5);
};
const rubbish: Answer = (request) => request.socket.end('SSH-2.0-OpenSSH_9.2\r\n\r\n');

let site: HostileSite;
let other: HostileSite;

beforeAll(async () => {
  other = await startHostileSite();
  site = await startHostileSite({
    s400: status(400),
    s401: status(401),
    s403: status(403),
    s404: status(404, {}, 'nicht da'),
    s410: status(410),
    s418: status(418),
    s429: status(429),
    s451: status(451),
    s500: status(500),
    s503: status(503),
    s304: status(304),
    hang: never,
    drip,
    cutoff: cutOff,
    dropped: (request) => request.socket.destroy(),
    rubbish,
    headers: status(200, { 'x-long': 'x'.repeat(40_000) }),
    gzipcut: gzipped(WHOLE_GZIP.subarray(0, -30)),
    gziplie: gzipped(Buffer.from(ARTICLE)),
    bomb: gzipped(gzipSync(Buffer.alloc(20_000_000))),
    large: (_request, response) => {
      html(response, Buffer.alloc(2 * MAX, 'x'));
    },
    endless: (_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(Buffer.alloc(50_000, 'x')), 1);
      response.on('close', () => {
        clearInterval(timer);
      });
    },
    empty: (_request, response) => {
      html(response, '');
    },
    blank: gzipped(gzipSync(' \n\n ')),
    nowhere: status(302),
    loop: redirect('/20260701/loop-12345678.html'),
    ring: redirect('/ring-2'),
    '/ring-2': redirect('/20260701/ring-12345678.html'),
    tohost: redirect('https://evil.example/'),
    toport: (request, response, nth) => {
      redirect(`${other.origin}/`)(request, response, nth);
    },
    tometa: redirect('http://169.254.169.254/latest/meta-data/'),
    toservice: redirect('/services/x/more.html'),
    tofront: redirect('/', 301),
    toslug: redirect('/20260702/new-12345678.html', 308),
    '/1': redirect('/2'),
    '/2': redirect('/3'),
    '/3': redirect('/4'),
    '/4': redirect('/5'),
    '/5': redirect('/6'),
    chain: redirect('/1'),
    flaky: (request, response, nth) => {
      if (nth <= 2) status(503)(request, response, nth);
      else html(response, ARTICLE);
    },
    wait: (request, response, nth) => {
      if (nth === 1) status(429, { 'retry-after': '1' })(request, response, nth);
      else html(response, ARTICLE);
    },
  });
});

afterAll(async () => {
  await Promise.all([site.stop(), other.stop()]);
});

function urlsOf(editions: readonly Edition[], ...words: string[]): ArticleUrl[] {
  const book = createUrlRules(editions);
  return words.map((word, index) =>
    book.parse(`https://${editions[0]!.id}/20260701/${word}-${12345678 + index}.html`)!,
  );
}

/** Pages that never end: a limit of time is waited for with these alone, since a busy machine may be slow with any other. */
const SILENT = new Set(['hang', 'drip']);
const QUICK_MS = 400;

/** Fetches one page of the hostile site and tells what reached the sink. */
async function fetchOne(
  word: string,
  options: BenchOptions & { fetchFrom?: string | null; retries?: number; timeoutMs?: number } = {},
): Promise<FetchResult> {
  const { fetchFrom = site.origin, retries = 0, timeoutMs = SILENT.has(word) ? QUICK_MS : 10_000, ...deps } = options;
  const editions = [edition(ID, fetchFrom)];
  const catalogue = new MemoryCatalogue();
  const quick = settings({ politeness: { timeoutMs, bodyBytesMax: MAX, retries, obeyRobots: true } });
  const tally = await crawl(plan(editions, { urls: urlsOf(editions, word) }), catalogue, {
    settings: quick,
    ...deps,
  });
  expect(catalogue.articles().length).toBe(tally.fetched);
  return catalogue.articles()[0] ?? catalogue.results[0]!;
}

describe('what can go wrong with one page is told apart', () => {
  it.each([
    ['s400', 'clientError', 400],
    ['s418', 'clientError', 418],
    ['s401', 'forbidden', 401],
    ['s403', 'forbidden', 403],
    ['s451', 'legalBlock', 451],
    ['s429', 'rateLimited', 429],
    ['s500', 'serverError', 500],
    ['s503', 'serverError', 503],
    ['hang', 'timeout', null],
    ['drip', 'timeout', null],
    ['cutoff', 'reset', null],
    ['dropped', 'reset', null],
    ['rubbish', 'badEncoding', null],
    ['headers', 'tooLarge', null],
    ['gzipcut', 'badEncoding', 200],
    ['gziplie', 'badEncoding', 200],
    ['bomb', 'tooLarge', 200],
    ['large', 'tooLarge', null],
    ['endless', 'tooLarge', null],
    ['empty', 'empty', 200],
    ['blank', 'empty', 200],
    ['nowhere', 'clientError', 302],
    ['loop', 'redirectLoop', null],
    ['ring', 'redirectLoop', null],
    ['chain', 'redirectLoop', null],
    ['tohost', 'redirectForbidden', 302],
    ['toport', 'redirectForbidden', 302],
    ['tometa', 'redirectForbidden', 302],
    ['toservice', 'robots', null],
  ])('%s is %s', async (word, reason, code) => {
    expect(await fetchOne(word)).toMatchObject({ kind: 'failure', reason, status: code, attempts: 1 });
    expect(other.heard).toEqual([]);
  });

  it.each([
    ['s404', 404],
    ['s410', 410],
  ])('%s is an answer', async (word, code) => {
    expect(await fetchOne(word)).toMatchObject({ kind: 'response', status: code });
  });

  it('a refused connection is refused', async () => {
    const gone = await startHostileSite();
    await gone.stop();
    expect(await fetchOne('ok', { fetchFrom: gone.origin })).toMatchObject({ kind: 'failure', reason: 'refused' });
  });

  it('a server that speaks no TLS is tls', async () => {
    const fetchFrom = site.origin.replace('http:', 'https:');
    expect(await fetchOne('ok', { fetchFrom })).toMatchObject({ kind: 'failure', reason: 'tls' });
  });

  it('a connection that is accepted and never spoken on is timeout', async () => {
    const mute = await startMute();
    const fetchFrom = `http://127.0.0.1:${(mute.address() as AddressInfo).port}`;
    expect(await fetchOne('ok', { fetchFrom, timeoutMs: QUICK_MS })).toMatchObject({
      kind: 'failure',
      reason: 'timeout',
    });
    mute.close();
  });

  it('a name without an address is dns', async () => {
    const resolveAll: ResolveAll = (_host, _options, callback) => {
      callback(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }), []);
    };
    expect(await fetchOne('ok', { fetchFrom: null, resolveAll })).toMatchObject({ kind: 'failure', reason: 'dns' });
  });

  it.each(['127.0.0.1', '10.1.2.3', '169.254.169.254', '::1', '::ffff:127.0.0.1'])(
    'a name that leads to %s is addressForbidden, also beside a public address',
    async (address) => {
      const family = address.includes(':') ? 6 : 4;
      const resolveAll: ResolveAll = (_host, _options, callback) => {
        callback(null, [
          { address: '93.184.216.34', family: 4 },
          { address, family },
        ]);
      };
      const result = await fetchOne('ok', { fetchFrom: null, resolveAll });
      expect(result).toMatchObject({ kind: 'failure', reason: 'addressForbidden' });
    },
  );
});

describe('answers', () => {
  it('keeps the body as received, and digests it without its encoding', async () => {
    const plain = (await fetchOne('plain')) as FetchResult & { kind: 'response' };
    expect(plain.body.toString()).toBe(ARTICLE);
    const zipped = await startHostileSite({ zip: gzipped(WHOLE_GZIP) });
    const packed = (await fetchOne('zip', { fetchFrom: zipped.origin })) as FetchResult & { kind: 'response' };
    await zipped.stop();
    expect(packed.body.equals(WHOLE_GZIP)).toBe(true);
    expect(packed.bodySha256).toBe(plain.bodySha256);
    expect(packed.headers).toContainEqual(['content-encoding', 'gzip']);
  });

  it('tells where redirects led, by the real URL', async () => {
    expect(await fetchOne('tofront')).toMatchObject({ kind: 'response', finalUrl: `https://${ID}/` });
    expect(await fetchOne('toslug')).toMatchObject({
      target: { url: `https://${ID}/20260701/toslug-12345678.html` },
      finalUrl: `https://${ID}/20260702/new-12345678.html`,
    });
  });

  it.each([
    ['Azerbaijani', 'Paşinyan-Bakıya-səfər'],
    ['Armenian', 'Փաշինյանը-Բաքվում'],
    ['Chinese', '亚美尼亚总理访问巴库'],
    ['Russian', 'Пашинян-в-Баку'],
  ])('follows a redirect whose Location is raw %s in UTF-8, as browsers do', async (_language, slug) => {
    const to = `/20260702/${slug}-12345678.html`;
    const moved = await startHostileSite({ moved: redirect(Buffer.from(to).toString('latin1'), 301) });
    const result = await fetchOne('moved', { fetchFrom: moved.origin });
    await moved.stop();
    expect(result).toMatchObject({ kind: 'response', status: 200, finalUrl: `https://${ID}${encodeURI(to)}` });
    expect(moved.heard.at(-1)?.path).toBe(encodeURI(to));
  });

  it.each([
    ['none', Buffer.from(ARTICLE)],
    ['UTF-8', Buffer.from(ARTICLE)],
    ['', Buffer.from(ARTICLE)],
    ['gzip', Buffer.concat([WHOLE_GZIP, Buffer.from('<!-- 0.21 s -->')])],
    ['deflate', Buffer.concat([deflateSync(ARTICLE), Buffer.from('\n')])],
  ])('takes a page under the content encoding %j as browsers show it', async (encoding, body) => {
    const odd = await startHostileSite({
      odd: (_request, response) => {
        html(response, body, { 'content-encoding': encoding });
      },
    });
    const result = (await fetchOne('odd', { fetchFrom: odd.origin })) as FetchResult & { kind: 'response' };
    await odd.stop();
    expect(result).toMatchObject({ kind: 'response', status: 200 });
    expect(result.body.equals(body)).toBe(true);
    expect(result.bodySha256).toBe(createHash('sha256').update(ARTICLE).digest('hex'));
  });

  it('keeps header bytes that are no UTF-8 as Latin-1', async () => {
    const latin = await startHostileSite({ latin: status(200, { 'x-note': 'caf\u00e9' }, ARTICLE) });
    const result = (await fetchOne('latin', { fetchFrom: latin.origin })) as FetchResult & { kind: 'response' };
    await latin.stop();
    expect(result.headers).toContainEqual(['x-note', 'caf\u00e9']);
  });

  it('says honestly who asks', async () => {
    await fetchOne('honest');
    const heard = site.heard.find(({ path }) => path.includes('honest'));
    expect(heard?.headers['user-agent']).toBe('sputnik-harvester/0.1 (+https://example.org/)');
    expect(heard?.headers['accept-encoding']).toBe('gzip, br');
    expect(heard?.headers.cookie).toBeUndefined();
  });
});

describe('cookies', () => {
  /** Answers with the article where the request bears this cookie, else with a redirect that sets one. */
  const asking =
    (wanted: string, location: (path: string) => string, setCookie: string | string[]): Answer =>
    (request, response) => {
      if (request.headers.cookie === wanted) html(response, ARTICLE);
      else response.writeHead(302, { location: location(request.url ?? ''), 'set-cookie': setCookie }).end();
    };
  const itself = (path: string): string => path;

  it.each<[string, Record<string, Answer>]>([
    ['a redirect to itself', { page: asking('consent=1', itself, 'consent=1; Path=/') }],
    ['one for this site only', { page: asking('c=2', itself, `c=2; Domain=${ID}; Secure; HttpOnly; SameSite=Lax`) }],
    ['two at once', { page: asking('a=1; b=2', itself, ['a=1; Path=/', 'b=2; Max-Age=600; Path=/']) }],
    [
      'a page of consent on the way',
      {
        page: asking('ok=yes', () => '/consent', 'seen=1; Path=/nowhere'),
        '/consent': (_request, response) => {
          const location = '/20260701/page-12345678.html';
          response.writeHead(302, { location, 'set-cookie': 'ok=yes; Path=/' }).end();
        },
      },
    ],
    [
      'one after the other',
      {
        page: (request, response, nth) => {
          const setCookie = request.headers.cookie === undefined ? 'a=1; Path=/' : 'b=2; Path=/';
          asking('a=1; b=2', itself, setCookie)(request, response, nth);
        },
      },
    ],
  ])('are kept along the redirects of one page: %s', async (_name, answers) => {
    const jar = await startHostileSite(answers);
    const result = await fetchOne('page', { fetchFrom: jar.origin });
    const again = await fetchOne('other', { fetchFrom: jar.origin });
    await jar.stop();
    expect(result).toMatchObject({ kind: 'response', status: 200 });
    expect(again).toMatchObject({ kind: 'response', status: 200 });
    expect(jar.heard.find(({ path }) => path.includes('other'))?.headers.cookie).toBeUndefined();
  });

  it.each<[string, Answer]>([
    ['that is set again and again', asking('never', itself, 'a=1; Path=/')],
    ['that is deleted again', asking('never', itself, 'a=1; Max-Age=0; Path=/')],
    ['of another site', asking('never', itself, 'a=1; Domain=example.org')],
    ['that cannot be read', asking('never', itself, ';;;')],
    [
      'that is another one each time',
      (_request, response, nth) => {
        const location = '/20260701/loop-12345678.html';
        response.writeHead(302, { location, 'set-cookie': `n=${nth}` }).end();
      },
    ],
  ])('end no loop: one %s', async (_name, answer) => {
    const ring = await startHostileSite({ loop: answer });
    const result = await fetchOne('loop', { fetchFrom: ring.origin });
    await ring.stop();
    expect(result).toMatchObject({ kind: 'failure', reason: 'redirectLoop', attempts: 1 });
    expect(ring.heard.length).toBeLessThanOrEqual(1 + 6);
  });

  it('never go from one host to another', async () => {
    const hosts = await startHostileSite({
      leaving: status(302, { location: `https://cdn.${ID}/there.html`, 'set-cookie': `a=1; Domain=${ID}; Path=/` }),
    });
    const editions = [edition(ID, hosts.origin, { hosts: [ID, `cdn.${ID}`] })];
    const catalogue = new MemoryCatalogue();
    await crawl(plan(editions, { urls: urlsOf(editions, 'leaving') }), catalogue);
    await hosts.stop();
    expect(catalogue.articles()).toMatchObject([{ kind: 'response', finalUrl: `https://cdn.${ID}/there.html` }]);
    expect(hosts.heard.at(-1)).toMatchObject({ path: '/there.html' });
    expect(hosts.heard.at(-1)?.headers.cookie).toBeUndefined();
  });
});

describe('further attempts', () => {
  it('are made where they may help, and counted', async () => {
    const result = await fetchOne('flaky', { retries: 2 });
    expect(result).toMatchObject({ kind: 'response', status: 200 });
    expect(site.heard.filter(({ path }) => path.includes('flaky'))).toHaveLength(3);
    const failed = { at: expect.stringMatching(/^20/) as string, reason: 'serverError' };
    const twice = { kind: 'failure', attempts: 2, tries: [failed, failed] };
    expect(await fetchOne('s500', { retries: 1 })).toMatchObject(twice);
  });

  it.each(['s404', 's400', 'large', 'tohost', 'loop'])('are not made for %s', async (word) => {
    const before = site.heard.filter(({ path }) => path.includes(`/${word}-`)).length;
    await fetchOne(word, { retries: 3 });
    const after = site.heard.filter(({ path }) => path.includes(`/${word}-`)).length;
    expect(after - before).toBe(1);
  });

  it('wait for the whole host as long as Retry-After says', async () => {
    const editions = [edition(ID, site.origin)];
    const from = site.heard.length;
    const catalogue = new MemoryCatalogue();
    const urls = urlsOf(editions, 'wait', 'neighbour', 'neighbour', 'neighbour');
    const single = settings({ politeness: { retries: 1, concurrencyPerHost: 1 } });
    await crawl(plan(editions, { urls }), catalogue, { settings: single });
    expect(catalogue.articles().map(({ kind }) => kind)).toEqual(Array(4).fill('response'));
    const [robots, first, second] = site.heard.slice(from);
    expect(robots?.path).toBe('/robots.txt');
    expect(second!.atMs - first!.atMs).toBeGreaterThanOrEqual(990);
  });
});

async function startMute(): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
