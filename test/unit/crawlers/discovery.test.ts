import { Request } from '@crawlee/basic';
import { describe, expect, it } from 'vitest';
import { RobotsRulesCache } from '../../../src/crawlers/politeness/robots-rules.js';
import { CrawlCounts } from '../../../src/crawlers/requests/crawl-tally.js';
import type { CrawlRun, EditionCrawl, ListResult, RouteContext } from '../../../src/crawlers/requests/crawl-run.js';
import type { DiscoveredUrl } from '../../../src/crawlers/requests/select-articles.js';
import type { ArticleData, NewRequest, RouteData, StepData } from '../../../src/crawlers/requests/request-data.js';
import { handleArticle } from '../../../src/crawlers/routes/article.js';
import {
  dayRequests,
  handleDay,
  feedRequest,
  handleFeed,
  handleTag,
  handleTagPages,
  tagPagesStep,
} from '../../../src/crawlers/routes/lists.js';
import { handleSitemapIndex, sitemapStart, handleSitemap } from '../../../src/crawlers/routes/sitemap.js';
import type { ArticleUrl, FetchedResponse, FetchTarget } from '../../../src/domain/page.js';
import { silentLogger } from '../../../src/platform/logger.js';
import type { DayRange } from '../../../src/sputnik/urls/calendar-days.js';
import { createUrlRules } from '../../../src/sputnik/urls/url-rules.js';
import { edition, MemoryCatalogue, plan, settings } from './crawl-setup.js';

const SITE = edition('am.sputniknews.ru', null, { tagPages: { armenia: ['/geo_Armenia/'], other: ['/geo_Other/'] } });
const book = createUrlRules([SITE]);

interface Script {
  readonly window?: DayRange | null;
  readonly since?: string | null;
  readonly obeyRobots?: boolean;
  readonly listPagesMax?: number;
  /** The run is over after so many lists. */
  readonly overAfter?: number;
  readonly learned?: readonly string[];
  readonly answer: (
    path: string,
  ) => Partial<Extract<ListResult, { kind: 'read' }>> | { failed: 'tooLarge' | 'timeout' | 'notFound' };
}

type Route = (run: CrawlRun, crawl: EditionCrawl) => NewRequest[];

const sitemaps: Route = (_run, crawl) => [sitemapStart(crawl)];

/** What a route asked for, offered and complained of. */
interface Heard {
  readonly asked: string[];
  readonly offered: string[];
}

function runOf(script: Script, crawl: EditionCrawl, heard: Heard, counts: CrawlCounts): CrawlRun {
  const catalogue = new MemoryCatalogue();
  catalogue.learned.set(SITE.id, new Set(script.learned ?? []));
  return {
    plan: plan([SITE], { since: script.since ?? null }),
    settings: settings({
      politeness: { obeyRobots: script.obeyRobots ?? true },
      crawl: { listPagesMax: script.listPagesMax ?? 50 },
    }),
    known: catalogue,
    urlRules: book,
    robots: new RobotsRulesCache({
      obey: false,
      userAgent: 'x',
      earlier: new Map(),
      shared: null,
      hostOf: ({ id }) => id,
    }),
    articles: {
      select: (discovered) => {
        heard.offered.push(...discovered.map(({ article }) => article.articleId));
        return Promise.resolve([]);
      },
      setDue: () => undefined,
    },
    counts,
    fetcher: { fetch: () => Promise.reject(new Error('lists are scripted')) },
    readList: ({ request }) => {
      const path = request.url.slice(`https://${SITE.id}`.length);
      heard.asked.push(path);
      const answer = script.answer(path);
      if ('failed' in answer) return Promise.resolve({ kind: 'failed', reason: answer.failed });
      const entries = answer.discovered?.length ?? 0;
      return Promise.resolve({ kind: 'read', discovered: [], next: null, children: [], entries, ...answer });
    },
    parseList: () => Promise.reject(new Error('lists are scripted')),
    allProcessed: () => Promise.resolve(),
    log: silentLogger,
    nowMs: 0,
    signal: new AbortController().signal,
    edition: () => crawl,
    isOver: () => heard.asked.length >= (script.overAfter ?? 200),
  };
}

const HANDLERS: { [Label in keyof RouteData]?: (context: RouteContext<RouteData[Label]>) => Promise<void> } = {
  feed: handleFeed,
  sitemapIndex: handleSitemapIndex,
  sitemap: handleSitemap,
  tagPages: handleTagPages,
  tag: handleTag,
  day: handleDay,
};

