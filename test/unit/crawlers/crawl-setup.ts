import type { CrawlPlan } from '../../../src/crawlers/requests/crawl-run.js';
import type { CrawlSettings } from '../../../src/crawlers/requests/crawl-run.js';
import { SharedTurns } from '../../../src/platform/in-turns.js';
import { runCrawl } from '../../../src/crawlers/crawl.js';
import type { CrawlDependencies } from '../../../src/crawlers/open-crawl.js';
import type { KnownPages } from '../../../src/crawlers/requests/select-articles.js';
import type { CrawlTally } from '../../../src/crawlers/requests/crawl-tally.js';
import type { Edition, Topic } from '../../../src/domain/edition.js';
import type { FetchResult, KnownPage, PageId } from '../../../src/domain/page.js';
import { decodeBody } from '../../../src/platform/decode-body.js';
import { silentLogger } from '../../../src/platform/logger.js';
import { readReceivedList } from '../../../src/sputnik/lists/parse-list.js';
import { createUrlRules } from '../../../src/sputnik/urls/url-rules.js';
import { TestThrottle } from './test-throttle.js';

export const TOPICS: readonly Topic[] = [
  { id: 'armenia', names: ['亞美尼亞', '亚美尼亚', 'Армения'], enabled: true },
  { id: 'azerbaijan', names: ['阿塞拜疆', 'Азербайджан'], enabled: true },
];

/** An edition that is fetched from `fetchFrom`. */
export function edition(id: string, fetchFrom: string | null, changes: Partial<Edition> = {}): Edition {
  return {
    id,
    family: id === 'big5.sputniknews.cn' ? 'sputniknews.cn' : id,
    hosts: [id],
    formerHosts: [],
    language: 'ru',
    timeZone: 'UTC',
    fetchFrom,
    seedArticles: [],
    tagPages: {},
    enabled: true,
    ...changes,
  };
}

/** Quick settings: no delay, no browser. */
export function settings(changes: { [K in keyof CrawlSettings]?: Partial<CrawlSettings[K]> } = {}): CrawlSettings {
  return {
    politeness: {
      delayMs: 0,
      concurrencyPerHost: 4,
      obeyRobots: true,
      userAgent: 'sputnik-harvester/0.1 (+https://example.org/)',
      timeoutMs: 5_000,
      bodyBytesMax: 2_000_000,
      retries: 0,
      ...changes.politeness,
    },
    proxy: { urls: [], ...changes.proxy },
    browser: { mode: 'never', executablePath: null, pagesMax: 50, deadlineMs: 20_000, ...changes.browser },
    crawl: {
      via: ['feed', 'tag', 'sitemap'],
      recheck: [],
      retryMinutes: [5],
      itemsMax: 100_000,
      listPagesMax: 50,
      sitemapDays: 2,
      ...changes.crawl,
    },
  };
}

export function plan(editions: readonly Edition[], changes: Partial<CrawlPlan> = {}): CrawlPlan {
  return {
    runId: 'run-1',
    editions,
    topics: TOPICS,
    via: ['feed', 'tag', 'sitemap'],
    since: null,
    until: null,
    urls: [],
    refetch: false,
    revisitOnly: false,
    archiveOnly: false,
    failedPages: 'ask',
    isPatient: false,
    limit: null,
    fetchedBefore: new Set(),
    ...changes,
  };
}

/**
 * Stands in for the catalogue: remembers what reached the sink, and learns tag pages from the tag links of articles
 * that name a topic, as the page worker does.
 */
export class MemoryCatalogue implements KnownPages {
  readonly pages = new Map<PageId, KnownPage>();
  readonly results: FetchResult[] = [];
  readonly learned = new Map<string, Set<string>>();
  dueNow: PageId[] = [];

  readonly sink = (result: FetchResult): Promise<void> => {
    this.results.push(result);
    const { target } = result;
    if (target.pageId !== null) this.pages.set(target.pageId, this.#note(target.pageId, result));
    return Promise.resolve();
  };

  find(pageIds: readonly PageId[]): Promise<ReadonlyMap<PageId, KnownPage>> {
    const found = new Map<PageId, KnownPage>();
    for (const pageId of pageIds) {
      const page = this.pages.get(pageId);
      if (page !== undefined) found.set(pageId, page);
    }
    return Promise.resolve(found);
  }

  tagPages(editionId: string): Promise<readonly string[]> {
    return Promise.resolve([...(this.learned.get(editionId) ?? [])]);
  }

  due(editionId: string): Promise<readonly KnownPage[]> {
    return Promise.resolve(
      this.#ofEdition(editionId).filter(
        ({ pageId, endState }) => this.dueNow.includes(pageId) || endState === 'unreachable',
      ),
    );
  }

