import type { Config } from '../../config/config.js';
import { FatalError } from '../../domain/errors.js';
import { toUtcInstant } from '../../platform/clock.js';
import { Closers } from '../../platform/closers.js';
import type { Logger } from '../../platform/logger.js';
import { crawlJobSchema, crawlStateSchema, type CrawlState } from '../../queue/crawl-jobs.js';
import { openQueues } from '../../queue/open-queues.js';
import { findRedis } from '../../redis/find-redis.js';
import { commandPrefix, servicePrefix } from '../harvester/runtime.js';

/** A crawl that is being performed now. What it has asked for without an answer is not captured before its attempts are over. */
export interface CrawlUnderWay {
  readonly runId: string | null;
  /** `cli`, or the schedule's name. */
  readonly requestedBy: string;
  /** UTC instant. */
  readonly startedAt: string;
  /** Null: every enabled edition. */
  readonly editions: readonly string[] | null;
  /** Only these articles; empty: whatever its lists announce. */
  readonly urls: readonly string[];
  /** Article pages that it is asking for at this moment, or will again, with the attempts that failed. */
  readonly trying: NonNullable<CrawlState['trying']>;
}

/** @returns the crawls of the service and of a command; none where no Redis answers. */
export async function readCrawlsUnderWay(config: Config, log: Logger): Promise<CrawlUnderWay[]> {
  const location = findRedis(config);
  if (location === null) return [];
  const closers = new Closers(log);
  try {
    return await closers.closeAfter(async () => {
      const found: CrawlUnderWay[] = [];
      for (const prefix of [servicePrefix(config), commandPrefix(config)]) {
        const { crawl, backfill } = await openQueues(location, prefix, closers);
        for (const job of [...(await crawl.getActive()), ...(await backfill.getActive())]) {
          const { runId, requestedBy, editions, urls } = crawlJobSchema.parse(job.data);
          const { trying = [] } = crawlStateSchema.safeParse(job.progress).data ?? {};
          found.push({ runId, requestedBy, startedAt: toUtcInstant(job.processedOn ?? 0), editions, urls, trying });
        }
      }
      return found;
    });
  } catch (error) {
    if (error instanceof FatalError && error.code.startsWith('redis.')) return [];
    throw error;
  }
}

/** @returns those of the crawls that may be asking for the page. */
export function crawlsAskingFor(
  { url, edition }: { readonly url: string; readonly edition: string },
  crawls: readonly CrawlUnderWay[],
): CrawlUnderWay[] {
  const mayAsk = ({ editions, urls }: CrawlUnderWay): boolean =>
    urls.length > 0 ? urls.includes(url) : editions === null || editions.includes(edition);
  return crawls.filter(mayAsk).map((crawl) => ({ ...crawl, trying: crawl.trying.filter((page) => page.url === url) }));
}