function crawlOf(window: EditionCrawl['window']): EditionCrawl {
  const listDays = window ?? { from: '20260719', to: '20260720' };
  return { edition: SITE, window, listDays, today: '20260720', tagPagesRead: new Set(), hasBegun: true, due: null };
}

/** Runs a route over scripted lists, one request after the other, as the request manager gives them out. */
async function discover(route: Route, script: Script) {
  const crawl = crawlOf(script.window ?? null);
  const heard: Heard = { asked: [], offered: [] };
  const counts = new CrawlCounts([SITE.id], silentLogger);
  const run = runOf(script, crawl, heard, counts);
  const queue = route(run, crawl);
  const addRequests: RouteContext['addRequests'] = (requests, { forefront = false } = {}) => {
    if (forefront) queue.unshift(...requests);
    else queue.push(...requests);
    return Promise.resolve();
  };
  for (let next = queue.shift(); next !== undefined && !run.isOver(); next = queue.shift()) {
    const request = new Request<StepData>({ url: next.url, uniqueKey: next.url, userData: next.userData });
    const handle = HANDLERS[next.userData.label] as (context: RouteContext<StepData>) => Promise<void>;
    await handle({ request, addRequests, run });
  }
  return { ...heard, problems: counts.tally().problems.map(({ reason }) => reason) };
}

function items(day: string, ...ids: number[]): DiscoveredUrl[] {
  return ids.map((id) => ({
    article: book.parse(`https://${SITE.id}/${day}/${id}.html`)!,
    foundBy: 'tag',
    modifiedAt: null,
  }));
}

const feed: Route = (_run, crawl) => [feedRequest(crawl)];
const tags: Route = (_run, crawl) => [tagPagesStep(crawl, 0)];

describe('discovery by feed', () => {
  it('says when there is nothing in it', async () => {
    const { problems } = await discover(feed, { answer: () => ({}) });
    expect(problems).toEqual(['noItems']);
  });

  it('asks once, whatever the feed says of going on', async () => {
    const next = `https://${SITE.id}/services/more.html`;
    const script = { window: { from: '20200101', to: '20260720' }, since: '2020-01-01', obeyRobots: false };
    const { asked } = await discover(feed, {
      ...script,
      answer: () => ({ discovered: items('20260720', 1234), next }),
    });
    expect(asked).toHaveLength(1);
  });
});

