import { getEventListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { TestThrottle } from '../../unit/crawlers/test-throttle.js';
import type { Edition } from '../../../src/domain/edition.js';
import type { ArticleUrl, FetchResult } from '../../../src/domain/page.js';
import { createUrlRules } from '../../../src/sputnik/urls/url-rules.js';
import { crawl, edition, MemoryCatalogue, plan, settings } from '../../unit/crawlers/crawl-setup.js';
import {
  ARTICLE,
  html,
  startHostileSite,
  status,
  type Answer,
  type HostileSite,
} from '../../unit/crawlers/hostile-site.js';

const ID = 'am.sputniknews.ru';
const FEED = '/export/rss2/archive/index.xml';
const NOW = Date.UTC(2026, 6, 20, 12);
const clock = { now: () => NOW };
const sites: HostileSite[] = [];

afterEach(async () => {
  await Promise.all(sites.splice(0).map((site) => site.stop()));
});

async function start(answers: Record<string, Answer>): Promise<{ site: HostileSite; editions: Edition[] }> {
  const site = await startHostileSite(answers);
  sites.push(site);
  return { site, editions: [edition(ID, site.origin)] };
}

function numbered(editions: readonly Edition[], count: number, word = 'page'): ArticleUrl[] {
  const book = createUrlRules(editions);
  return Array.from({ length: count }, (_, index) =>
    book.parse(`https://${ID}/20260720/${word}-${10_000_000 + index}.html`)!,
  );
}

const feedOf =
  (...paths: string[]): Answer =>
  (_request, response) => {
    const items = paths.map((path) => `<item><title>t</title><link>https://${ID}${path}</link></item>`).join('');
    response.end(`<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>${items}</channel></rss>`);
  };

describe('unreachable is not empty', () => {
  it.each([
    ['robots.txt answers 503', { '/robots.txt': status(503) }, 'serverError'],
    ['robots.txt hangs', { '/robots.txt': () => undefined }, 'timeout'],
    ['everything is forbidden', { '/robots.txt': status(403), [FEED]: status(403) }, 'forbidden'],
    ['everything but robots.txt is 451', { [FEED]: status(451) }, 'legalBlock'],
    [
      'a block page stands everywhere',
      {
        [FEED]: (_request, response) => {
          html(response, '<html><body>Zugang gesperrt</body></html>');
        },
      },
      'blocked',
    ],
    [
      'everything leads to another host',
      { [FEED]: status(302, { location: 'https://block.example/' }) },
      'redirectForbidden',
    ],
  ])('when %s', async (_name, answers, reason) => {
    const { editions } = await start(answers);
    const catalogue = new MemoryCatalogue();
    // Short only where nothing answers: on a busy machine the first answer of a process may take longer.
    const own = settings({ politeness: { timeoutMs: reason === 'timeout' ? 300 : 10_000 } });
    const tally = await crawl(plan(editions, { via: ['feed'] }), catalogue, { settings: own, clock });
    expect(tally.editions).toMatchObject([{ id: ID, reachable: false, reason }]);
    expect(tally).toMatchObject({ found: 0, fetched: 0, skipped: 0 });
    expect(tally.problems.length).toBeGreaterThan(0);
  });

  it('asks for nothing else where robots.txt cannot be had', async () => {
    const { site, editions } = await start({ '/robots.txt': status(500), [FEED]: feedOf('/20260720/a-12345678.html') });
    await crawl(plan(editions), new MemoryCatalogue(), { clock });
    expect(site.heard.map(({ path }) => path)).toEqual(['/robots.txt']);
  });

  it('says with a robots.txt that cannot be had of which days lists were wanted', async () => {
    const wanted = async (changes: Parameters<typeof plan>[1]): Promise<unknown> => {
      const { editions } = await start({ '/robots.txt': status(500) });
      const catalogue = new MemoryCatalogue();
      await crawl(plan(editions, changes), catalogue, { clock });
      return catalogue.results[0]?.target.wantedDays;
    };
    expect(await wanted({ since: '2026-07-01', until: '2026-07-03' })).toEqual({ from: '20260701', to: '20260703' });
    expect(await wanted({ revisitOnly: true })).toBeUndefined();
  });

  it('names an empty feed and a missing one, and calls the edition reachable', async () => {
    const { editions } = await start({ [FEED]: feedOf() });
    const empty = await crawl(plan(editions, { via: ['feed'] }), new MemoryCatalogue(), { clock });
    expect(empty.problems).toMatchObject([{ foundBy: 'feed', reason: 'noItems' }]);
    expect(empty.editions).toMatchObject([{ reachable: true, reason: null }]);
    const { editions: without } = await start({ [FEED]: status(404) });
    const missing = await crawl(plan(without, { via: ['feed'] }), new MemoryCatalogue(), { clock });
    expect(missing.problems).toMatchObject([{ foundBy: 'feed', reason: 'notFound' }]);
    expect(missing.editions).toMatchObject([{ reachable: true }]);
  });

  it('names an index and sitemaps that cannot be had, and goes by month without the index', async () => {
    const paths = [
      '/sitemap_article_index.xml',
      '/sitemap_article.xml?date_start=20260701&date_end=20260720',
      '/sitemap_article.xml?date_start=20260610&date_end=20260630',
    ];
    const { site, editions } = await start(Object.fromEntries(paths.map((path) => [path, status(503)])));
    const changes = { via: ['sitemap'], since: '2026-06-10' } as const;
    const tally = await crawl(plan(editions, changes), new MemoryCatalogue(), { clock });
    expect(site.heard.map(({ path }) => path)).toEqual(['/robots.txt', ...paths]);
    expect(tally.problems.map(({ url, reason }) => [new URL(url).pathname + new URL(url).search, reason])).toEqual(
      paths.map((path) => [path, 'serverError']),
    );
  });

  it('tells broken XML apart, and keeps what could be read of it', async () => {
    const cut: Answer = (_request, response) => {
      response.end(
        `<rss version="2.0"><channel><item><link>https://${ID}/20260720/a-12345678.html</link></item><item><li`,
      );
    };
    const { editions } = await start({ [FEED]: cut });
    const tally = await crawl(plan(editions, { via: ['feed'] }), new MemoryCatalogue(), { clock });
    expect(tally.problems).toMatchObject([{ reason: 'broken' }]);
    expect(tally.editions).toMatchObject([{ reachable: true }]);
    expect(tally.fetched).toBe(1);
  });

  it('goes on with the other editions when one is out of reach', async () => {
    const { editions } = await start({ [FEED]: feedOf('/20260720/a-12345678.html') });
    const gone = await startHostileSite();
    await gone.stop();
    const both = [...editions, edition('az.sputniknews.ru', gone.origin)];
    const tally = await crawl(plan(both, { via: ['feed'] }), new MemoryCatalogue(), { clock });
    expect(tally.editions).toMatchObject([
      { reachable: true, fetched: 1 },
      { reachable: false, reason: 'refused' },
    ]);
  });
});

describe('sitemaps within sitemaps', () => {
  const INDEX = '/sitemap_article_index.xml';
  const xml = (root: string, entry: string, paths: readonly string[]): string =>
    `<?xml version="1.0"?><${root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${paths
      .map((path) => `<${entry}><loc>https://${ID}${path}</loc></${entry}>`)
      .join('')}</${root}>`;
  const indexOf = (...paths: string[]): string => xml('sitemapindex', 'sitemap', paths);
  const pagesOf = (...ids: number[]): string =>
    xml(
      'urlset',
      'url',
      ids.map((id) => `/20260701/a-${id}.html`),
    );
  const text =
    (body: string | Buffer, type = 'application/xml'): Answer =>
    (_request, response) => {
      response.writeHead(200, { 'content-type': type }).end(body);
    };
  const run = async (answers: Record<string, string | Buffer>, since = '2026-05-01') => {
    const { editions, site } = await start(
      Object.fromEntries(Object.entries(answers).map(([path, body]) => [path, text(body)])),
    );
    const catalogue = new MemoryCatalogue();
    const few = settings({ crawl: { listPagesMax: 6 } });
    const options = { clock, settings: few };
    const tally = await crawl(plan(editions, { via: ['sitemap'], since, until: '2026-07-20' }), catalogue, options);
    const found = catalogue.articles().map(({ target }) => target.pageId?.slice(ID.length + 1));
    const problems = tally.problems.map(({ url, reason }) => `${new URL(url).pathname} ${reason}`);
    return { found: found.sort(), problems, heard: site.heard.map(({ path }) => path) };
  };

  it.each<[string, Record<string, string | Buffer>]>([
    [
      'an index within an index',
      { [INDEX]: indexOf('/in.xml'), '/in.xml': indexOf('/a.xml'), '/a.xml': pagesOf(1111) },
    ],
    [
      'three levels',
      {
        [INDEX]: indexOf('/1.xml'),
        '/1.xml': indexOf('/2.xml'),
        '/2.xml': indexOf('/a.xml'),
        '/a.xml': pagesOf(1111),
      },
    ],
    [
      'years beside pages',
      {
        [INDEX]: indexOf('/a.xml', '/years.xml'),
        '/a.xml': pagesOf(),
        '/years.xml': indexOf('/y.xml'),
        '/y.xml': pagesOf(1111),
      },
    ],
    ['a gzip file', { [INDEX]: indexOf('/a.xml.gz'), '/a.xml.gz': gzipSync(pagesOf(1111)) }],
    ['a gzip file by another name', { [INDEX]: indexOf('/a.xml'), '/a.xml': gzipSync(pagesOf(1111)) }],
    ['plain XML by the name of a gzip file', { [INDEX]: indexOf('/a.xml.gz'), '/a.xml.gz': pagesOf(1111) }],
    [
      'an index in a gzip file',
      {
        [INDEX]: indexOf('/in.xml.gz'),
        '/in.xml.gz': gzipSync(indexOf('/a.xml.gz')),
        '/a.xml.gz': gzipSync(pagesOf(1111)),
      },
    ],
  ])('are followed: %s', async (_name, answers) => {
    expect((await run(answers)).found).toEqual(['1111']);
  });

  it('are found by the index too where the sitemap of a few days is missing', async () => {
    const days = '/sitemap_article.xml?date_start=20260710&date_end=20260720';
    const pages = pagesOf(1111).replaceAll('20260701', '20260715');
    const { editions } = await start({ [days]: status(404), [INDEX]: text(indexOf('/a.xml')), '/a.xml': text(pages) });
    const catalogue = new MemoryCatalogue();
    await crawl(plan(editions, { via: ['sitemap'], since: '2026-07-10', until: '2026-07-20' }), catalogue, { clock });
    expect(catalogue.articles().map(({ target }) => target.pageId)).toEqual([`${ID}/1111`]);
  });

  it('end where they go round or too deep, and say so', async () => {
    const round = await run({
      [INDEX]: indexOf('/1.xml'),
      '/1.xml': indexOf('/2.xml', '/1.xml'),
      '/2.xml': indexOf('/1.xml'),
    });
    expect(round.heard).toEqual(['/robots.txt', INDEX, '/1.xml', '/2.xml']);
    const deep = await run(
      Object.fromEntries(
        [INDEX, '/1.xml', '/2.xml', '/3.xml', '/4.xml', '/5.xml'].map((path, n) => [path, indexOf(`/${n + 1}.xml`)]),
      ),
    );
    expect(deep.problems).toEqual(['/3.xml tooDeep']);
    const many = Array.from({ length: 5 }, (_, n) => `/a${n}.xml`);
    const wide = await run({
      [INDEX]: indexOf('/1.xml', '/2.xml'),
      '/1.xml': indexOf(...many),
      '/2.xml': indexOf(...many.map((path) => path.replace('a', 'b'))),
      ...Object.fromEntries(many.map((path, n) => [path, pagesOf(1111 + n)])),
    });
    expect(wide.found).toHaveLength(4);
    expect(wide.problems).toEqual(['/1.xml capped', '/2.xml capped']);
  });

  it.each<[string, string | Buffer, string]>([
    ['JSON', '{"error":"no such sitemap"}', 'wrongDocument'],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'wrongDocument'],
    ['another kind of XML', '<?xml version="1.0"?><note><to>you</to></note>', 'wrongDocument'],
    ['a page', '<html><body>Zugang gesperrt</body></html>', 'blocked'],
    ['a gzip file that is cut short', gzipSync(pagesOf(1111)).subarray(0, 60), 'badEncoding'],
    ['a gzip file that never ends', gzipSync(Buffer.alloc(9_000_000, 'x')), 'tooLarge'],
  ])('that cannot be read are named with the reason: %s', async (_name, body, reason) => {
    const { problems } = await run({ [INDEX]: indexOf('/a.xml'), '/a.xml': body });
    expect(problems).toEqual([`/a.xml ${reason}`]);
  });
});

describe('robots.txt', () => {
  it('keeps closed pages from being asked for, and tells so for each page once', async () => {
    const { site, editions } = await start({
      '/robots.txt': (_request, response) => response.end('User-agent: *\nDisallow: /20260719/\n'),
      [FEED]: feedOf('/20260719/closed-12345678.html', '/20260720/open-12345679.html'),
    });
    const catalogue = new MemoryCatalogue();
    const first = await crawl(plan(editions, { via: ['feed'] }), catalogue, { clock });
    expect(first).toMatchObject({ found: 2, fetched: 2 });
    expect(catalogue.pages.get(`${ID}/12345678`)).toMatchObject({
      endState: 'unreachable',
      reason: 'robots',
    });
    const second = await crawl(plan(editions, { via: ['feed'] }), catalogue, { clock });
    expect(second).toMatchObject({ found: 2, fetched: 0, skipped: 2 });
    expect(site.heard.some(({ path }) => path.includes('closed'))).toBe(false);
  });

  it('slows the host down to its Crawl-delay', async () => {
    const { site, editions } = await start({
      '/robots.txt': (_request, response) => response.end('User-agent: *\nCrawl-delay: 0.15\n'),
    });
    await crawl(plan(editions, { urls: numbered(editions, 4) }), new MemoryCatalogue(), { clock });
    // All four together: a single one may shrink where the request before it was late on its way.
    expect(gaps(site).reduce((sum, gap) => sum + gap, 0)).toBeGreaterThan(4 * 120);
  });
});

describe('pace', () => {
  it('keeps delay and concurrency towards a host whatever the number of pages', async () => {
    const slow: Answer = (_request, response) => {
      setTimeout(() => {
        html(response, ARTICLE);
      }, 100);
    };
    const { site, editions } = await start({ page: slow });
    const polite = settings({ politeness: { delayMs: 80, concurrencyPerHost: 2 } });
    await crawl(plan(editions, { urls: numbered(editions, 20) }), new MemoryCatalogue(), { settings: polite, clock });
    expect(site.heard).toHaveLength(21);
    expect(site.peak()).toBe(2);
    expect(crowdedSpans(site, 80, 2)).toEqual([]);
  });

  it('shares one throttle among runs, so that three crawls of a host are as slow as one', async () => {
    const { site, editions } = await start({});
    const throttle = new TestThrottle(() => performance.now());
    const polite = settings({ politeness: { delayMs: 40 } });
    const run = (word: string) =>
      crawl(plan(editions, { urls: numbered(editions, 5, word) }), new MemoryCatalogue(), {
        settings: polite,
        throttle,
        clock,
      });
    await Promise.all([run('one'), run('two'), run('three')]);
    expect(site.heard).toHaveLength(18);
    // All gaps together: a single one may shrink where the request before it was late on its way.
    expect(gaps(site).reduce((sum, gap) => sum + gap, 0)).toBeGreaterThan(17 * 40 - 20);
  });
});

describe('the sink', () => {
  it('holds the crawl back when it is slow', async () => {
    const { editions } = await start({});
    const catalogue = new MemoryCatalogue();
    const busy = { now: 0, peak: 0 };
    const sink = async (result: FetchResult): Promise<void> => {
      busy.now += 1;
      busy.peak = Math.max(busy.peak, busy.now);
      await new Promise((resolve) => setTimeout(resolve, 5));
      busy.now -= 1;
      await catalogue.sink(result);
    };
    const tally = await crawl(plan(editions, { urls: numbered(editions, 40) }), catalogue, { sink, clock });
    expect(tally.fetched).toBe(40);
    expect(busy.peak).toBeLessThanOrEqual(4);
  });

  it('ends the run by its own error, and nothing is asked for afterwards', async () => {
    const { site, editions } = await start({});
    const sink = (result: FetchResult): Promise<void> =>
      result.target.kind === 'article' ? Promise.reject(new Error('disk full')) : Promise.resolve();
    const run = crawl(plan(editions, { urls: numbered(editions, 50) }), new MemoryCatalogue(), { sink, clock });
    await expect(run).rejects.toThrow('disk full');
    expect(site.heard.length).toBeLessThan(20);
  });
});

describe('a stop signal', () => {
  it('finishes the pages in hand, asks for no other, and says so', async () => {
    const stop = new AbortController();
    const catalogue = new MemoryCatalogue();
    const { editions } = await start({});
    const sink = async (result: FetchResult): Promise<void> => {
      await catalogue.sink(result);
      if (catalogue.articles().length === 10) stop.abort();
    };
    const tally = await crawl(plan(editions, { urls: numbered(editions, 500) }), catalogue, {
      sink,
      signal: stop.signal,
      clock,
    });
    expect(tally.aborted).toBe(true);
    expect(tally.fetched).toBe(catalogue.articles().length);
    expect(tally.fetched).toBeLessThan(20);
    expect(tally).toMatchObject({ found: 500, skipped: 500 - tally.fetched });
  });

  it('does not hold a page that failed because the run was ending against it', async () => {
    const stop = new AbortController();
    const { editions } = await start({
      page: (request, response, nth) => {
        stop.abort();
        status(503)(request, response, nth);
      },
    });
    const catalogue = new MemoryCatalogue();
    const patient = settings({ politeness: { retries: 4 } });
    const tally = await crawl(plan(editions, { urls: numbered(editions, 3) }), catalogue, {
      settings: patient,
      signal: stop.signal,
      clock,
    });
    expect(tally).toMatchObject({ aborted: true, found: 3, fetched: 0, skipped: 3 });
    expect(catalogue.articles()).toEqual([]);
  });

  it('waits a few seconds for a request that hangs, not for its time-out', async () => {
    const stop = new AbortController();
    const { editions } = await start({
      page: () => {
        stop.abort();
      },
    });
    const startedAtMs = performance.now();
    const slow = settings({ politeness: { timeoutMs: 60_000 } });
    const tally = await crawl(plan(editions, { urls: numbered(editions, 2) }), new MemoryCatalogue(), {
      settings: slow,
      signal: stop.signal,
      clock,
    });
    expect(tally).toMatchObject({ aborted: true, fetched: 0 });
    expect(performance.now() - startedAtMs).toBeLessThan(6_000);
  });

  it('leaves nobody listening to its signal, which would keep every crawl of a service in memory', async () => {
    const { editions } = await start({ [FEED]: feedOf('/20260720/a-12345678.html', '/20260720/b-12345679.html') });
    const { signal } = new AbortController();
    await crawl(plan(editions), new MemoryCatalogue(), { signal, clock });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('given before the start leaves the site alone', async () => {
    const { site, editions } = await start({});
    const tally = await crawl(plan(editions), new MemoryCatalogue(), { signal: AbortSignal.abort(), clock });
    expect(tally).toMatchObject({ aborted: true, requests: 0, found: 0 });
    expect(site.heard).toEqual([]);
  });

  it("is the application's: Crawlee leaves no listener of its own while it runs, nor after", async () => {
    const { editions } = await start({});
    const before = process.listenerCount('SIGINT');
    const during: number[] = [];
    const sink = (): Promise<void> => {
      during.push(process.listenerCount('SIGINT'));
      return Promise.resolve();
    };
    await crawl(plan(editions, { urls: numbered(editions, 3) }), new MemoryCatalogue(), { sink, clock });
    expect(new Set([...during, process.listenerCount('SIGINT')])).toEqual(new Set([before]));
    expect(existsSync('storage')).toBe(false);
  });
});

describe('proxies', () => {
  it('are used in turn, and the guard still judges the address', async () => {
    const { site, editions } = await start({});
    const proxies = [await startProxy(), await startProxy()];
    const through = settings({ proxy: { urls: proxies.map(({ url }) => url) } });
    const catalogue = new MemoryCatalogue();
    await crawl(plan(editions, { urls: numbered(editions, 4) }), catalogue, { settings: through, clock });
    expect(catalogue.articles().map(({ kind }) => kind)).toEqual(Array(4).fill('response'));
    expect(proxies.map(({ tunnels }) => tunnels.length > 0)).toEqual([true, true]);
    expect(new Set(proxies.flatMap(({ tunnels }) => tunnels))).toEqual(new Set([site.origin.slice('http://'.length)]));
    for (const { stop } of proxies) stop();
  });
});

describe('progress', () => {
  it('adds up at any time', async () => {
    const { editions } = await start({});
    const addsUp: boolean[] = [];
    await crawl(plan(editions, { urls: numbered(editions, 10) }), new MemoryCatalogue(), {
      clock,
      onProgress: (progress) => {
        const editions = Object.values(progress.editions);
        addsUp.push(editions.every(({ found, known, taken, fetched }) => found === known + taken && taken >= fetched));
      },
    });
    expect(addsUp.length).toBeGreaterThan(0);
    expect(addsUp.every(Boolean)).toBe(true);
  });
});

/**
 * @returns  Spans of time in which more requests arrived than the delay allows. An arrival may lag behind its start as long as it
 *           likes, but only those under way can: so many more may arrive in whatever span.
 */
function crowdedSpans(site: HostileSite, delayMs: number, concurrency: number): object[] {
  const arrivals = site.heard.map(({ atMs }) => atMs);
  return arrivals.flatMap((from, first) =>
    arrivals.slice(first).flatMap((until, count) => {
      const allowed = Math.floor((until - from) / delayMs) + 1 + concurrency;
      return count + 1 > allowed ? [{ first, count: count + 1, spanMs: until - from }] : [];
    }),
  );
}

function gaps(site: HostileSite): number[] {
  return site.heard.slice(1).map(({ atMs }, index) => atMs - site.heard[index]!.atMs);
}

async function startProxy(): Promise<{ url: string; tunnels: string[]; stop: () => void }> {
  const tunnels: string[] = [];
  const server = createServer();
  server.on('connect', (request, socket) => {
    tunnels.push(request.url ?? '');
    const [host = '', port = ''] = (request.url ?? '').split(':');
    const upstream = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tunnels,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
