import { beforeAll, describe, expect, it } from 'vitest';
import { OUTCOMES } from '../../../src/domain/outcome.js';
import type { PageResult } from '../../../src/domain/page-result.js';
import type { CrawlSummary } from '../../../src/queue/crawl-jobs.js';
import { captureOf } from '../records/observations.js';
import { articleResult } from '../store/fixtures.js';
import { ask } from './ask.js';
import { elements, emptySite, FAMILY, textIn } from './page-site.js';

const DAY = '2024-05-01';
const DAY_SECONDS = 86_400;
/** An edition and a topic that have left the configuration, with what was stored of them. */
const LEFT = 'am.sputniknews.ru';
const LEFT_TOPIC = 'moon';
/** A page of them all is opened once; more than this is a site without end. */
const PAGES_MAX = 600;
/** Of what there are very many of one kind, so many are asked for. */
const ALIKE_MAX = 2;

const pageOf = (articleId: string) => ({
  page: {
    pageId: `${FAMILY}/${articleId}` as const,
    family: FAMILY,
    url: `https://${FAMILY}/20240501/${articleId}.html`,
  },
});

const TAG_PAGE = {
  ...{ edition: FAMILY, family: FAMILY, topic: 'azerbaijan', path: '/tag_azerbaijan/' },
  ...{ learnedFrom: `https://${FAMILY}/`, seenAt: `${DAY}T08:00:00Z` },
};
const BACKFILL = {
  ...{ runId: 'fill', editions: [FAMILY, LEFT], since: DAY, until: DAY, done: 1, parts: 3 },
  ...{ isPaused: false, day: DAY, pagesPerHour: 10, pagesToGo: 20, etaAt: null },
};

/** Of each kind of page and each kind of link some. */
async function fullSite(): Promise<string> {
  const runs: CrawlSummary[] = [];
  const gap = { day: DAY, route: 'feed', reason: 'timeout', failedAt: `${DAY}T09:00:00Z` } as const;
  const { store, origin } = await emptySite(
    {
      notifications: () => ({ rules: [], troubles: [], undelivered: { count: 0, messages: [] } }),
      listDays: () => ({ gaps: [gap], unreadDays: [DAY] }),
    },
    { runs, orders: [BACKFILL] },
  );
  let at = 0;
  const outcomes = new Map<string, Record<string, number>>();
  const keep = async (result: PageResult): Promise<void> => {
    const { outcome } = await store.storePage(result);
    const ofRun = outcomes.get(result.runId ?? '') ?? {};
    outcomes.set(result.runId ?? '', { ...ofRun, [outcome]: (ofRun[outcome] ?? 0) + 1 });
  };
  const added = (sketch: Partial<Parameters<typeof articleResult>[0]>, topics?: string[], runId = 'run-1') => {
    const result = articleResult({ at: (at += 1), ...sketch }) as Extract<PageResult, { kind: 'article' }>;
    const article = topics === undefined ? result.article : { ...result.article, topics };
    return keep({ ...result, article, runId, tagPages: [TAG_PAGE] });
  };
  const id = (n: number): string => String(1_000_000_000 + n);
  for (let n = 0; n < 8; n += 1) {
    const topics = n % 3 === 0 ? ['armenia', 'azerbaijan'] : n % 3 === 1 ? ['azerbaijan'] : ['armenia', LEFT_TOPIC];
    const publishedAt = `2024-04-${String(20 + (n % 10))}T08:00:00Z`;
    await added({ articleId: id(n), text: `第${n}条新闻的全文 ${'内容'.repeat(n + 3)}`, publishedAt }, topics);
  }
  await added({ articleId: id(0), text: '第0条新闻的全文，改过了', publishedAt: '2024-04-20T08:00:00Z' }, ['armenia']);
  await added(
    {
      articleId: id(1),
      title: 'Title!',
      text: '第1条新闻的全文 内容内容内容内容',
      publishedAt: '2024-04-21T08:00:00Z',
    },
    ['azerbaijan'],
  );
  for (const n of [20, 21])
    await added({ articleId: id(n), text: 'The same words at two addresses. '.repeat(9) }, ['armenia']);
  await added({ articleId: id(30), edition: LEFT, family: LEFT, text: 'Gone from here.' }, [LEFT_TOPIC]);
  await added({ articleId: id(40), onTopic: false, text: 'Sport.' }, undefined, 'run-2');
  const big5 = 'big5.sputniknews.cn';
  await added(
    { articleId: id(2), edition: big5, family: FAMILY, url: `https://${big5}/20240501/${id(2)}.html` },
    ['armenia'],
    'run-2',
  );
  const result = (more: object, n: number) =>
    keep({ ...pageOf(id(n)), capture: captureOf({ at: (at += 1) }), runId: 'run-2', ...more } as PageResult);
  for (const days of [6, 8]) {
    const capture = { ...captureOf({ at: days * DAY_SECONDS }), status: 410 };
    await result({ kind: 'gone', reason: 'gone', capture }, 3);
  }
  await result({ kind: 'quarantined', code: 'extract.timeout', detail: 'took long', attempts: 2 }, 50);
  await result({ kind: 'unreachable', reason: 'timeout' }, 51);
  await result({ kind: 'notArticle', reason: 'emptyBody' }, 52);
  await announce(store, [0, 1, 50, 60].map(id));
  for (const [name, ofRun] of outcomes) {
    const run = summaryOf(name, ofRun);
    runs.push(run);
    await store.recordRun(run);
  }
  return origin();
}

