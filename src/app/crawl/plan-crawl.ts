import type { Config } from '../../config/config.js';
import type { CrawlPlan } from '../../crawlers/requests/crawl-run.js';
import type { Edition } from '../../domain/edition.js';
import { UsageError } from '../../domain/errors.js';
import type { ArticleUrl } from '../../domain/page.js';
import type { CrawlJob } from '../../queue/crawl-jobs.js';
import type { UrlRules } from '../../sputnik/urls/url-rules.js';

/**
 * Turns a job into the crawler's plan. What the job leaves open is filled in from the configuration: every enabled edition and topic, its routes.
 *
 * @throws {UsageError} `crawl.unknownEdition`, `crawl.unknownTopic`, `crawl.unknownAddress`
 */
export function planCrawl(
  job: CrawlJob & { readonly runId: string },
  { config, urlRules }: { readonly config: Config; readonly urlRules: UrlRules },
): Omit<CrawlPlan, 'fetchedBefore'> {
  const { runId, since, until, refetch, revisitOnly, limit } = job;
  const urls = job.urls.map((url) => parseArticleUrl(url, urlRules));
  return {
    ...{ runId, since, until, urls, refetch, revisitOnly, limit },
    editions: editionsFor(job, urls, config),
    topics: topicsFor(job, config),
    via: job.via ?? config.crawl.via,
    archiveOnly: job.archiveOnly === true,
    failedPages: failedPagesOf(job, config),
    isPatient: job.division?.part === 'piece',
  };
}

/** Scheduled runs leave failed pages to the schedule `retry`; a crawl that somebody asks for includes them. */
function failedPagesOf({ requestedBy, attached }: CrawlJob, { schedules }: Config): CrawlPlan['failedPages'] {
  if (requestedBy === ('retry' satisfies keyof Config['schedules'])) return 'only';
  return requestedBy in schedules || (requestedBy === 'fill' && !attached) ? 'leave' : 'ask';
}

function parseArticleUrl(url: string, urlRules: UrlRules): ArticleUrl {
  const parsed = urlRules.parse(url);
  if (parsed !== null) return parsed;
  throw new UsageError(`${url} is no article URL of a configured edition`, { code: 'crawl.unknownAddress' });
}

function editionsFor(job: CrawlJob, urls: readonly ArticleUrl[], { editions }: Config): Edition[] {
  const named = job.editions ?? (urls.length > 0 ? [...new Set(urls.map(({ edition }) => edition))] : null);
  if (named === null) return editions.filter(({ enabled }) => enabled);
  return named.map((id) => {
    const edition = editions.find((candidate) => candidate.id === id);
    if (edition !== undefined) return edition;
    throw new UsageError(`no edition ${id} is configured`, { code: 'crawl.unknownEdition' });
  });
}

function topicsFor(job: CrawlJob, { topics }: Config): Config['topics'] {
  if (job.topics === null) return topics.filter(({ enabled }) => enabled);
  return job.topics.map((id) => {
    const topic = topics.find((candidate) => candidate.id === id);
    if (topic !== undefined) return topic;
    throw new UsageError(`no topic ${id} is configured`, { code: 'crawl.unknownTopic' });
  });
}