describe('discovery by sitemap', () => {
  const hundred = (day: string): DiscoveredUrl[] => Array.from({ length: 100 }, (_, n) => items(day, 2_000 + n)).flat();

  it('reads the last days in one request', async () => {
    const { asked } = await discover(sitemaps, { answer: () => ({ discovered: items('20260720', 1234) }) });
    expect(asked).toEqual(['/sitemap_article.xml?date_start=20260719&date_end=20260720']);
  });

  it('goes back month by month to the day that was asked for', async () => {
    const { asked } = await discover(sitemaps, {
      window: { from: '20260515', to: '20260720' },
      since: '2026-05-15',
      answer: () => ({ discovered: items('20260720', 1234) }),
    });
    expect(asked).toEqual([
      '/sitemap_article_index.xml',
      '/sitemap_article.xml?date_start=20260701&date_end=20260720',
      '/sitemap_article.xml?date_start=20260601&date_end=20260630',
      '/sitemap_article.xml?date_start=20260515&date_end=20260531',
    ]);
  });

  it('asks for no month before the archive begins, as the index tells', async () => {
    const child = `https://${SITE.id}/sitemap_article.xml?date_start=20260601&date_end=20260630`;
    const { asked } = await discover(sitemaps, {
      window: { from: '20100101', to: '20260720' },
      since: '2010-01-01',
      answer: (path) => (path.includes('index') ? { children: [child] } : { discovered: items('20260720', 1234) }),
    });
    expect(asked).toHaveLength(3);
  });

  it('takes three empty months for the beginning where nobody says where it is, but not where a first day is named', async () => {
    const window = { from: '19900101', to: '20260720' };
    const answer = (path: string) => (path.includes('202607') ? { discovered: items('20260720', 1234) } : {});
    const open = await discover(sitemaps, { window, answer });
    expect(open.asked).toHaveLength(1 + 1 + 3);
    const named = await discover(sitemaps, {
      window: { from: '20260101', to: '20260720' },
      since: '2026-01-01',
      answer,
    });
    expect(named.asked).toHaveLength(1 + 7);
    expect(named.problems).toContain('noItems');
  });

  it('halves a range that is too large for one answer, down to days', async () => {
    const { asked, offered } = await discover(sitemaps, {
      window: { from: '20260701', to: '20260704' },
      since: '2026-07-01',
      answer: (path) => {
        const [, from = '', to = ''] = /start=(\d+)&date_end=(\d+)/.exec(path) ?? [];
        return from === to ? { discovered: items(from, Number(from)) } : { failed: 'tooLarge' };
      },
    });
    expect(asked).toHaveLength(7);
    expect(offered).toEqual(['20260704', '20260703', '20260702', '20260701']);
  });

  it('halves a range of which a round number of articles is named, and keeps these', async () => {
    const { asked, offered } = await discover(sitemaps, {
      window: { from: '20260701', to: '20260704' },
      answer: (path) => {
        const [, from = '', to = ''] = /start=(\d+)&date_end=(\d+)/.exec(path) ?? [];
        return { discovered: from === to ? items('20260701', 1234) : hundred(to) };
      },
    });
    expect(asked).toHaveLength(7);
    expect(offered.filter((id) => id === '2000')).toHaveLength(3);
    expect(offered.filter((id) => id === '1234')).toHaveLength(4);
  });

  it('halves a range by what the server gave, readable or not, and keeps the sitemaps that it names', async () => {
    const child = `https://${SITE.id}/sitemap_articles_1.xml`;
    const part = { discovered: hundred('20260702').slice(2), entries: 100, children: [child] };
    const { asked } = await discover(sitemaps, {
      window: { from: '20260701', to: '20260702' },
      answer: (path) => (path.includes('20260701&date_end=20260702') ? part : {}),
    });
    expect(asked).toHaveLength(4);
    expect(asked).toContain('/sitemap_articles_1.xml');
  });

  it('asks a server that ignores the range for no more parts of it than there are days in its answer', async () => {
    const { asked } = await discover(sitemaps, {
      window: { from: '20260601', to: '20260630' },
      answer: () => ({ discovered: hundred('20260720') }),
    });
    expect(asked).toHaveLength(1);
  });

  it('reads children that are no ranges of days as they are', async () => {
    const child = `https://${SITE.id}/sitemap_articles_1.xml`;
    const { asked } = await discover(sitemaps, {
      window: { from: '20260101', to: '20260720' },
      since: '2026-01-01',
      answer: (path) => (path.includes('index') ? { children: [child] } : { discovered: items('20260720', 1234) }),
    });
    expect(asked).toEqual(['/sitemap_article_index.xml', '/sitemap_articles_1.xml']);
  });

  it('reads no more of such children than the cap, and says so', async () => {
    const children = Array.from({ length: 9 }, (_, n) => `https://${SITE.id}/sitemap_articles_${n}.xml`);
    const { asked, problems } = await discover(sitemaps, {
      window: { from: '20260101', to: '20260720' },
      since: '2026-01-01',
      listPagesMax: 4,
      answer: (path) => (path.includes('index') ? { children } : { discovered: items('20260720', 1234) }),
    });
    expect(asked).toHaveLength(1 + 4);
    expect(problems).toEqual(['capped']);
  });

  it('reads the sitemaps that the index names for the days where nobody made one of just these', async () => {
    const month = (number: string) => `/sitemap_article.xml?date_start=2026${number}01&date_end=2026${number}31`;
    const children = ['07', '05', '03'].map((number) => `https://${SITE.id}${month(number)}`);
    const { asked, offered } = await discover(sitemaps, {
      answer: (path) => {
        if (path.includes('index')) return { children };
        return path === month('07') ? { discovered: items('20260720', 1234) } : { failed: 'notFound' };
      },
    });
    const own = '/sitemap_article.xml?date_start=20260719&date_end=20260720';
    expect(asked).toEqual([own, '/sitemap_article_index.xml', month('07')]);
    expect(offered).toEqual(['1234']);
  });

  it('leaves out sitemaps whose names tell that they are of other months, where some tell of those', async () => {
    const names = ['2015-01', '2026-06', '2026-07', '2026', '2025'].map((of) => `/sitemap-${of}.xml`);
    const asked = async (paths: readonly string[]): Promise<readonly string[]> => {
      const children = paths.map((path) => `https://${SITE.id}${path}`);
      const answer = (path: string) => (path.includes('index') ? { children } : { failed: 'notFound' as const });
      return (await discover(sitemaps, { answer })).asked.slice(2);
    };
    expect(await asked([...names, '/sitemap-news.xml'])).toEqual([
      ...['/sitemap-2026-07.xml', '/sitemap-2026.xml', '/sitemap-news.xml'],
    ]);
    // A number that is no year, or of a form of sitemaps, tells nothing.
    expect(await asked(['/sitemap-2015.xml', '/sitemap2.xml'])).toEqual(['/sitemap-2015.xml', '/sitemap2.xml']);
  });

  it('halves no further than a day that is itself too large', async () => {
    const { asked } = await discover(sitemaps, {
      window: { from: '20260701', to: '20260704' },
      answer: () => ({ failed: 'tooLarge' }),
    });
    expect(asked).toHaveLength(7);
  });

  it('says when the index names nothing, and goes by the days wanted', async () => {
    const { asked, problems } = await discover(sitemaps, {
      window: { from: '20260601', to: '20260720' },
      since: '2026-06-01',
      answer: (path) => (path.includes('index') ? {} : { discovered: items('20260720', 1234) }),
    });
    expect(asked).toHaveLength(1 + 2);
    expect(problems).toEqual(['noItems']);
  });
});

