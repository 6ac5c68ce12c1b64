import { describe, expect, it } from 'vitest';
import type { FreshnessFacts, ListRead } from '../../../src/store/catalogue/freshness-facts.js';
import {
  describeState,
  judgeFreshness,
  type Freshness,
  type FreshnessQuestion,
} from '../../../src/store/catalogue/judge-freshness.js';

const NOW = '2024-05-10T12:00:00Z';
const HOUR_MS = 3_600_000;
const EDITION = 'big5.sputniknews.cn';
/** As shipped. */
const LIMITS = { gaps: 3, hoursMin: 6, unreadHours: 24 };

function at(hoursAgo: number): string {
  return new Date(Date.parse(NOW) - hoursAgo * HOUR_MS).toISOString().replace('.000', '');
}

function read(hoursAgo: number, changes: Partial<ListRead> = {}): ListRead {
  const url = `https://${EDITION}/export/rss2/archive/index.xml`;
  return { url, kind: 'feed', failure: null, firstAt: at(hoursAgo), lastAt: at(hoursAgo), ...changes };
}

function failed(hoursAgo: number, failure: ListRead['failure'], changes: Partial<ListRead> = {}): ListRead {
  return read(hoursAgo, { failure, ...changes });
}

function factsOf(changes: Partial<FreshnessFacts> = {}): FreshnessFacts {
  return {
    edition: EDITION,
    topic: null,
    newestPublishedAt: at(2),
    newestFirstSeenAt: at(2),
    lastAnsweredAt: at(2),
    usualGapMs: 5 * HOUR_MS,
    withoutArticle: { pages: 0, since: null },
    lists: [read(1)],
    ...changes,
  };
}

function judged(facts: readonly FreshnessFacts[], changes: Partial<FreshnessQuestion> = {}): Freshness[] {
  const topics = [{ id: 'armenia', enabled: true }];
  const editions = [{ id: EDITION, enabled: true }];
  return judgeFreshness(facts, { editions, topics, runs: [], limits: LIMITS, nowMs: Date.parse(NOW), ...changes });
}

function stateOf(facts: Partial<FreshnessFacts>, changes: Partial<FreshnessQuestion> = {}): unknown[] {
  const [{ state, reason, since }] = judged([factsOf(facts)], changes) as [Freshness];
  return [state, reason, since];
}

