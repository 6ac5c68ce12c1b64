import { describe, expect, it } from 'vitest';
import { crawlsForUnread, type GapDependencies } from '../../../src/app/coverage/fill-gaps.js';
import { countGaps, readCoverage, type EditionCoverage } from '../../../src/app/coverage/read-coverage.js';
import { readPageHistory } from '../../../src/app/coverage/read-page-history.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { knowledgeOf } from '../../../src/app/crawl/catalogue-knowledge.js';
import type { ListFetch } from '../../../src/domain/page-result.js';
import { captureOf } from '../records/observations.js';
import { articleResult, opened, scratchFolder, type QueriedStore } from '../store/fixtures.js';

const EDITION = 'sputniknews.cn';
const WINDOW = { since: '2024-05-01', until: '2024-05-03' };
const DAYS = ['2024-05-01', '2024-05-02', '2024-05-03'];
/** Of an edition whose days end at 16:00 UTC. */
const NOW_MS = Date.UTC(2024, 4, 10);

async function listFetched(store: QueriedStore, fetch: Partial<ListFetch>, at: number): Promise<void> {
  const listUrl = `https://${EDITION}/${fetch.kind ?? 'sitemap'}.xml`;
  const days = { from: '20240501', to: '20240503' };
  const usual = { edition: EDITION, family: EDITION, kind: 'sitemap', days, isWhole: true, failure: null } as const;
  const list = { listUrl, route: null, tagPath: null, pages: [], fetch: { ...usual, ...fetch } };
  await store.storeList({ ...list, capture: captureOf({ at }) });
}

/** What an edition comes to of which these lists were fetched, long after the days had ended unless told otherwise. */
async function coverageAfter(fetches: readonly Partial<ListFetch>[], at = 8 * 86_400): Promise<EditionCoverage[]> {
  const store = await opened(scratchFolder());
  for (const [n, fetch] of fetches.entries()) await listFetched(store, fetch, at + n);
  const question = { editions: [EDITION], topics: null, ...WINDOW };
  const clock = { now: () => NOW_MS };
  return readCoverage(question, { config: loadConfig({ variables: {} }), clock, queries: store.queries });
}

describe('the coverage of an edition', () => {
  it('names lists with entries that lead to no known article, by their newest answer, and has no gap for them', async () => {
    const [found] = await coverageAfter([
      { unreadEntries: 5 },
      { unreadEntries: 2 },
      { kind: 'feed', unreadEntries: 0 },
    ]);
    expect(found!.unreadEntries).toMatchObject([{ url: `https://${EDITION}/sitemap.xml`, entries: 2 }]);
    expect(countGaps([found!])).toBe(0);
  });

  it('has a gap where nobody ever read it, with the reason if somebody tried', async () => {
    const untouched = await coverageAfter([]);
    expect(untouched[0]!.gaps.unread).toEqual({ reason: 'neverRead', failure: null, days: DAYS });
    expect(countGaps(untouched)).toBe(1);
    const [tried] = await coverageAfter([{ failure: 'reset', isWhole: false }]);
    expect(tried!.gaps.unread).toMatchObject({ reason: 'neverRead', failure: 'reset' });
    const [robots] = await coverageAfter([{ kind: 'robots', isWhole: false }]);
    expect(robots!.gaps.unread).toMatchObject({ reason: 'neverRead' });
  });

  it('has a gap where days were not read to their end, which names them', async () => {
    const days = { from: '20240502', to: '20240502' };
    const [one] = await coverageAfter([{ days }]);
    expect(one!.gaps.unread).toEqual({ reason: 'notWhole', failure: null, days: ['2024-05-01', '2024-05-03'] });
    const [part] = await coverageAfter([{ isWhole: false }]);
    expect(part!.gaps.unread).toMatchObject({ reason: 'notWhole', days: DAYS });
    const [early] = await coverageAfter([{}], 86_400);
    expect(early!.gaps.unread).toMatchObject({ reason: 'notWhole', days: ['2024-05-02', '2024-05-03'] });
  });

  it('has none once every day was read to its end', async () => {
    const coverage = await coverageAfter([{ failure: 'timeout', isWhole: false }, {}]);
    expect(coverage[0]!.gaps).toEqual({ pages: [], lists: [], unread: null });
    expect(countGaps(coverage)).toBe(0);
  });
});