describe('discovery by tag page', () => {
  const more = (n: number): string => `/services/geo_Armenia/more.html?n=${n}`;
  const page = (n: number) => ({
    discovered: items('20260710', 1000 + 2 * n, 1001 + 2 * n),
    next: `https://${SITE.id}${more(n + 1)}`,
  });
  const far = { window: { from: '20260701', to: '20260720' }, since: '2026-07-01', obeyRobots: false };

  it("reads the first page of the topics' configured and learned tags, each once", async () => {
    const { asked } = await discover(tags, { learned: ['/geo_1/', '/geo_Armenia/'], answer: () => page(0) });
    expect(asked).toEqual(['/geo_Armenia/', '/geo_1/']);
  });

  it('does not let a learned path that leads elsewhere end the crawl', async () => {
    const { asked, problems } = await discover(tags, { learned: ['//evil.example/', 'x'], answer: () => page(0) });
    expect(asked).toEqual(['/geo_Armenia/']);
    expect(problems).toEqual(['unreadableItems', 'unreadableItems']);
  });

  it('follows load-more only where robots.txt is not obeyed and days are asked for', async () => {
    const answer = (): ReturnType<typeof page> => page(0);
    expect((await discover(tags, { ...far, obeyRobots: true, answer })).asked).toHaveLength(1);
    expect((await discover(tags, { obeyRobots: false, answer })).asked).toHaveLength(1);
  });

  it.each([
    [
      'past the first day',
      (n: number) => (n < 3 ? page(n) : { ...page(n), discovered: items('20260630', 5000) }),
      4,
      [],
    ],
    ['at an empty fragment', (n: number) => (n < 3 ? page(n) : {}), 4, []],
    ['where the list ends', (n: number) => (n < 3 ? page(n) : { ...page(n), next: null }), 4, []],
    [
      'where the cursor does not move',
      (n: number) => ({ ...page(n), discovered: page(n).discovered, next: `https://${SITE.id}${more(1)}` }),
      2,
      ['cursorStuck'],
    ],
    ['where nothing new comes', (n: number) => ({ ...page(0), next: page(n).next }), 2, ['nothingNew']],
    ['at the cap', page, 50, ['capped']],
    ['at a page that cannot be read', (n: number) => (n < 2 ? page(n) : { failed: 'timeout' as const }), 3, []],
  ])('ends %s', async (_name, answerAt, requests, complaints) => {
    const { asked, problems } = await discover(tags, {
      ...far,
      answer: (path) => answerAt(Number(/n=(\d+)/.exec(path)?.[1] ?? 0)),
    });
    expect(asked).toHaveLength(requests);
    expect(problems).toEqual(complaints);
  });

  it('says when a tag page lists nothing', async () => {
    expect((await discover(tags, { answer: () => ({}) })).problems).toEqual(['noItems']);
  });
});