async function announce(store: Awaited<ReturnType<typeof emptySite>>['store'], ids: readonly string[]): Promise<void> {
  const { path } = TAG_PAGE;
  const list = {
    listUrl: `https://${FAMILY}${path}`,
    route: 'tag',
    tagPath: path,
    pages: ids.map((one) => pageOf(one).page),
  } as const;
  const days = { from: '20240501', to: '20240501' };
  const fetch = { edition: FAMILY, family: FAMILY, kind: 'tag', days, isWhole: false, failure: null } as const;
  await store.storeList({ ...list, fetch, capture: captureOf({ at: 900 }) });
  const feed = {
    ...list,
    listUrl: `https://${FAMILY}/export/rss2/`,
    route: 'feed',
    tagPath: null,
    pages: list.pages.slice(2),
  } as const;
  await store.storeList({ ...feed, fetch: { ...fetch, kind: 'feed' }, capture: captureOf({ at: 901 }) });
}

function summaryOf(runId: string, outcomes: Readonly<Record<string, number>>): CrawlSummary {
  const fetched = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  return {
    ...{ runId, startedAt: '2024-05-10T11:00:00Z', durationMs: 4_000, editions: [FAMILY, LEFT], requests: fetched + 2 },
    ...{ found: fetched + 5, skipped: 5, fetched, requestedBy: 'poll', aborted: false },
    unreachable: [FAMILY, LEFT].map((edition) => ({ edition, reason: 'timeout' })),
    outcomes: { ...Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])), ...outcomes },
  } as CrawlSummary;
}

interface Opened {
  readonly path: string;
  readonly status: number;
  readonly body: string;
  readonly links: readonly { readonly href: string; readonly words: string }[];
}

const pathOf = (href: string): string => href.split('#')[0] ?? '';
/** Captures are made up here, and the API is not served: the walk over the test site follows those links. */
const isFollowed = (href: string): boolean => /^\/(?!captures\/|api\/)/.test(href);

/** Opens every page of the site once, each from the link to it. */
async function openAll(origin: string): Promise<Map<string, Opened>> {
  const opened = new Map<string, Opened>();
  const alike = new Map<string, number>();
  const waiting = ['/', '/?days=all', '/?topic=armenia', '/runs', `/coverage?edition=${FAMILY}&year=2024`];
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const kind = kindOf(path);
    if (opened.has(path) || (kind !== null && alike.get(kind) === ALIKE_MAX)) continue;
    if (kind !== null) alike.set(kind, (alike.get(kind) ?? 0) + 1);
    if (opened.size === PAGES_MAX) throw new Error(`more than ${PAGES_MAX} pages: ${path}`);
    const { status, body, headers } = await ask(origin + path, { accept: 'text/html' });
    const links = String(headers['content-type']).startsWith('text/html') ? linksIn(body) : [];
    opened.set(path, { path, status, body, links });
    waiting.push(...links.map(({ href }) => pathOf(href)).filter(isFollowed));
  }
  return opened;
}

