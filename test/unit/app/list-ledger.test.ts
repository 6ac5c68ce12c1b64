import { describe, expect, it } from 'vitest';
import { ListLedger } from '../../../src/app/coverage/list-ledger.js';
import type { Edition } from '../../../src/domain/edition.js';
import { coveredDays } from '../../../src/sputnik/lists/parsed-list.js';
import type { LedgerDay, ListFetches } from '../../../src/store/catalogue/coverage-queries.js';
import { dayIn } from '../../../src/sputnik/urls/calendar-days.js';

const EDITION: Edition = {
  id: 'big5.sputniknews.cn',
  family: 'sputniknews.cn',
  hosts: ['big5.sputniknews.cn'],
  formerHosts: [],
  language: 'zh-Hant',
  timeZone: 'Asia/Shanghai',
  fetchFrom: null,
  seedArticles: [],
  tagPages: {},
  enabled: true,
};
const URLS = {
  robots: 'https://big5.sputniknews.cn/robots.txt',
  feed: 'https://big5.sputniknews.cn/export/rss2/archive/index.xml',
  tag: 'https://big5.sputniknews.cn/geo_Armenia/',
  day: 'https://big5.sputniknews.cn/20230412/',
};
const sitemap = (from: string, to: string): string =>
  `https://big5.sputniknews.cn/sitemap_article.xml?date_start=${from}&date_end=${to}`;

/** A visit as the store keeps it. */
function visit(
  kind: ListFetches['kind'],
  url: string,
  at: string,
  failure: ListFetches['failure'] = null,
  changes: Partial<ListFetches> = {},
): ListFetches {
  const covered = kind === 'robots' ? null : coveredDays(kind, url);
  const today = dayIn(EDITION.timeZone, Date.parse(at));
  const days = covered ?? { from: today, to: today };
  const isWhole = covered !== null && failure === null;
  return { kind, url, days, isWhole, failure, firstAt: at, lastAt: at, visits: 1, ...changes };
}

function ledgerOf(...visits: ListFetches[]): ListLedger {
  return new ListLedger(EDITION, visits);
}

const gapsOf = (...visits: ListFetches[]): unknown[] =>
  ledgerOf(...visits)
    .gaps('20230401', '20230430')
    .map(({ day, route, reason }) => `${day} ${route} ${reason}`);

describe('entries of lists that lead to no known article', () => {
  it('are told by the newest answer of each list', () => {
    const map = sitemap('20230410', '20230412');
    const ledger = ledgerOf(
      visit('sitemap', map, '2023-04-12T08:00:00Z', null, { unreadEntries: 3 }),
      visit('sitemap', map, '2023-04-12T09:00:00Z', null, { unreadEntries: 2, isWhole: false }),
      visit('sitemap', map, '2023-04-12T10:00:00Z', 'timeout'),
      visit('feed', URLS.feed, '2023-04-12T08:00:00Z', null, { unreadEntries: 1 }),
      visit('feed', URLS.feed, '2023-04-12T09:00:00Z'),
    );
    expect(ledger.unreadEntries).toEqual([{ url: map, entries: 2, readAt: '2023-04-12T09:00:00Z' }]);
  });
});

