import { describe, expect, it } from 'vitest';
import type { NotArticleReason } from '../../../src/domain/outcome.js';
import type { PageResult } from '../../../src/domain/page-result.js';
import { nextTryAt } from '../../../src/store/catalogue/failed-pages.js';
import { seededRandom } from '../../faults/random.js';
import { captureOf, instant, shuffled } from '../records/observations.js';
import { articleResult, opened, scratchFolder, type QueriedStore } from './fixtures.js';

const EDITION = 'sputniknews.cn';
const PAGE = {
  pageId: `${EDITION}/1000000001`,
  family: EDITION,
  url: 'https://sputniknews.cn/20240501/1000000001.html',
} as const;
const MINUTES = [5, 15, 60];

function failure(at: number, reason = 'serverError'): PageResult {
  return { kind: 'unreachable', page: PAGE, capture: captureOf({ at }), reason } as PageResult;
}

function retriedAt(store: QueriedStore, atMs: number): string[] {
  return store.queries.failedPages.retriable(EDITION, atMs, MINUTES).map(({ pageId }) => pageId);
}

const MINUTE_MS = 60_000;

describe('a page that failed', () => {
  it('is tried again later after each failure in a row, up to the last of the settings', () => {
    const at = '2024-05-01T10:00:00Z';
    const tries = [1, 2, 3, 4, 40].map((failures) => nextTryAt(failures, at, MINUTES).slice(11, 16));
    expect(tries).toEqual(['10:05', '10:15', '11:00', '11:00', '11:00']);
  });

  it.each([1, 2, 3, 4])('is due when its time has come, not before: %i in a row', async (failures) => {
    const store = await opened(scratchFolder());
    for (let at = 1; at <= failures; at += 1) await store.storePage(failure(at));
    const dueMs = Date.parse(nextTryAt(failures, instant(failures), MINUTES));
    expect(retriedAt(store, dueMs - 1_000)).toEqual([]);
    expect(retriedAt(store, dueMs)).toEqual([PAGE.pageId]);
    expect(store.queries.failedPages.list(MINUTES, 10)).toMatchObject({
      count: 1,
      pages: [{ url: PAGE.url, edition: EDITION, reason: 'serverError', failures, failedAt: instant(failures) }],
    });
  });

  it('that is stored is tried again by the same rule', async () => {
    const store = await opened(scratchFolder());
    await store.storePage(articleResult({ at: 1 }));
    await store.storePage(failure(2, 'timeout'));
    expect(retriedAt(store, Date.parse(instant(2)) + 5 * MINUTE_MS)).toEqual([PAGE.pageId]);
    await store.storePage({ kind: 'notModified', page: PAGE, capture: captureOf({ at: 3 }) });
    expect(store.queries.failedPages.list(MINUTES, 10)).toEqual({ count: 0, pages: [] });
  });

  it('is left to the crawls that look at robots.txt where that closes it', async () => {
    const store = await opened(scratchFolder());
    await store.storePage(failure(1, 'robots'));
    expect(retriedAt(store, Date.parse(instant(1)) + 1_000 * MINUTE_MS)).toEqual([]);
    expect(store.queries.failedPages.list(MINUTES, 10).pages).toMatchObject([{ nextTryAt: null }]);
  });

  it('is listed in quarantine from the third failure in a row on, and leaves it by itself', async () => {
    const store = await opened(scratchFolder());
    for (const at of [1, 2]) await store.storePage(failure(at));
    expect(store.queries.quarantine()).toEqual([]);
    for (const at of [3, 4]) await store.storePage(failure(at, 'challenge'));
    const [listed] = store.queries.quarantine();
    expect(listed).toMatchObject({ pageId: PAGE.pageId, code: 'unreachable', detail: 'challenge', attempts: 4 });
    expect(listed).toMatchObject({ failedAt: instant(4), capture: { fetchedAt: instant(1) } });
    await store.storePage(articleResult({ at: 5 }));
    expect(store.queries.quarantine(true)).toEqual([]);
  });

  it('is left alone once it is given up, and its place in the list stays the same meanwhile', async () => {
    const store = await opened(scratchFolder());
    for (const at of [1, 2, 3]) await store.storePage(failure(at));
    const [{ id } = { id: 0 }] = store.queries.quarantine();
    await store.dropQuarantined(id);
    await store.storePage(failure(4));
    expect(store.queries.quarantine()).toEqual([]);
    expect(store.queries.quarantine(true)).toMatchObject([{ id, attempts: 4 }]);
    expect(retriedAt(store, Date.parse(instant(4)) + 1_000 * MINUTE_MS)).toEqual([]);
    expect(store.queries.failedPages.list(MINUTES, 10).pages).toMatchObject([{ nextTryAt: null }]);
  });

  it('is listed alike in whatever order its captures are processed', async () => {
    const results = [1, 2, 3, 5, 6, 7, 8].map((at) => failure(at));
    const answered = articleResult({ at: 4 });
    const lists = [];
    for (const seed of [1, 2, 3, 4]) {
      const store = await opened(scratchFolder());
      for (const result of shuffled([...results, answered], seededRandom(seed))) await store.storePage(result);
      lists.push(store.queries.quarantine().map(({ id: _id, quarantinedAt: _at, ...page }) => page));
    }
    expect(lists[0]).toMatchObject([{ attempts: 4, capture: { fetchedAt: instant(5) } }]);
    for (const list of lists) expect(list).toEqual(lists[0]);
  });
});