describe('an edition', () => {
  it('is ok since it was read first, since it came back, or since a list that is not there was asked for', () => {
    const long = read(1, { firstAt: at(90) });
    expect(stateOf({ lists: [long] })).toEqual(['ok', null, at(90)]);
    expect(stateOf({ lists: [failed(8, 'reset', { firstAt: at(20) }), read(1, { firstAt: at(7) })] })).toEqual([
      'ok',
      null,
      at(7),
    ]);
    expect(stateOf({ lists: [read(3), failed(1, 'notFound')] })[0]).toBe('ok');
  });

  it('is late when nothing was published for three times its usual gap, at least six hours, or when it was not read for a day', () => {
    expect(stateOf({ newestPublishedAt: at(16) })).toEqual(['late', 'nothingPublished', at(1)]);
    expect(stateOf({ newestPublishedAt: at(14) })[0]).toBe('ok');
    expect(stateOf({ usualGapMs: HOUR_MS, newestPublishedAt: at(5) })[0]).toBe('ok');
    expect(stateOf({ usualGapMs: HOUR_MS, newestPublishedAt: at(7) })).toEqual(['late', 'nothingPublished', at(1)]);
    expect(stateOf({ lists: [read(30)], lastAnsweredAt: at(1) })).toEqual(['late', 'notRead', at(6)]);
  });

  it('is late, with its topics, when five pages that may hold an article held none, and says how many', () => {
    const without = (pages: number) => ({ withoutArticle: { pages, since: at(3) } });
    expect(stateOf(without(4))[0]).toBe('ok');
    expect(stateOf(without(5))).toEqual(['late', 'noArticles', at(3)]);
    expect(stateOf({ ...without(9), lists: [failed(1, 'reset')] })[0]).toBe('unreachable');
    const rows = judged([factsOf(without(7))]);
    expect(rows.map(({ topic }) => topic)).toEqual([null, 'armenia']);
    expect(rows.map(describeState)).toEqual(Array(2).fill('late (7 pages hold no articles)'));
  });

  it('is late by other limits where the settings say so', () => {
    const patient = { gaps: 10, hoursMin: 6, unreadHours: 48 };
    expect(stateOf({ newestPublishedAt: at(49) }, { limits: patient })[0]).toBe('ok');
    expect(stateOf({ newestPublishedAt: at(51) }, { limits: patient })).toEqual(['late', 'nothingPublished', at(1)]);
    expect(stateOf({ lists: [read(30)], lastAnsweredAt: at(1) }, { limits: patient })[0]).toBe('ok');
    const hasty = { gaps: 1, hoursMin: 0, unreadHours: 0.5 };
    expect(stateOf({ newestPublishedAt: at(6), lists: [read(0)] }, { limits: hasty })[1]).toBe('nothingPublished');
    expect(stateOf({ lists: [read(1)] }, { limits: hasty })[1]).toBe('notRead');
  });

  it('is not late by publication while its usual gap is not known', () => {
    expect(stateOf({ usualGapMs: null, newestPublishedAt: at(900) })[0]).toBe('ok');
    expect(stateOf({ usualGapMs: null, newestPublishedAt: null })[0]).toBe('ok');
  });

  it('is unreachable since its first failure after the last answer, by the newest reason', () => {
    const lists = [
      read(9),
      failed(1, 'timeout'),
      failed(2, 'reset', { firstAt: at(4), kind: 'tag', url: 'https://x/' }),
    ];
    expect(stateOf({ lists, lastAnsweredAt: at(8) })).toEqual(['unreachable', 'timeout', at(4)]);
    expect(stateOf({ lists: [failed(3, 'legalBlock')], lastAnsweredAt: null })).toEqual([
      'unreachable',
      'legalBlock',
      at(3),
    ]);
    const straddling = [read(5), failed(1, 'blockPage', { firstAt: at(100) })];
    expect(stateOf({ lists: straddling, lastAnsweredAt: at(5) })).toEqual(['unreachable', 'blockPage', at(1)]);
  });

  it('is unreachable where the newest run says so, and no longer once a page answers', () => {
    const runs = [
      { startedAt: at(1), unreachable: [{ edition: EDITION, reason: 'dns' }] },
      { startedAt: at(2), unreachable: [{ edition: EDITION, reason: 'reset' }] },
      { startedAt: at(9), unreachable: [{ edition: 'other.example', reason: 'tls' }] },
    ];
    expect(stateOf({ lists: [read(3)], lastAnsweredAt: at(3) }, { runs })).toEqual(['unreachable', 'dns', at(2)]);
    expect(stateOf({ lists: [read(3)], lastAnsweredAt: at(0.5) }, { runs })[0]).toBe('ok');
    expect(judged([], { runs })[0]).toMatchObject({ state: 'unreachable', reason: 'dns', since: at(2) });
  });

  it('was never read where nothing is known of it, whatever is known of others', () => {
    expect(judged([])[0]).toMatchObject({ edition: EDITION, state: 'neverRead', reason: null, since: null, lists: [] });
    const other = factsOf({ edition: 'sputniknews.cn' });
    expect(judged([other])[0]).toMatchObject({ edition: EDITION, topic: null, state: 'neverRead' });
    expect(stateOf({ lists: [], lastAnsweredAt: null, newestPublishedAt: null })[0]).toBe('neverRead');
  });

  it('is off where it is disabled or configured no longer, whatever came of it before', () => {
    const editions = [{ id: EDITION, enabled: false }];
    expect(judged([factsOf({ lists: [failed(1, 'reset')] })], { editions })).toMatchObject([{ state: 'off' }]);
    expect(judged([], { editions })).toMatchObject([{ edition: EDITION, topic: null, state: 'off', since: null }]);
    expect(judged([factsOf()], { editions: [] })).toMatchObject([{ edition: EDITION, state: 'off' }]);
  });
});

describe('a topic of an edition', () => {
  it('has a row of its own, also where nothing was found on it, and goes by the order of the settings', () => {
    const rows = judged([
      factsOf(),
      factsOf({ topic: 'armenia', newestPublishedAt: at(300), usualGapMs: 50 * HOUR_MS }),
    ]);
    expect(rows.map(({ topic, state }) => [topic, state])).toEqual([
      [null, 'ok'],
      ['armenia', 'late'],
    ]);
    expect(judged([factsOf()])[1]).toMatchObject({ topic: 'armenia', state: 'ok', newestPublishedAt: null });
    expect(judged([factsOf()], { topics: [{ id: 'armenia', enabled: false }] })).toHaveLength(1);
  });

  it('is unreachable with its edition', () => {
    const rows = judged([factsOf({ lists: [failed(1, 'tls')], lastAnsweredAt: at(2) }), factsOf({ topic: 'armenia' })]);
    expect(rows.map(({ state, reason }) => [state, reason])).toEqual([
      ['unreachable', 'tls'],
      ['unreachable', 'tls'],
    ]);
  });
});

describe('the lists of an edition', () => {
  it('tell by route when one was read last, and which one fails since', () => {
    const lists = [
      read(1),
      read(6, { kind: 'sitemapIndex', url: 'https://x/sitemap.xml' }),
      failed(5, 'broken', { kind: 'sitemap', url: 'https://x/sitemap_article.xml' }),
      read(9, { kind: 'tag', url: 'https://x/a/' }),
      failed(9.5, 'timeout', { kind: 'tag', url: 'https://x/a/' }),
      failed(400, 'timeout', { kind: 'day', url: 'https://x/20240101/' }),
    ];
    expect(judged([factsOf({ lists })])[0]!.lists).toEqual([
      { route: 'feed', lastReadAt: at(1), failure: null, failedAt: null },
      { route: 'tag', lastReadAt: at(9), failure: null, failedAt: null },
      { route: 'sitemap', lastReadAt: at(6), failure: 'broken', failedAt: at(5) },
      { route: 'day', lastReadAt: null, failure: null, failedAt: null },
    ]);
  });
});
