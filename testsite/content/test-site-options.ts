import type { Clock } from '../../src/platform/clock.js';

/** How a test site is set up. All but the first three have defaults. */
export interface TestSiteOptions {
  /** Decides every text, time and tag. */
  readonly seed: number;
  /** Distinct stories in all, divided evenly among the families of the editions. */
  readonly stories: number;
  readonly clock: Clock;
  /** Edition ids; default `sputniknews.cn`, `big5.sputniknews.cn`, `am.sputniknews.ru`. */
  readonly editions?: readonly string[];
  /** Stories are spread over this many days before now; default 30. */
  readonly days?: number;
  /** … and this many days after now: they appear when their time has come; default 0. */
  readonly futureDays?: number;
  /** Share of stories tagged Armenia, Azerbaijan or both; default 0.4. */
  readonly onTopicShare?: number;
  /** Share of the oldest stories that stand in the old engine's markup; at least one per family; default 0.02. */
  readonly oldEngineShare?: number;
  /** Share of pages without text: galleries and videos, and polls, which are no articles; default 0. */
  readonly notArticleShare?: number;
  /** Pairs per family published on purpose: the same text under another id, and a lightly edited one; default none. */
  readonly duplicates?: { readonly exact: number; readonly near: number };
  /** Items in the feed; default 100. */
  readonly feedDepth?: number;
  /** Items on a first list page and in each fragment; default 20. */
  readonly listPageSize?: number;
  /** First loopback port, the editions taking consecutive ones; 0 (default): any free ports. */
  readonly port?: number;
  /** Articles carry ETag and Last-Modified and answer 304; default true. */
  readonly conditional?: boolean;
  /** Answers are gzipped for who accepts it; default true. */
  readonly gzip?: boolean;
  /** Each answer is held back this long; default 0. */
  readonly latencyMs?: number;
  /** Articles are padded with navigation and scripts to about this size, e.g. 86000; default 0: not at all. */
  readonly pageBytes?: number;
  /** Stories share hardly a phrase, as real news do; default false: texts by a grammar, which look alike. */
  readonly diverseTexts?: boolean;
  /** The sitemap shows a story this long after it was published; default 0. */
  readonly sitemapLagMs?: number;
  /** The feed shows a story this long after it was published; default 0. */
  readonly feedLagMs?: number;
  /** Load-more fragments show the list as it was this long ago; default 0. */
  readonly moreLagMs?: number;
  /** `Crawl-delay` of robots.txt in seconds; default null: none. */
  readonly crawlDelaySeconds?: number | null;
  /** Lines put into robots.txt instead of the usual ones. */
  readonly robotsText?: string;
  /** True: every answer differs by a counter outside the article, and carries no validators; default false. */
  readonly noise?: boolean;
  /** Requests kept in the log, the newest ones; default 200,000. */
  readonly requestsLoggedMax?: number;
  /** Rendered pages kept in memory, in bytes; default 512 MB. */
  readonly cacheBytesMax?: number;
}

export type TestSiteSettings = Required<TestSiteOptions>;

export function withDefaults(options: TestSiteOptions, defaultEditions: readonly string[]): TestSiteSettings {
  return {
    editions: defaultEditions,
    days: 30,
    futureDays: 0,
    onTopicShare: 0.4,
    oldEngineShare: 0.02,
    notArticleShare: 0,
    duplicates: { exact: 0, near: 0 },
    feedDepth: 100,
    listPageSize: 20,
    port: 0,
    conditional: true,
    gzip: true,
    latencyMs: 0,
    pageBytes: 0,
    diverseTexts: false,
    sitemapLagMs: 0,
    feedLagMs: 0,
    moreLagMs: 0,
    crawlDelaySeconds: null,
    robotsText: '',
    noise: false,
    requestsLoggedMax: 200_000,
    cacheBytesMax: 512 * 1024 * 1024,
    ...options,
  };
}