describe('pages without a good end', () => {
  const URL = `https://${EDITION}/20240502/1056000002.html`;
  const page = { pageId: `${EDITION}/1056000002`, family: EDITION, url: URL } as const;

  function coverageOf(store: QueriedStore): EditionCoverage {
    const question = { editions: [EDITION], topics: null, ...WINDOW };
    const clock = { now: () => NOW_MS };
    return readCoverage(question, { config: loadConfig({ variables: {} }), clock, queries: store.queries })[0]!;
  }

  it.each([
    ['unknownMarkup', 1],
    ['otherArticle', 1],
    ['emptyBody', 1],
    ['poll', 0],
    ['section', 0],
  ] as const)('are those that show no article because of %s: %d', async (reason, gaps) => {
    const store = await opened(scratchFolder());
    await listFetched(store, {}, 8 * 86_400);
    await store.storePage({ kind: 'notArticle', page, capture: captureOf({ at: 9 * 86_400 }), reason });
    const coverage = coverageOf(store);
    const found = [{ endState: 'notArticle', reason, url: URL, day: '2024-05-02' }];
    expect(coverage.gaps.pages).toMatchObject(gaps === 0 ? [] : found);
    expect(coverage.gaps.pages).toHaveLength(gaps);
    const window = { since: WINDOW.since, until: WINDOW.until, after: null };
    expect(store.queries.coverage.gapPages(EDITION, window, 10)).toHaveLength(gaps);
    const [line] = store.queries.coverage.ledger(EDITION, WINDOW.since, WINDOW.until);
    expect(Object.values(line!.gaps)).toEqual(gaps === 0 ? [] : [1]);
  });

  it('are none any more once somebody has given them up, and are named as that', async () => {
    const store = await opened(scratchFolder());
    const reason = { code: 'extract.noTitle', detail: 'no title', attempts: 1 };
    await store.storePage({ kind: 'quarantined', page, capture: captureOf({ at: 9 * 86_400 }), ...reason });
    expect(coverageOf(store)).toMatchObject({ gaps: { pages: [{ endState: 'quarantined', url: URL }] }, givenUp: [] });
    const [{ id } = { id: 0 }] = store.queries.quarantine();
    expect(store.queries.quarantineOf(page.pageId)).toEqual(store.queries.quarantine());
    expect(store.queries.quarantineOf(`${EDITION}/1056000003`)).toEqual([]);
    await store.dropQuarantined(id);
    expect(coverageOf(store)).toMatchObject({ gaps: { pages: [] }, givenUp: [page.pageId] });
  });

  it('are not tried again once given up for what the site answers, whatever it answers then', async () => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    const [second, third] = [9 * 86_400 + 1, 9 * 86_400 + 2];
    for (const at of [9 * 86_400, second, third])
      await store.storePage({ kind: 'notArticle', page, capture: captureOf({ at }), reason: 'noTitle' });
    const [{ id } = { id: 0 }] = store.queries.quarantine();
    await store.dropQuarantined(id);
    await store.storePage({ kind: 'unreachable', page, capture: captureOf({ at: third + 1 }), reason: 'timeout' });
    const config = loadConfig({ variables: { SPUTNIK_DATA_DIR: dataDir } });
    const known = { config, queries: store.queries, nowMs: NOW_MS, crawlsUnderWay: [] };
    expect(await readPageHistory(page.pageId, known)).toMatchObject({ nextVisit: { dueAt: null, rule: 'givenUp' } });
    const ofAnyAge = { edition: EDITION, nowMs: NOW_MS, rules: [{ ageMaxMs: null, everyMs: 0 }] };
    expect(store.queries.pages.due({ ...ofAnyAge, endStates: ['notArticle', 'unreachable'] })).toEqual([]);
  });

  it('are not crowded out by pages that are rightly no article and have waited longer', async () => {
    const store = await opened(scratchFolder());
    const url = URL.replace('1056000002', '1056000009');
    const other = { pageId: `${EDITION}/1056000009`, family: EDITION, url } as const;
    const noArticle = { kind: 'notArticle' } as const;
    await store.storePage({ ...noArticle, page: other, capture: captureOf({ at: 86_400 }), reason: 'section' });
    await store.storePage({ ...noArticle, page, capture: captureOf({ at: 2 * 86_400 }), reason: 'noTitle' });
    const query = { edition: EDITION, nowMs: NOW_MS, rules: [{ ageMaxMs: null, everyMs: 0 }], limit: 1 };
    const due = (only: object): string[] =>
      store.queries.pages.due({ ...query, ...only, endStates: ['notArticle'] }).map(({ pageId }) => pageId);
    expect(due({})).toEqual([other.pageId]);
    expect(due({ reasons: ['noTitle'] })).toEqual([page.pageId]);
    expect(due({ hasValidators: true })).toEqual([]);
  });

  it('are asked for seldom once their URL has led to another article again and again', async () => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    const config = loadConfig({ variables: { SPUTNIK_DATA_DIR: dataDir } });
    const answered = captureOf({ at: 3 * 86_400 }).fetchedAt;
    const nowMs = Date.parse(answered);
    const { known } = knowledgeOf(store.queries, { config } as GapDependencies);
    const planned = async (): Promise<unknown> => {
      const world = { config, queries: store.queries, nowMs, crawlsUnderWay: [] };
      const { everyMinutes } = (await readPageHistory(page.pageId, world))!.nextVisit;
      const dueIn = async (hours: number): Promise<number> =>
        (await known.due(EDITION, nowMs + hours * 3_600_000)).length;
      return { everyMinutes, dueIn: [await dueIn(7), await dueIn(25)] };
    };
    const leadElsewhere = (at: number): Promise<unknown> =>
      store.storePage({
        kind: 'notArticle',
        page,
        capture: captureOf({ at: 3 * 86_400 + at }),
        reason: 'otherArticle',
      });
    await leadElsewhere(-2);
    await leadElsewhere(-1);
    expect(await planned()).toEqual({ everyMinutes: 180, dueIn: [1, 1] });
    await leadElsewhere(0);
    expect(await planned()).toEqual({ everyMinutes: 1440, dueIn: [0, 1] });
  });

  it('are said to be asked for again in ten minutes where they were not found once', async () => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    await store.storePage({ kind: 'gone', page, capture: captureOf({ at: 9 * 86_400 }), reason: 'notFound' });
    const config = loadConfig({ variables: { SPUTNIK_DATA_DIR: dataDir } });
    const known = { config, queries: store.queries, nowMs: NOW_MS, crawlsUnderWay: [] };
    const { visits, nextVisit } = (await readPageHistory(page.pageId, known))!;
    const dueMs = Date.parse(visits[0]?.fetchedAt ?? '') + 600_000;
    expect(nextVisit).toMatchObject({ rule: 'byAge', everyMinutes: 10 });
    expect(Date.parse(nextVisit.dueAt ?? '')).toBe(dueMs);
  });

  it('are told of the days whose whole list names none of the articles that are known of them', async () => {
    const store = await opened(scratchFolder());
    await listFetched(store, {}, 8 * 86_400);
    await store.storePage(articleResult({ at: 0, articleId: '1056000002', url: URL }));
    expect(coverageOf(store).gaps.unread).toMatchObject({ reason: 'notWhole', days: ['2024-05-02'] });
    const fetch = { edition: EDITION, family: EDITION, kind: 'sitemap', isWhole: true, failure: null } as const;
    await store.storeList({
      listUrl: `https://${EDITION}/sitemap.xml`,
      route: 'sitemap',
      tagPath: null,
      pages: [page],
      fetch: { ...fetch, days: { from: '20240502', to: '20240502' } },
      capture: captureOf({ at: 9 * 86_400 }),
    });
    expect(coverageOf(store).gaps.unread).toBeNull();
  });
});