describe('the days of which lists could not be had', () => {
  it('are counted as the edition counts days: before midnight in Greenwich is tomorrow in Shanghai', () => {
    expect(gapsOf(visit('feed', URLS.feed, '2023-04-12T15:59:00Z', 'timeout'))).toEqual(['2023-04-12 feed timeout']);
    expect(gapsOf(visit('robots', URLS.robots, '2023-04-12T16:01:00Z', 'reset'))).toEqual(['2023-04-13 robots reset']);
  });

  it('are all the days that a failed range would have covered', () => {
    const failed = visit('sitemap', sitemap('20230410', '20230412'), '2023-04-20T00:00:00Z', 'serverError');
    expect(gapsOf(failed)).toEqual([
      '2023-04-10 sitemap serverError',
      '2023-04-11 sitemap serverError',
      '2023-04-12 sitemap serverError',
    ]);
  });

  it('are those of which a crawl wanted lists that it did not ask for, robots.txt being out of reach', () => {
    const days = { from: '20230403', to: '20230404' };
    const failed = visit('robots', URLS.robots, '2023-04-20T00:00:00Z', 'timeout', { days });
    expect(gapsOf(failed)).toEqual(['2023-04-03 robots timeout', '2023-04-04 robots timeout']);
    const everything = { days: { from: '19900101', to: '20230404' } };
    expect(ledgerOf({ ...failed, ...everything }).gaps('19900101', '20230430').length).toBeLessThan(4_000);
  });

  it('are not reopened by robots.txt once they were read whole after their end', () => {
    const done = visit('sitemap', sitemap('20230403', '20230404'), '2023-04-04T20:00:00Z');
    const days = { from: '20230402', to: '20230405' };
    const failed = visit('robots', URLS.robots, '2023-04-05T12:00:00Z', 'timeout', { days });
    expect(gapsOf(done, failed)).toEqual(['2023-04-02 robots timeout', '2023-04-05 robots timeout']);
  });

  it('are not closed by a day page that goes on where nobody followed it', () => {
    const failed = visit('feed', URLS.feed, '2023-04-12T06:00:00Z', 'timeout');
    const part = visit('day', URLS.day, '2023-04-12T08:00:00Z', null, { isWhole: false });
    expect(gapsOf(failed, part)).toEqual(['2023-04-12 feed timeout']);
  });

  it('are not closed by a list that answered with 200 and was a block page, or cut off', () => {
    const failed = visit('feed', URLS.feed, '2023-04-12T06:00:00Z', 'timeout');
    const cutOff = visit('sitemap', sitemap('20230412', '20230412'), '2023-04-12T08:00:00Z', 'broken');
    expect(gapsOf(failed, cutOff)).toEqual(['2023-04-12 feed timeout', '2023-04-12 sitemap broken']);
  });

  it('are closed by a complete list that is read later, and by no earlier one, in whatever order they are noted', () => {
    const failed = visit('feed', URLS.feed, '2023-04-12T06:00:00Z', 'timeout');
    const later = visit('sitemap', sitemap('20230411', '20230412'), '2023-04-12T08:00:00Z');
    const earlier = visit('day', URLS.day, '2023-04-12T05:00:00Z');
    const otherDay = visit('sitemap', sitemap('20230401', '20230411'), '2023-04-12T08:00:00Z');
    const feedAgain = visit('feed', URLS.feed, '2023-04-12T09:00:00Z');
    expect(gapsOf(failed, later)).toEqual([]);
    expect(gapsOf(later, failed)).toEqual([]);
    expect(gapsOf(failed, visit('day', URLS.day, '2023-04-13T05:00:00Z'))).toEqual([]);
    expect(gapsOf(failed, earlier, otherDay, feedAgain)).toEqual(['2023-04-12 feed timeout']);
  });

  it('are not closed, where a feed failed, by a list that names none of their articles, before they end or the feed answers', () => {
    const failed = visit('feed', URLS.feed, '2023-04-12T06:00:00Z', 'broken');
    const empty = visit('sitemap', sitemap('20230411', '20230412'), '2023-04-12T08:00:00Z');
    const line = { day: '2023-04-12', topic: null, pages: 1, fetched: 1, gaps: {} };
    const endStates = { pending: 0, stored: 1, offTopic: 0, gone: 0, notArticle: 0, unreachable: 0, quarantined: 0 };
    const pages = (sitemaps: number): LedgerDay[] => [
      { ...line, endStates, announced: { feed: 0, tag: 1, sitemap: sitemaps, day: 0 } },
    ];
    const left = (known: LedgerDay[], ...visits: ListFetches[]): number =>
      new ListLedger(EDITION, [failed, ...visits], known).gaps('20230412', '20230412').length;
    expect(left([], empty)).toBe(1);
    expect(left(pages(0), empty)).toBe(1);
    expect(left(pages(1), empty)).toBe(0);
    const afterwards = visit('sitemap', sitemap('20230412', '20230413'), '2023-04-13T08:00:00Z');
    expect(left([], afterwards)).toBe(0);
    expect(left(pages(0), afterwards)).toBe(1);
    expect(left(pages(0), empty, visit('feed', URLS.feed, '2023-04-12T09:00:00Z'))).toBe(0);
  });

  it('where a tag page failed, are closed by the same tag page only', () => {
    const failed = visit('tag', URLS.tag, '2023-04-12T06:00:00Z', 'blocked');
    const complete = visit('sitemap', sitemap('20230412', '20230412'), '2023-04-12T08:00:00Z');
    expect(gapsOf(failed, complete)).toEqual(['2023-04-12 tag blocked']);
    expect(gapsOf(failed, visit('tag', `${URLS.tag}x/`, '2023-04-12T08:00:00Z'))).toEqual(['2023-04-12 tag blocked']);
    expect(gapsOf(failed, visit('tag', URLS.tag, '2023-04-14T08:00:00Z'))).toEqual([]);
  });

  it('do not include the end of a tag page, which is an answer, but do that of a sitemap', () => {
    expect(gapsOf(visit('tag', URLS.tag, '2023-04-12T06:00:00Z', 'notFound'))).toEqual([]);
    const lost = visit('sitemap', sitemap('20230412', '20230412'), '2023-04-12T06:00:00Z', 'notFound');
    expect(gapsOf(lost)).toEqual(['2023-04-12 sitemap notFound']);
  });

  it('name the newest failure and how many there were', () => {
    const [gap] = ledgerOf(
      visit('feed', URLS.feed, '2023-04-12T06:20:00Z', 'reset'),
      visit('feed', URLS.feed, '2023-04-12T06:30:00Z', 'timeout'),
      visit('feed', URLS.feed, '2023-04-12T06:10:00Z', 'dns'),
    ).gaps('20230412', '20230412');
    expect(gap).toMatchObject({ reason: 'timeout', failures: 3, failedAt: '2023-04-12T06:30:00Z' });
  });
});