/** Of a feed or a download its form, of a day without anything its edition. */
function kindOf(path: string): string | null {
  return path.includes(`/${DAY}`) ? null : (/^\/(?:download|feeds|coverage)\/[\w.]+/.exec(path)?.[0] ?? null);
}

function linksIn(body: string): Opened['links'] {
  return elements(body, 'a').flatMap((element) => {
    const href = element.attribs?.['href'];
    return href === undefined ? [] : [{ href, words: textIn(element) }];
  });
}

describe('the links of all pages', () => {
  let opened: Map<string, Opened>;

  beforeAll(async () => {
    opened = await openAll(await fullSite());
  });

  it('lead to no page that is missing or refused', () => {
    expect(opened.size).toBeGreaterThan(100);
    expect(
      [...opened.values()].filter(({ status }) => status !== 200).map(({ path, status }) => [path, status]),
    ).toEqual([]);
  });

  it('are none to what has left the configuration, which is told all the same', () => {
    const all = [...opened.values()].flatMap(({ links }) => links.map(({ href }) => href));
    expect(all).toContain(`/articles/${LEFT}/1000000030`);
    const lists = all.filter((href) => /^\/(?:articles|edits|coverage)\?|^\/coverage\//.test(href));
    expect(lists.filter((href) => href.includes(LEFT) || href.includes(LEFT_TOPIC))).toEqual([]);
    expect(opened.get(`/articles/${LEFT}/1000000030`)?.body).toContain(LEFT);
  });

  it('that are a number lead to exactly as many', () => {
    const compared = new Map<string, number>();
    const behind = new Map<string, number>();
    for (const { path, links } of opened.values()) {
      for (const { href, words } of links) {
        const count = countToldBy(href, words);
        if (count === null) continue;
        const kind = /^\/(?:delays|runs(?=\/)|[a-z]*)/.exec(href)?.[0] ?? '';
        const listed = behind.get(pathOf(href)) ?? countBehind(opened, pathOf(href));
        behind.set(pathOf(href), listed);
        expect([path, href, listed]).toEqual([path, href, count]);
        compared.set(kind, (compared.get(kind) ?? 0) + 1);
      }
    }
    expect([...compared.keys()].sort()).toEqual(['/articles', '/delays', '/edits', '/pages', '/quarantine', '/runs']);
    expect(compared.get('/pages')).toBeGreaterThan(20);
    expect(compared.get('/articles')).toBeGreaterThan(40);
  });
});

/** @returns null for links that count nothing, or whose number their own page repeats: sums of a run, what is asked for by others. */
function countToldBy(href: string, words: string): number | null {
  if (/^\/(?:coverage|api|\?|$)|#(?:sums|unreachable|edits)$|^\/runs\/[^?]+#pages$/.test(href)) return null;
  const [, digits] = /^([\d,]+)(?:[a-z ]|$)/.exec(words) ?? [];
  return digits === undefined ? null : Number(digits.replaceAll(',', ''));
}

/** How many things a page lists, all its next pages included; where it tells the number itself, that has to be the same. */
function countBehind(opened: ReadonlyMap<string, Opened>, first: string): number {
  let listed = 0;
  let told: number | null = null;
  for (let path: string | undefined = first; path !== undefined;) {
    const body: string = opened.get(path)?.body ?? '';
    const status = elements(body, 'p').find(({ attribs }) => attribs?.['role'] === 'status');
    told ??= status === undefined ? null : Number(/[\d,]+/.exec(textIn(status))?.[0].replaceAll(',', '') ?? 0);
    const items = elements(body, 'li').filter(({ children }) => children?.some(({ name }) => name === 'h2'));
    const main = elements(body, 'table').filter((table) => !textIn(table).startsWith('Jobs'));
    listed += items.length + (main.at(-1) === undefined ? 0 : elements(body, 'tr').length - main.length);
    path = elements(body, 'a').find(({ attribs }) => attribs?.['rel'] === 'next')?.attribs?.['href'];
  }
  if (told !== null && told !== listed) throw new Error(`${first} tells ${told} and lists ${listed}`);
  return listed;
}