function without(at: number, reason: NotArticleReason = 'unknownMarkup'): PageResult {
  return { kind: 'notArticle', page: PAGE, capture: captureOf({ at }), reason };
}

function gapsOf(store: QueriedStore): unknown[] {
  const days = { since: '2024-05-01', until: '2024-05-01', after: null };
  return store.queries.coverage.gapPages(EDITION, days, 10).map(({ reason }) => reason);
}

describe('a page that never shows its article', () => {
  it('is listed from the third such answer in a row on, and is a gap until somebody gives it up', async () => {
    const store = await opened(scratchFolder());
    await store.storePage(failure(1));
    for (const at of [2, 3]) await store.storePage(without(at));
    expect(store.queries.quarantine()).toEqual([]);
    for (const at of [4, 5]) await store.storePage(without(at, 'noTitle'));
    const [listed] = store.queries.quarantine();
    expect(listed).toMatchObject({ code: 'notArticle', detail: 'noTitle', attempts: 4, failedAt: null });
    expect(listed).toMatchObject({ quarantinedAt: instant(4), capture: { fetchedAt: instant(2) } });
    expect(gapsOf(store)).toEqual(['noTitle']);

    await store.dropQuarantined(listed!.id);
    await store.storePage(without(6));
    for (const at of [7, 8, 9]) await store.storePage(failure(at));
    expect(store.queries.quarantine()).toEqual([]);
    expect(retriedAt(store, Date.parse(instant(9)) + 1_000 * MINUTE_MS)).toEqual([]);
    expect(store.queries.failedPages.list(MINUTES, 10).pages).toMatchObject([{ nextTryAt: null }]);
    expect(gapsOf(store)).toEqual([]);
    await store.storePage(articleResult({ at: 10 }));
    expect(store.queries.quarantine(true)).toEqual([]);
  });

  it('is not listed where it is no article for good reason, or is known as one', async () => {
    const store = await opened(scratchFolder());
    for (const at of [1, 2, 3, 4]) await store.storePage(without(at, 'section'));
    expect(store.queries.quarantine()).toEqual([]);
    for (const at of [5, 6]) await store.storePage(without(at));
    await store.storePage(without(7, 'poll'));
    await store.storePage(without(8));
    expect(store.queries.quarantine()).toEqual([]);
    await store.storePage(articleResult({ at: 9 }));
    for (const at of [10, 11, 12]) await store.storePage(without(at));
    expect(store.queries.quarantine()).toEqual([]);
  });
});
