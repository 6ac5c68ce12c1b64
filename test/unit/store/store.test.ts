import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { describe, expect, it, vi } from 'vitest';
import { comparedKey, type ComparableText } from '../../../src/dedupe/comparable-text.js';
import { fingerprintOf } from '../../../src/dedupe/fingerprint.js';
import type { Article } from '../../../src/domain/article.js';
import type { KeyedFingerprint } from '../../../src/domain/extraction.js';
import { openCatalogueQueries } from '../../../src/store/catalogue/catalogue-queries.js';
import { openForReading } from '../../../src/store/catalogue/open-database.js';
import type { ListFetch, PageResult } from '../../../src/domain/page-result.js';
import type { ReadObservation } from '../../../src/store/writer/capture-interpreter.js';
import { silentLogger } from '../../../src/platform/logger.js';
import { NEWEST_STATES_MAX } from '../../../src/records/record-histories.js';
import type { SearchFilters } from '../../../src/search/facets.js';
import { QueryError } from '../../../src/search/query-tree.js';
import { captureOf, instant } from '../records/observations.js';
import { articleResult, observed, opened, recordFiles, scratchFolder, pageResultOf } from './fixtures.js';

const PAGE = {
  pageId: 'sputniknews.cn/1000000001',
  family: 'sputniknews.cn',
  url: 'https://sputniknews.cn/20240501/1000000001.html',
} as const;
const FILE = 'articles/sputniknews.cn/2024/05/1000000001.json';

function tagFetch(failure: ListFetch['failure']): ListFetch {
  const days = { from: '20240501', to: '20240501' };
  return { edition: 'sputniknews.cn', family: 'sputniknews.cn', kind: 'tag', days, isWhole: false, failure };
}

function answer(kind: 'gone' | 'notModified' | 'notArticle' | 'unreachable', at: number, reason: string): PageResult {
  return { kind, page: PAGE, capture: captureOf({ at }), reason } as PageResult;
}