describe('a day whose whole list was stale when it was read', () => {
  const numbered = (number: number): string => `https://${EDITION}/20240502/${number}.html`;
  const pageOf = (number: number) =>
    ({ pageId: `${EDITION}/${number}`, family: EDITION, url: numbered(number) }) as const;

  async function announce(store: QueriedStore, kind: 'feed' | 'sitemap', numbers: number[], at: number): Promise<void> {
    const days = { from: '20240502', to: '20240502' };
    await store.storeList({
      listUrl: `https://${EDITION}/${kind}.xml`,
      route: kind,
      tagPath: null,
      pages: numbers.map(pageOf),
      fetch: { edition: EDITION, family: EDITION, kind, days, isWhole: kind === 'sitemap', failure: null },
      capture: captureOf({ at }),
    });
  }

  async function openedWith(listed: readonly number[], alone: number[]): Promise<QueriedStore> {
    const store = await opened(scratchFolder());
    await listFetched(store, {}, 7 * 86_400);
    await announce(store, 'feed', alone, 2 * 86_400);
    for (const [n, number] of alone.entries())
      await store.storePage(
        articleResult({
          at: 2 * 86_400 + 5 + n,
          articleId: String(number),
          url: numbered(number),
          text: `text ${number}`,
        }),
      );
    await announce(store, 'sitemap', [...listed], 8 * 86_400);
    return store;
  }

  const unreadOf = (store: QueriedStore): unknown => {
    const question = { editions: [EDITION], topics: null, ...WINDOW };
    const world = { config: loadConfig({ variables: {} }), clock: { now: () => NOW_MS }, queries: store.queries };
    return readCoverage(question, world)[0]!.unreadDays;
  };

  it('is not read: newer articles than all that it names were known', async () => {
    const store = await openedWith([1056000001, 1056000002], [1056000007, 1056000008]);
    expect(unreadOf(store)).toEqual(['2024-05-02']);
    await announce(store, 'sitemap', [1056000001, 1056000002, 1056000007, 1056000008], 9 * 86_400);
    expect(unreadOf(store)).toEqual([]);
  });

  it('is read once its list has been read two days later: it never names such articles', async () => {
    const store = await openedWith([1056000001, 1056000002], [1056000007, 1056000008]);
    await announce(store, 'sitemap', [1056000001, 1056000002], 8 * 86_400 + 7_200);
    expect(unreadOf(store)).toEqual(['2024-05-02']);
    await announce(store, 'sitemap', [1056000001, 1056000002], 10 * 86_400);
    expect(unreadOf(store)).toEqual([]);
  });

  it('is read where one article lacks, or older ones, or those that became known after it', async () => {
    expect(unreadOf(await openedWith([1056000001], [1056000007]))).toEqual([]);
    expect(unreadOf(await openedWith([1056000009], [1056000007, 1056000008]))).toEqual([]);
    const store = await openedWith([1056000001], []);
    await announce(store, 'feed', [1056000007, 1056000008], 9 * 86_400);
    for (const number of [1056000007, 1056000008])
      await store.storePage(
        articleResult({ at: 9 * 86_400 + (number % 10), articleId: String(number), url: numbered(number) }),
      );
    expect(unreadOf(store)).toEqual([]);
  });
});

describe('the crawls for days that were not read', () => {
  it('read the sitemap of them, but of no day whose lists failed: that is a gap of its own', async () => {
    const jobs = crawlsForUnread(await coverageAfter([{ days: { from: '20240502', to: '20240502' } }]));
    expect(jobs.map(({ editions, since, until, via }) => [editions, since, until, via])).toEqual([
      [[EDITION], '2024-05-01', '2024-05-01', ['sitemap']],
      [[EDITION], '2024-05-03', '2024-05-03', ['sitemap']],
    ]);
    const failed = await coverageAfter([
      { failure: 'reset', isWhole: false, days: { from: '20240502', to: '20240503' } },
    ]);
    expect(crawlsForUnread(failed).map(({ since, until }) => [since, until])).toEqual([['2024-05-01', '2024-05-01']]);
    expect(crawlsForUnread(await coverageAfter([{}]))).toEqual([]);
  });
});
