import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../config/config.js';
import type { SettingsTree } from '../../config/config-layers.js';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { ORDINARY_CRAWL, type CrawlState, type CrawlSummary } from '../../queue/crawl-jobs.js';
import type { Runtime } from '../harvester/runtime.js';
import { requestCrawl } from './request-crawl.js';

interface DemoRequest extends Runtime {
  readonly signal: AbortSignal;
  /** Lays the demo's own settings over those in force. */
  readonly withOverrides: (overrides: SettingsTree) => Config;
  readonly onStep: (step: DemoStep) => void;
}

export type DemoStep =
  | {
      readonly kind: 'siteStarted';
      readonly editions: readonly { id: string; origin: string }[];
      readonly pages: number;
    }
  | { readonly kind: 'crawling'; readonly round: number; readonly state: CrawlState }
  | { readonly kind: 'crawled'; readonly round: number; readonly summary: CrawlSummary };

export interface DemoResult {
  /** Where the demo's corpus lies. */
  readonly config: Config;
  /** Pages of the site that are on a topic, by the site's own truth. */
  readonly onTopicPages: number;
  readonly summaries: readonly CrawlSummary[];
}

const STORIES = 300;
const SEED = 20230412;

/**
 * The main job, end to end, on real parts: a local test site over HTTP, an embedded Redis, both queues,
 * files on disk. Crawls twice: the second time nothing that has not changed is fetched.
 *
 * The corpus lies in `<dataDir>/demo`, which is emptied first: safe to repeat.
 */
export async function runDemo(request: DemoRequest): Promise<DemoResult> {
  const { clock, onStep } = request;
  const testSite = await startTestSite({ seed: SEED, stories: STORIES, clock, duplicates: { exact: 2, near: 2 } });
  try {
    const config = request.withOverrides(demoSettings(request.config, testSite));
    await rm(config.dataDir, { recursive: true, force: true });
    const truth = testSite.truth();
    onStep({
      kind: 'siteStarted',
      editions: testSite.editions.map((id) => ({ id, origin: testSite.origin(id) })),
      pages: truth.length,
    });
    const summaries = [];
    for (const round of [1, 2]) {
      const summary = await crawlOnce({ ...request, config }, round);
      onStep({ kind: 'crawled', round, summary });
      summaries.push(summary);
    }
    return { config, summaries, onTopicPages: truth.filter(({ onTopic }) => onTopic).length };
  } finally {
    await testSite.stop();
  }
}

async function crawlOnce(request: DemoRequest, round: number): Promise<CrawlSummary> {
  const answer = await requestCrawl(
    {
      ...ORDINARY_CRAWL,
      requestedBy: 'demo',
      via: ['feed', 'tag', 'sitemap', 'day'],
      attached: true,
    },
    {
      ...request,
      detach: false,
      onProgress: (state) => {
        request.onStep({ kind: 'crawling', round, state });
      },
    },
  );
  if (answer.kind === 'detached') throw new Error('the demo waits for its crawl');
  return answer.summary;
}

/** Only the test site's editions, at full speed: the site is our own. */
function demoSettings(config: Config, testSite: TestSite): SettingsTree {
  const others = config.editions.map(({ id }) => [id, { enabled: false }] as const);
  return {
    dataDir: join(config.dataDir, 'demo'),
    redis: { url: config.redis.url, prefix: null },
    politeness: { delayMs: 0, concurrencyPerHost: 8 },
    crawl: { sitemapDays: 40 },
    editions: { ...Object.fromEntries(others), ...testSite.editionConfig() },
  };
}