  failed(editionId: string): Promise<readonly KnownPage[]> {
    return Promise.resolve(this.#ofEdition(editionId).filter(({ failures }) => failures > 0));
  }

  async *all(editionId: string): AsyncIterable<KnownPage> {
    await Promise.resolve();
    yield* this.#ofEdition(editionId);
  }

  #ofEdition(editionId: string): KnownPage[] {
    return [...this.pages.values()].filter(({ pageId }) => pageId.startsWith(`${editionId}/`));
  }

  set(pageId: PageId, changes: Partial<KnownPage>): void {
    const page = this.pages.get(pageId);
    if (page === undefined) throw new Error(`${pageId} is not known`);
    this.pages.set(pageId, { ...page, ...changes });
  }

  articles(): FetchResult[] {
    return this.results.filter(({ target }) => target.kind === 'article');
  }

  lists(kind: string): FetchResult[] {
    return this.results.filter(({ target }) => target.kind === kind);
  }

  #note(pageId: PageId, result: FetchResult): KnownPage {
    const before = this.pages.get(pageId);
    const header = (name: string): string | null =>
      result.kind === 'response' ? (result.headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? null) : null;
    const onTopic = result.kind === 'response' && this.#learn(result.target.edition, decodedText(result));
    const read = result.kind === 'response' ? (onTopic ? 'stored' : 'offTopic') : (before?.endState ?? 'pending');
    return {
      pageId,
      url: result.target.url,
      endState: result.kind === 'failure' ? 'unreachable' : read,
      reason: result.kind === 'failure' ? result.reason : null,
      lastFetchedAt: result.kind === 'failure' ? (before?.lastFetchedAt ?? null) : result.fetchedAt,
      etag: header('etag') ?? before?.etag ?? null,
      lastModified: header('last-modified') ?? before?.lastModified ?? null,
      publishedAt: null,
      failures: result.kind === 'failure' ? (before?.failures ?? 0) + 1 : 0,
      tagListedAt: before?.tagListedAt ?? null,
    };
  }

  #learn(editionId: string, html: string): boolean {
    const names = new Set(TOPICS.flatMap((topic) => topic.names));
    let onTopic = false;
    for (const [, path = '', name = ''] of html.matchAll(
      /<a href="(\/[a-z]+_[^"]+\/)" class="tag__text"[^>]*>([^<]+)</g,
    )) {
      if (!names.has(name)) continue;
      onTopic = true;
      const learned = this.learned.get(editionId) ?? new Set();
      this.learned.set(editionId, learned.add(path));
    }
    return onTopic;
  }
}

export function decodedText(result: FetchResult): string {
  if (result.kind !== 'response') return '';
  const encoding = result.headers.find(([name]) => name.toLowerCase() === 'content-encoding')?.[1] ?? '';
  const decoded = decodeBody(result.body, encoding, 50_000_000);
  return decoded.kind === 'decoded' ? decoded.bytes.toString('utf8') : '';
}

export interface BenchOptions extends Partial<CrawlDependencies> {
  /** Editions that are configured beside those of the plan. */
  readonly configured?: readonly Edition[];
}

/** Crawls with everything set that a test does not care about. */
export function crawl(
  crawlPlan: CrawlPlan,
  catalogue: MemoryCatalogue,
  options: BenchOptions = {},
): Promise<CrawlTally> {
  const { configured = [], ...deps } = options;
  const clock = deps.clock ?? { now: () => Date.now() };
  const urlRules = createUrlRules([...crawlPlan.editions, ...configured]);
  return runCrawl(crawlPlan, {
    known: catalogue,
    sink: catalogue.sink,
    allProcessed: () => Promise.resolve(),
    throttle: new TestThrottle(() => performance.now()),
    clock,
    log: silentLogger,
    settings: settings(),
    urlRules,
    parseList: (task) => Promise.resolve(readReceivedList(task, urlRules)),
    robotsCache: new Map(),
    browserTurns: new SharedTurns(),
    signal: new AbortController().signal,
    random: () => 0,
    ...deps,
  });
}