describe('discovery by day page', () => {
  it('reads today and yesterday, or each day asked for, newest first, and minds an empty past day', async () => {
    const recent = await discover(dayRequests, { answer: () => ({}) });
    expect(recent.asked).toEqual(['/20260720/', '/20260719/']);
    expect(recent.problems).toEqual(['noItems']);
    const window = { from: '20260630', to: '20260702' };
    const asked = await discover(dayRequests, {
      window,
      answer: () => ({ discovered: items('20260701', 1234) }),
    });
    expect(asked.asked).toEqual(['/20260702/', '/20260701/', '/20260630/']);
  });

  it('reads no more days than the cap, and says so', async () => {
    const window = { from: '20200101', to: '20260720' };
    const answer = () => ({ discovered: items('20260701', 1234) });
    const { asked, problems } = await discover(dayRequests, { window, listPagesMax: 5, answer });
    expect(asked).toHaveLength(5);
    expect(problems).toEqual(['capped']);
  });

  it('follows load-more within its day, and only where robots.txt is not obeyed', async () => {
    const next = `https://${SITE.id}/services/20260701/more.html`;
    const script = {
      window: { from: '20260701', to: '20260701' },
      answer: (path: string) =>
        path.includes('more')
          ? { discovered: items('20260630', 1111), next: `${next}?n=2` }
          : { discovered: items('20260701', 1234), next },
    };
    expect((await discover(dayRequests, script)).asked).toEqual(['/20260701/']);
    const { asked, problems } = await discover(dayRequests, { ...script, obeyRobots: false });
    expect(asked).toEqual(['/20260701/', '/services/20260701/more.html']);
    expect(problems).toEqual([]);
  });
});

describe('discovery in a run that is over', () => {
  it.each([
    ['sitemaps', sitemaps],
    ['tag pages', tags],
    ['day pages', dayRequests],
  ])('asks for no further %s', async (_name, route) => {
    const { asked } = await discover(route, {
      window: { from: '20200101', to: '20260720' },
      since: '2020-01-01',
      obeyRobots: false,
      overAfter: 3,
      answer: (path) => ({
        discovered: items('20260720', 1234 + path.length),
        next: `https://${SITE.id}${path}x`,
        children: [`https://${SITE.id}/sitemap_article.xml?date_start=20200101&date_end=20200131`],
      }),
    });
    expect(asked).toHaveLength(3);
  });
});

describe('an article whose URL leads elsewhere', () => {
  /** @returns the articles that are taken once it was fetched. */
  async function takenAfter(
    finalUrl: string,
    urls: ArticleUrl[] = [],
    added: NewRequest[] = [],
    isTarget = false,
  ): Promise<readonly string[]> {
    const heard: Heard = { asked: [], offered: [] };
    const script: Script = { answer: () => ({}) };
    const run = runOf(script, crawlOf(null), heard, new CrawlCounts([SITE.id], silentLogger));
    const url = `https://${SITE.id}/20260720/1001.html`;
    const { pageId } = book.parse(url)!;
    const target: FetchTarget = { kind: 'article', edition: SITE.id, url, pageId, foundBy: 'feed' };
    const result = { target, kind: 'response', status: 200, finalUrl } as FetchedResponse;
    const userData = { label: 'article', edition: SITE.id, target, pageId, isTarget } as ArticleData;
    const request = new Request<ArticleData>({ url, uniqueKey: url, userData });
    const fetcher = { fetch: () => Promise.resolve({ result, decoded: Buffer.from('<html></html>') }) };
    const addRequests: RouteContext['addRequests'] = (requests) => {
      added.push(...requests);
      return Promise.resolve();
    };
    const articles: CrawlRun['articles'] = {
      ...run.articles,
      select: async (discovered, window) => {
        await run.articles.select(discovered, window);
        return discovered.map(({ article }) => ({ url: article.url, userData: { ...userData, isTarget: false } }));
      },
    };
    await handleArticle({ request, addRequests, run: { ...run, articles, fetcher, plan: { ...run.plan, urls } } });
    return heard.offered;
  }

  it('tells of the other article of its edition, which may stand in no list', async () => {
    expect(await takenAfter(`https://${SITE.id}/20260721/merged-1002.html`)).toEqual(['1002']);
  });

  it('tells of no further one where that leads on: a server may lead from each number to a new one', async () => {
    const other = `https://${SITE.id}/20260721/merged-1002.html`;
    const added: NewRequest[] = [];
    await takenAfter(other, [], added);
    expect(added).toMatchObject([{ url: other, userData: { isTarget: true } }]);
    expect(await takenAfter(other, [], [], true)).toEqual([]);
  });

  it('tells of none where it leads to itself, to no article, to another edition, or where articles were named', async () => {
    const other = `https://${SITE.id}/20260721/merged-1002.html`;
    for (const url of [
      `https://${SITE.id}/20260721/moved-1001.html`,
      `https://${SITE.id}/`,
      'https://ria.ru/20260721/1002.html',
    ])
      expect(await takenAfter(url)).toEqual([]);
    expect(await takenAfter(other, [book.parse(other)!])).toEqual([]);
  });
});