describe('the days that were not read whole', () => {
  it('are past ones of which no complete list was read after they had ended', () => {
    const ledger = ledgerOf(
      visit('sitemap', sitemap('20230410', '20230411'), '2023-04-11T10:00:00Z'),
      visit('feed', URLS.feed, '2023-04-12T06:20:00Z'),
    );
    expect(ledger.unreadDays('20230409', '20230430', '20230413')).toEqual(['20230409', '20230411', '20230412']);
  });

  it('are those with articles that no list names, until whole lists two days apart do not name them', () => {
    const endStates = { pending: 0, stored: 1, offTopic: 0, gone: 0, notArticle: 0, unreachable: 0, quarantined: 0 };
    const announced = { feed: 0, tag: 1, sitemap: 0, day: 0 };
    const pages = [{ day: '2023-04-12', topic: null, pages: 1, fetched: 1, gaps: {}, endStates, announced }];
    const unread = (...visits: ListFetches[]): number =>
      new ListLedger(EDITION, visits, pages).unreadDays('20230412', '20230412', '20230420').length;
    const read = (firstAt: string, lastAt: string): ListFetches =>
      visit('sitemap', sitemap('20230412', '20230412'), lastAt, null, { firstAt, visits: 9 });
    expect(unread(read('2023-04-12T01:00:00Z', '2023-04-13T08:00:00Z'))).toBe(1);
    expect(unread(read('2023-04-14T00:00:00Z', '2023-04-15T08:00:00Z'))).toBe(1);
    expect(unread(read('2023-04-16T00:00:00Z', '2023-04-16T00:00:00Z'))).toBe(1);
    expect(unread(read('2023-04-14T00:00:00Z', '2023-04-16T00:00:00Z'))).toBe(0);
    // Read on the day itself, and again and again since under the same URL.
    expect(unread(read('2023-04-12T01:00:00Z', '2023-04-15T08:00:00Z'))).toBe(0);
    const other = visit('sitemap', sitemap('20230411', '20230413'), '2023-04-16T08:00:00Z');
    expect(unread(read('2023-04-13T08:00:00Z', '2023-04-13T08:00:00Z'), other)).toBe(0);
  });
});