describe('the store', () => {
  it.each(['a maintenance', 'a start'])('gives up a topic that is away for too many articles at %s', async (when) => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    await store.noteJudgedTopics({ judged: ['armenia: Armenia', 'dams: Dams'], partly: null });
    await store.judgeBy(new Set(['armenia: Armenia']));
    await store.storePage(articleResult({ at: 1 }));
    const database = new DatabaseSync(join(dataDir, 'catalogue.db'));
    const noted = () => database.prepare('SELECT article FROM unjudged').all().length;
    const add = (count: number): void => {
      database.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
        INSERT OR IGNORE INTO unjudged SELECT '["dams: Dams"]', 'sputniknews.cn/' || i FROM n`);
    };
    const limit = (): Promise<unknown> =>
      when === 'a start' ? store.judgeBy(new Set(['armenia: Armenia'])) : store.maintain();
    add(9_999);
    await limit();
    expect(noted()).toBe(10_000);
    add(10_000);
    await limit();
    expect([noted(), store.judgedTopics()]).toEqual([0, { judged: ['armenia: Armenia'], partly: null }]);
    await store.storePage(articleResult({ at: 2, title: 'Another' }));
    expect(noted()).toBe(0);
    database.close();
  });

  it('writes a new article where the date of its address says, and finds it again', async () => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    const processed = await store.storePage(articleResult({ at: 1 }));
    expect(processed.outcome).toBe('new');
    const files = recordFiles(dataDir);
    expect(Object.keys(files)).toEqual([FILE]);
    expect(files[FILE]).toMatch(/^\{\n {2}"schemaVersion": 2,\n {2}"id": "sputniknews.cn\/1000000001",\n/);
    expect(files[FILE]).toMatch(/\n\}\n$/);
    expect(store.queries.article('sputniknews.cn/1000000001')).toEqual(processed.record);
    const known = store.queries.pages.known([PAGE.pageId, 'sputniknews.cn/9']);
    expect([...known.values()]).toMatchObject([{ endState: 'stored', lastFetchedAt: instant(1), failures: 0 }]);
  });

  it('names an article that it knows and whose file is gone: where it is asked for, and where all are walked through', async () => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    await store.storePage(articleResult({ at: 1 }));
    rmSync(join(dataDir, FILE));
    const { queries } = store;
    const [gone, told] = [PAGE.pageId, vi.fn()];
    expect(queries.article(gone)).toBeNull();
    expect(() => queries.knownArticle(gone)).toThrow(expect.objectContaining({ code: 'record.missing' }) as Error);
    expect([...queries.select({}, told).articles]).toEqual([]);
    expect(told).toHaveBeenCalledWith(gone, expect.objectContaining({ code: 'record.missing' }));
    expect(queries.knownArticle('sputniknews.cn/9')).toBeNull();
  });

  it('gives the outcome of then to a capture that is processed again, and changes nothing', async () => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    const first = articleResult({ at: 1 });
    await store.storePage(first);
    await store.storePage(articleResult({ at: 2, text: 'Edited.' }));
    const files = recordFiles(dataDir);
    expect(await store.storePage(first)).toMatchObject({ outcome: 'new', isRepeat: true });
    expect(recordFiles(dataDir)).toEqual(files);
  });

  it('moves the second of two equal texts to duplicates, and back once the texts differ', async () => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    await store.storePage(articleResult({ at: 1, articleId: '2000000001', text: 'The same text.' }));
    const repeated = await store.storePage(articleResult({ at: 2, articleId: '2000000002', text: 'The same text.' }));
    expect(repeated.outcome).toBe('duplicate');
    expect(repeated.record?.duplicateOf).toEqual({ id: 'sputniknews.cn/2000000001', kind: 'exact', similarity: 1 });
    expect(Object.keys(recordFiles(dataDir))).toEqual([
      'articles/sputniknews.cn/2024/05/2000000001.json',
      'duplicates/sputniknews.cn/2024/05/2000000002.json',
    ]);
    expect(store.queries.article('sputniknews.cn/2000000001')?.duplicates).toEqual(['sputniknews.cn/2000000002']);
    await store.storePage(articleResult({ at: 3, articleId: '2000000002', text: 'Another text.' }));
    expect(Object.keys(recordFiles(dataDir))).toEqual([
      'articles/sputniknews.cn/2024/05/2000000001.json',
      'articles/sputniknews.cn/2024/05/2000000002.json',
    ]);
    expect(store.queries.article('sputniknews.cn/2000000001')?.duplicates).toEqual([]);
  });

  it('names the article published first as the original although it arrives last', async () => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    await store.storePage(articleResult({ at: 1, articleId: '2000000002', publishedAt: '2024-05-01T09:00:00Z' }));
    await store.storePage(articleResult({ at: 2, articleId: '2000000001', publishedAt: '2024-05-01T08:00:00Z' }));
    expect(Object.keys(recordFiles(dataDir))).toEqual([
      'articles/sputniknews.cn/2024/05/2000000001.json',
      'duplicates/sputniknews.cn/2024/05/2000000002.json',
    ]);
  });

  it('takes a fingerprint that was made already, but only one of the text that it stores', async () => {
    const text = 'Some words of which there are enough that a fingerprint has bands. '.repeat(6);
    const result = articleResult({ at: 1, text });
    if (result.kind !== 'article') throw new Error('wanted an article');
    const made = (of: ComparableText, bands = fingerprintOf(of).bands) => {
      return { ...fingerprintOf(of), bands, comparedKey: comparedKey(of) };
    };
    const { article } = result;
    const bandsOf = async (fingerprint?: KeyedFingerprint): Promise<unknown> => {
      const dataDir = scratchFolder();
      const store = await opened(dataDir);
      await store.storePage({ ...result, fingerprint });
      await store.close();
      return openForReading(dataDir)?.prepare('SELECT bands FROM articles').get();
    };
    const own = await bandsOf();
    expect(await bandsOf(made(article))).toEqual(own);
    expect(await bandsOf(made({ ...article, title: 'Another text' }))).toEqual(own);
    expect(await bandsOf(made(article, [1, 2, 3]))).not.toEqual(own);
  });

  it('keeps nothing of a page off topic but its end state', async () => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    expect((await store.storePage(articleResult({ at: 1, onTopic: false }))).outcome).toBe('offTopic');
    expect(recordFiles(dataDir)).toEqual({});
    expect(store.queries.pages.known([PAGE.pageId]).get(PAGE.pageId)?.endState).toBe('offTopic');
    expect((await store.storePage(answer('notModified', 2, ''))).outcome).toBe('unchanged');
    expect(store.queries.pages.known([PAGE.pageId]).get(PAGE.pageId)?.endState).toBe('offTopic');
  });

  it('takes a 304 as a sight', async () => {
    const store = await opened(scratchFolder());
    await store.storePage(articleResult({ at: 1 }));
    const processed = await store.storePage(answer('notModified', 9, ''));
    expect(processed).toMatchObject({
      outcome: 'unchanged',
      record: { lastSeenAt: instant(9), firstSeenAt: instant(1) },
    });
    expect(store.queries.pages.known([PAGE.pageId]).get(PAGE.pageId)?.lastFetchedAt).toBe(instant(9));
  });

  it('marks an article gone only when a second capture confirms it, and clears that when it stands again', async () => {
    const store = await opened(scratchFolder());
    await store.storePage(articleResult({ at: 1 }));
    const first = answer('gone', 5, 'notFound');
    expect((await store.storePage(first)).record?.goneAt).toBeNull();
    expect((await store.storePage(first)).isRepeat).toBe(true);
    expect(store.queries.pages.story(PAGE.pageId)).toMatchObject({ endState: 'stored', goneSuspectedAt: instant(5) });
    expect((await store.storePage(answer('gone', 6, 'gone'))).record?.goneAt).toBe(instant(5));
    expect(store.queries.pages.story(PAGE.pageId)).toMatchObject({
      endState: 'gone',
      reason: 'notFound',
      goneAt: instant(5),
    });
    expect((await store.storePage(articleResult({ at: 8 }))).record?.goneAt).toBeNull();
    expect(store.queries.pages.story(PAGE.pageId)?.endState).toBe('stored');
  });

  it('takes a stored page for no withdrawal, however often it comes without its text', async () => {
    const store = await opened(scratchFolder());
    expect((await store.storePage(answer('notArticle', 0, 'emptyBody'))).outcome).toBe('notArticle');
    await store.storePage(articleResult({ at: 1 }));
    for (const at of [2, 3, 4]) {
      const emptied = await store.storePage(answer('notArticle', at, 'emptyBody'));
      expect(emptied).toMatchObject({ outcome: 'notArticle', record: { goneAt: null, revisions: [] } });
      expect(emptied.record?.body).not.toEqual([]);
    }
    expect(store.queries.pages.story(PAGE.pageId)).toMatchObject({ endState: 'stored', goneSuspectedAt: null });
  });

  describe('an item whose body is empty', () => {
    const empty = (at: number, title = 'Minsk'): PageResult => {
      const { article, capture } = observed({ at, title });
      const shown = { kind: 'article', page: PAGE, capture, article: { ...article, lead: null, body: [] } } as const;
      return { kind: 'notArticle', page: PAGE, capture, reason: 'emptyBody', shown };
    };

    it('is looked at again first, and stored as it stands when it stays so', async () => {
      const store = await opened(scratchFolder());
      expect(await store.storePage(empty(1))).toMatchObject({ outcome: 'notArticle', record: null });
      expect(store.queries.pages.story(PAGE.pageId)).toMatchObject({ endState: 'notArticle', reason: 'emptyBody' });
      const second = await store.storePage(empty(2));
      expect(second).toMatchObject({ outcome: 'new', record: { title: 'Minsk', body: [] } });
      expect(store.queries.pages.story(PAGE.pageId)).toMatchObject({ endState: 'stored' });
      expect((await store.storePage(empty(3))).outcome).toBe('unchanged');
    });

    it('is held back in the same way where it broke off, and never takes the place of a whole one', async () => {
      const cut = (at: number): PageResult => {
        const { article, capture } = observed({ at, title: 'Minsk', text: 'Te' });
        const shown = { kind: 'article', page: PAGE, capture, article } as const;
        return { kind: 'notArticle', page: PAGE, capture, reason: 'cutOff', shown };
      };
      const store = await opened(scratchFolder());
      expect(await store.storePage(empty(0))).toMatchObject({ outcome: 'notArticle', record: null });
      expect(await store.storePage(cut(1))).toMatchObject({ outcome: 'notArticle', record: null });
      expect(await store.storePage(cut(2))).toMatchObject({ outcome: 'new' });
      const whole = await store.storePage(articleResult({ at: 3, title: 'Minsk' }));
      expect(whole).toMatchObject({ outcome: 'revised', record: { body: [{ text: 'Text.' }] } });
      for (const at of [4, 5]) {
        expect(await store.storePage(cut(at))).toMatchObject({ outcome: 'notArticle', record: { goneAt: null } });
      }
      const { revisions, body } = (await store.storePage(articleResult({ at: 6, title: 'Minsk' }))).record!;
      expect([revisions.length, body]).toMatchObject([1, [{ text: 'Text.' }]]);
    });

    it('is not called withdrawn, whatever else of it changes', async () => {
      const store = await opened(scratchFolder());
      for (const at of [1, 2]) await store.storePage(empty(at));
      for (const at of [3, 4, 5]) await store.storePage(empty(at, `Minsk ${at}`));
      const last = await store.storePage(empty(6, 'Minsk 5'));
      expect(last).toMatchObject({ outcome: 'unchanged', record: { title: 'Minsk 5', goneAt: null } });
      expect(last.record?.revisions).toHaveLength(3);
    });

    it('gets its text when that comes, and keeps it when it is missing once', async () => {
      const store = await opened(scratchFolder());
      for (const at of [1, 2]) await store.storePage(empty(at));
      const whole = await store.storePage(articleResult({ at: 3 }));
      expect(whole.record?.body).not.toEqual([]);
      const once = await store.storePage(empty(4));
      expect(once.record?.body).toEqual(whole.record?.body);
      expect(once.record?.goneAt).toBeNull();
    });

    it('is the text where only the first fetch came empty', async () => {
      const store = await opened(scratchFolder());
      await store.storePage(empty(1));
      const whole = await store.storePage(articleResult({ at: 2 }));
      expect(whole).toMatchObject({ outcome: 'new', record: { revisions: [] } });
    });
  });

  it('has an emptied page come whole the next time, so that no 304 passes for a sight of the article', async () => {
    const store = await opened(scratchFolder());
    await store.storePage(articleResult({ at: 1 }));
    const emptied = answer('notArticle', 2, 'emptyBody');
    await store.storePage({ ...emptied, capture: { ...emptied.capture, etag: '"emptied"' } });
    expect(store.queries.pages.known([PAGE.pageId]).get(PAGE.pageId)).toMatchObject({ etag: null, lastModified: null });
  });

  it('keeps a stored page stored whatever goes wrong later, and counts failures', async () => {
    const store = await opened(scratchFolder());
    await store.storePage(articleResult({ at: 1 }));
    await store.storePage(answer('unreachable', 2, 'timeout'));
    await store.storePage(answer('unreachable', 3, 'reset'));
    await store.storePage(answer('notArticle', 0, 'blockPage'));
    expect(store.queries.pages.known([PAGE.pageId]).get(PAGE.pageId)).toMatchObject({
      endState: 'stored',
      failures: 2,
    });
    expect(store.queries.pages.story(PAGE.pageId)?.lastFailure).toBe('reset');
  });

  it('lists a quarantined page until it is retried or dropped', async () => {
    const store = await opened(scratchFolder());
    const broken: PageResult = {
      kind: 'quarantined',
      page: PAGE,
      capture: captureOf({ at: 1 }),
      code: 'extract.timeout',
      detail: 'took\nlonger',
      attempts: 3,
    };
    expect((await store.storePage(broken)).outcome).toBe('failed');
    const [page] = store.queries.quarantine();
    expect(page).toMatchObject({ pageId: PAGE.pageId, code: 'extract.timeout', detail: 'took longer', attempts: 3 });
    expect(store.queries.corpus.counts()).toMatchObject({ quarantined: 1 });
    expect(store.isProcessed(broken.capture)).toBe(true);
    await store.markProcessedTo(broken.capture.file, broken.capture.offset + broken.capture.length);
    await store.releaseQuarantined(page!.id);
    expect(store.isProcessed(broken.capture)).toBe(false);
    expect(store.processedTo(broken.capture.file)).toBe(broken.capture.offset);
    expect(store.queries.pages.known([PAGE.pageId]).get(PAGE.pageId)?.endState).toBe('pending');
    await store.storePage(broken);
    await store.dropQuarantined(store.queries.quarantine()[0]!.id);
    expect(store.queries.quarantine()).toEqual([]);
    expect(store.queries.quarantine(true)).toHaveLength(1);
    await expect(store.dropQuarantined(99)).rejects.toMatchObject({ code: 'quarantine.unknown' });
  });

  it('fails one member of a batch alone', async () => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    const good = observed({ at: 1, articleId: '3000000001' });
    const evil = pageResultOf({
      ...observed({ at: 4 }),
      article: { ...good.article, articleId: '../../../etc/passwd' },
    });
    const invalid = observed({ at: 2, articleId: '3000000002' });
    const results = await Promise.allSettled([
      store.storePage(pageResultOf(good)),
      store.storePage(evil),
      store.storePage(pageResultOf({ ...invalid, article: { ...invalid.article, title: '' } })),
      store.storePage(articleResult({ at: 3, articleId: '3000000003', text: 'Third.' })),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: { code: 'page.invalid' } });
    expect(results[2]).toMatchObject({ reason: { code: 'record.invalid' } });
    expect(Object.keys(recordFiles(dataDir))).toHaveLength(2);
    expect([...store.queries.pages.known(['sputniknews.cn/3000000002']).keys()]).toEqual([]);
  });

  it('ends a batch where its records grow too large for the memory, and takes the rest in order into the next', async () => {
    const dataDir = scratchFolder();
    let commits = 0;
    const crashPoint = (name: string): void => void (commits += Number(name === 'batch.committed'));
    const limits = { batchMax: 64, batchTextMax: 5_000, waitingMax: 100 };
    const store = await opened(dataDir, { limits, crashPoint });
    const sketches = Array.from({ length: 6 }, (_, index) => ({ at: index, articleId: `30000000${10 + index}` }));
    const stored = sketches.map((sketch) =>
      store.storePage(articleResult({ ...sketch, text: sketch.articleId.repeat(300) })),
    );
    const ended: number[] = [];
    stored.forEach((one, index) => void one.then(() => ended.push(index)));
    for (const one of stored) expect((await one).outcome).toBe('new');
    // Of 3,000 characters each, so that the second takes a batch beyond its limit.
    expect(commits).toBe(3);
    expect(ended).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('puts a late older capture where it belongs by reading the captures again', async () => {
    const sketches = [
      { at: 1, text: 'A' },
      { at: 3, text: 'A' },
      { at: 2, text: 'B' },
    ].map(observed);
    const read = new Map(sketches.map((item) => [item.capture.offset, item]));
    const store = await opened(scratchFolder(), {
      readObservation: ({ offset }) => Promise.resolve(read.get(offset) ?? null),
    });
    let record: Article | null = null;
    for (const item of sketches) ({ record } = await store.storePage(pageResultOf(item)));
    expect(record?.revisions.map((revision) => revision.body[0]?.text)).toEqual(['A', 'B']);
    expect(record?.capture?.fetchedAt).toBe(instant(3));
  });

  it('keeps the file where it is when the site re-issues the article, and moves it for an older capture', async () => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    const url = (day: string): string => `https://sputniknews.cn/${day}/1000000001.html`;
    await store.storePage(articleResult({ at: 5, url: url('20240501') }));
    await store.storePage(articleResult({ at: 6, url: url('20240703') }));
    expect(Object.keys(recordFiles(dataDir))).toEqual([FILE]);
    await store.storePage(articleResult({ at: 1, url: url('20230203') }));
    expect(Object.keys(recordFiles(dataDir))).toEqual(['articles/sputniknews.cn/2023/02/1000000001.json']);
    const record = store.queries.article('sputniknews.cn/1000000001');
    expect(record).toMatchObject({ url: url('20240703'), aliases: [url('20230203'), url('20240501')] });
  });

  it('remembers what lists announce and where tags lead', async () => {
    const store = await opened(scratchFolder());
    const list = {
      listUrl: 'https://sputniknews.cn/geo_Armenia/',
      route: 'tag',
      tagPath: '/geo_Armenia/',
      pages: [PAGE],
      fetch: tagFetch(null),
    } as const;
    await store.storeList({ ...list, capture: captureOf({ at: 5 }) });
    await store.storeList({ ...list, capture: captureOf({ at: 3 }) });
    await store.storeList({ ...list, capture: captureOf({ at: 3 }) });
    await store.learnTagPages([
      {
        edition: 'sputniknews.cn',
        family: 'sputniknews.cn',
        topic: 'armenia',
        path: '/geo_Armenia/',
        learnedFrom: PAGE.url,
        seenAt: instant(4),
      },
    ]);
    expect(store.queries.pages.story(PAGE.pageId)).toMatchObject({
      endState: 'pending',
      hasRecord: false,
      foundBy: [{ route: 'tag', topic: 'armenia', firstSeenAt: instant(3), lastSeenAt: instant(5) }],
    });
    expect(store.queries.corpus.tagPages('sputniknews.cn')).toMatchObject([
      { topic: 'armenia', path: '/geo_Armenia/' },
    ]);
    const [whole, topic] = store.queries.coverage.ledger('sputniknews.cn', '2024-05-01', '2024-05-01');
    expect(whole).toMatchObject({ topic: null, pages: 1, announced: { tag: 1, feed: 0 }, gaps: { pending: 1 } });
    expect(topic).toMatchObject({ topic: 'armenia', pages: 1, fetched: 0 });
  });

  it('counts each visit to a list once, by what came of it, also of lists that announced nothing', async () => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    const list = { listUrl: 'https://sputniknews.cn/geo_Armenia/', route: 'tag', tagPath: '/geo_Armenia/' } as const;
    const noteFetch = (at: number, failure: ListFetch['failure']): Promise<void> =>
      store.storeList({ ...list, pages: [], fetch: tagFetch(failure), capture: captureOf({ at }) });
    for (const at of [7, 3, 5, 3]) await noteFetch(at, null);
    await noteFetch(6, 'blocked');
    const known = (failure: string | null): unknown =>
      store.queries.coverage.listFetches('sputniknews.cn', '20240501').find((visit) => visit.failure === failure);
    expect(known(null)).toMatchObject({ visits: 3, firstAt: instant(3), lastAt: instant(7), url: list.listUrl });
    expect(known('blocked')).toMatchObject({ visits: 1, days: { from: '20240501', to: '20240501' }, kind: 'tag' });
    expect(store.queries.coverage.listFetches('sputniknews.cn', '20240502')).toEqual([]);
    expect(store.queries.coverage.listFetches('am.sputniknews.ru', '20240501')).toEqual([]);
    expect(store.knowsListFetches).toBe(true);
  });

  it('finds words in either Chinese script, also words of one or two characters', async () => {
    const store = await opened(scratchFolder());
    await store.storePage(articleResult({ at: 1, title: '亞美尼亞外長訪問俄國', text: '會談在埃里溫舉行。' }));
    const key = 'sputniknews.cn/1000000001';
    const found = (text: string, filters: SearchFilters = {}): string[] =>
      store.queries.search({ text, filters }).hits.map(({ article }) => article.id);
    for (const words of ['亚美尼亚', '亞美尼亞 埃里溫', '俄国', '行', '埃里温举行']) {
      expect(found(words), words).toEqual([key]);
    }
    expect(found('阿塞拜疆')).toEqual([]);
    expect(() => found('" OR 1 *')).toThrow(QueryError);
    expect(found('俄国', { topics: ['azerbaijan'] })).toEqual([]);
    expect(found('俄国', { topics: ['armenia'], since: '2024-05-01' })).toEqual([key]);
    expect(found('俄国', { since: '2024-05-01', until: '2024-05-01' })).toEqual([key]);
    expect(found('俄国', { since: '2024-05-02' })).toEqual([]);
    expect(found('俄国', { until: '2024-04-30' })).toEqual([]);
  });

  it('says which pages are due again by the age of the article', async () => {
    const store = await opened(scratchFolder());
    const nowMs = Date.parse('2024-05-01T09:00:00Z');
    const rules = [
      { ageMaxMs: 3 * 3_600_000, everyMs: 15 * 60_000 },
      { ageMaxMs: 86_400_000, everyMs: 3_600_000 },
    ];
    const at = (instantText: string): number => (Date.parse(instantText) - Date.parse(instant(0))) / 1000;
    const page = (articleId: string, publishedAt: string, fetchedAt: string): PageResult =>
      articleResult({ articleId, publishedAt, at: at(fetchedAt), text: articleId });
    await store.storePage(page('4000000001', '2024-05-01T08:00:00Z', '2024-05-01T08:50:00Z'));
    await store.storePage(page('4000000002', '2024-05-01T08:00:00Z', '2024-05-01T08:40:00Z'));
    await store.storePage(page('4000000003', '2024-05-01T03:00:00Z', '2024-05-01T08:10:00Z'));
    await store.storePage(page('4000000004', '2024-05-01T03:00:00Z', '2024-05-01T07:10:00Z'));
    await store.storePage(page('4000000005', '2024-04-01T03:00:00Z', '2024-04-01T07:10:00Z'));
    const due = store.queries.pages.due({ edition: 'sputniknews.cn', nowMs, rules });
    expect(due.map(({ pageId }) => pageId.slice(-1))).toEqual(['4', '2']);
  });

  it('counts what is there, and is read by others while it writes', async () => {
    const dataDir = scratchFolder();
    expect(openCatalogueQueries(dataDir)).toBeNull();
    const store = await opened(dataDir);
    await store.storePage(articleResult({ at: 1, articleId: '2000000001' }));
    await store.storePage(articleResult({ at: 2, articleId: '2000000002' }));
    await store.storePage(articleResult({ at: 3, articleId: '2000000003', onTopic: false }));
    await store.recordRun({ runId: 'r1', startedAt: instant(1), found: 3 });
    const other = openCatalogueQueries(dataDir)!;
    expect(other.queries.corpus.counts()).toEqual({
      articles: 1,
      duplicates: 1,
      nearDuplicates: 0,
      renditions: 0,
      revisions: 0,
      gone: 0,
      quarantined: 0,
      topics: { armenia: 2 },
      pages: {
        'sputniknews.cn': {
          pending: 0,
          stored: 2,
          offTopic: 1,
          gone: 0,
          notArticle: 0,
          unreachable: 0,
          quarantined: 0,
        },
      },
    });
    expect(other.queries.runs.newest()).toEqual([{ runId: 'r1', startedAt: instant(1), found: 3 }]);
    expect([...other.queries.select().articles].map((record) => record.id)).toHaveLength(2);
    expect([...other.queries.select({ filters: { unique: true } }).articles].map((record) => record.id)).toHaveLength(
      1,
    );
    expect(other.queries.freshness()).toMatchObject([{ topic: null }, { topic: 'armenia', usualGapMs: null }]);
    other.close();
  });

  it('finds a record that moved to another month between looking up its row and reading it', async () => {
    const store = await opened(scratchFolder());
    const { record } = await store.storePage(articleResult({ at: 1 }));
    const { queries } = store;
    const rowOf = vi.spyOn(queries['rowOf'], 'get');
    for (const read of [() => queries.article(record!.id), () => queries.knownArticle(record!.id)]) {
      rowOf.mockReturnValueOnce({ folder: 'articles', month: 202404, duplicate_of: null });
      expect(read()).toEqual(record);
    }
  });

  it('resolves at start what a killed writer left', async () => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    await store.storePage(articleResult({ at: 1 }));
    const files = recordFiles(dataDir);
    const copy = join(dataDir, 'duplicates/sputniknews.cn/2024/05');
    mkdirSync(copy, { recursive: true });
    writeFileSync(join(copy, '1000000001.json'), files[FILE]!);
    writeFileSync(join(dataDir, 'articles/sputniknews.cn/2024/05/.1000000001.json.0123abcd.tmp'), '{"torn');
    // Opened without the first being closed, as after a kill.
    await opened(dataDir);
    expect(recordFiles(dataDir)).toEqual(files);
  });

  it('indexes the article files again when the catalogue is missing, and loses no history', async () => {
    const dataDir = scratchFolder();
    const first = await opened(dataDir);
    await first.storePage(articleResult({ at: 1, text: 'A' }));
    await first.storePage(articleResult({ at: 2, text: 'B' }));
    await first.storePage(articleResult({ at: 2, articleId: '2000000002', text: 'B' }));
    const counts = first.queries.corpus.counts();
    await first.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(dataDir, `catalogue.db${suffix}`), { force: true });
    const store = await opened(dataDir);
    expect({ ...store.queries.corpus.counts(), pages: {} }).toEqual({ ...counts, pages: {} });
    expect((await store.storePage(articleResult({ at: 3, text: 'C' }))).record?.revisions).toHaveLength(2);
    expect((await store.storePage(articleResult({ at: 1, text: 'A' }))).outcome).toBe('unchanged');
    expect(store.queries.article('sputniknews.cn/1000000001')?.revisions).toHaveLength(2);
  });

  it('sets a record aside that cannot be read, and makes it again', async () => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir, { readObservation: () => Promise.resolve(observed({ at: 1, text: 'A' })) });
    await store.storePage(articleResult({ at: 1, text: 'A' }));
    writeFileSync(join(dataDir, FILE), '{"schemaVersion": 1, "id');
    const processed = await store.storePage(articleResult({ at: 2, text: 'B' }));
    expect(processed.record?.revisions).toMatchObject([{ body: [{ text: 'A' }] }]);
    expect(recordFiles(dataDir)).toHaveProperty([`damaged/${FILE}`], '{"schemaVersion": 1, "id');
  });

  describe('with a record overwritten with rubbish', () => {
    const all = [observed({ at: 1, text: 'A' }), observed({ at: 2, articleId: '1000000005', text: 'A' })];
    const readObservation: ReadObservation = ({ offset }) =>
      Promise.resolve(all.find(({ capture }) => capture.offset === offset) ?? null);

    it('makes it again from its captures when a page is answered with 304, and says nothing else', async () => {
      const dataDir = scratchFolder();
      const store = await opened(dataDir, { readObservation });
      await store.storePage(pageResultOf(all[0]!));
      const before = JSON.parse(readFileSync(join(dataDir, FILE), 'utf8')) as object;
      writeFileSync(join(dataDir, FILE), Buffer.alloc(300, 0xff));
      const answer = { kind: 'notModified', page: PAGE, capture: captureOf({ at: 5 }) } as const;
      expect(await store.storePage(answer)).toMatchObject({ outcome: 'unchanged', isRepeat: false });
      const after: unknown = JSON.parse(readFileSync(join(dataDir, FILE), 'utf8'));
      expect(after).toEqual({ ...before, lastSeenAt: instant(5) });
      expect(recordFiles(dataDir)).toHaveProperty([`damaged/${FILE}`]);
    });

    it('makes it again when only an article that repeats it arrives', async () => {
      const dataDir = scratchFolder();
      const store = await opened(dataDir, { readObservation });
      await store.storePage(pageResultOf(all[0]!));
      writeFileSync(join(dataDir, FILE), '');
      const stored = await store.storePage(pageResultOf(all[1]!));
      expect(stored.outcome).toBe('duplicate');
      expect(store.queries.article('sputniknews.cn/1000000001')?.duplicates).toEqual(['sputniknews.cn/1000000005']);
    });

    it('counts the page as failed while its captures are lost, and has it come whole the next time', async () => {
      const dataDir = scratchFolder();
      const store = await opened(dataDir, { readObservation: () => Promise.resolve(null) });
      const [{ article, capture }] = [all[0]!];
      await store.storePage(pageResultOf({ article, capture: { ...capture, etag: '"1"' } }));
      writeFileSync(join(dataDir, FILE), '{"id": 1');
      const answer = { kind: 'notModified', page: PAGE, capture: captureOf({ at: 5 }) } as const;
      expect(await store.storePage(answer)).toMatchObject({ outcome: 'failed', record: null });
      expect(store.queries.pages.known([PAGE.pageId]).get(PAGE.pageId)).toMatchObject({
        etag: null,
        endState: 'stored',
      });
      const again = await store.storePage(articleResult({ at: 6, text: 'A' }));
      expect(again.record?.body).toMatchObject([{ text: 'A' }]);
      expect(store.queries.article('sputniknews.cn/1000000001')).toEqual(again.record);
    });
  });

  it('bounds the record of a page that changes at every fetch, and tells of it', async () => {
    const dataDir = scratchFolder();
    const told: unknown[] = [];
    const log = { ...silentLogger, warn: (fields: unknown) => void told.push(fields) } as typeof silentLogger;
    const store = await opened(dataDir, { log });
    const fetches = Array.from({ length: 120 }, (_, index) => ({ at: index + 1, text: `Seen ${index} times` }));
    for (const fetch of fetches) expect((await store.storePage(articleResult(fetch))).record).not.toBeNull();
    const record = store.queries.article('sputniknews.cn/1000000001');
    expect(record?.revisions.length).toBe(NEWEST_STATES_MAX);
    expect(record?.revisions[0]?.body).toMatchObject([{ text: 'Seen 0 times' }]);
    expect(record?.body).toMatchObject([{ text: 'Seen 119 times' }]);
    expect(told).toContainEqual(expect.objectContaining({ event: 'record.compacted', pageId: PAGE.pageId }));
  });

  it('refuses a record that nobody could read, alone, and keeps what was there', async () => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    await store.storePage(articleResult({ at: 1, text: 'A' }));
    const before = recordFiles(dataDir);
    const { article, capture } = observed({ at: 2, text: 'A' });
    const images = [{ url: 'https://sputniknews.cn/a.jpg', caption: 'x'.repeat(65_000_000), credit: null }];
    const tooLarge = store.storePage(pageResultOf({ article: { ...article, images }, capture }));
    const other = store.storePage(articleResult({ at: 3, articleId: '1000000009', text: 'B' }));
    await expect(tooLarge).rejects.toMatchObject({ code: 'record.tooLarge' });
    expect((await other).outcome).toBe('new');
    expect(recordFiles(dataDir)).toMatchObject(before);
    expect(store.queries.article('sputniknews.cn/1000000001')?.revisions).toEqual([]);
  });
});
