import {
  robotsRequest,
  type CrawlRun,
  type EditionCrawl,
  type FailedContext,
  type RouteContext,
} from '../requests/crawl-run.js';
import type { NewRequest } from '../requests/request-data.js';
import { dayRequests, feedRequest, tagPagesStep } from './lists.js';
import { duePages, eachOf, revisitStep } from './article.js';
import { sitemapStart, sitemapIndexRequest } from './sitemap.js';

export async function handleRobots(context: RouteContext): Promise<void> {
  const { request, run } = context;
  const fetched = await run.fetcher.fetch(request);
  if (fetched === null) return;
  const { result, decoded } = fetched;
  const isText = result.kind === 'response' && result.status < 300;
  const { edition } = run.edition(request.userData.edition);
  await run.robots.learn(edition, isText ? decoded : null);
  tellCrawlDelay(run, edition.id);
  await begin(context);
}

/** With a pause as long as this a day has no more than some thousand requests, back-fills included. */
const TOLD_DELAY_MS_MIN = 10_000;

function tellCrawlDelay({ robots, settings, log }: CrawlRun, edition: string): void {
  const durationMs = robots.crawlDelayOf(edition);
  if (durationMs < TOLD_DELAY_MS_MIN || durationMs <= settings.politeness.delayMs) return;
  log.warn({ event: 'robots.slow', edition, durationMs }, 'robots.txt wants so long a pause after each request');
}

export async function handleRobotsFailure(context: FailedContext): Promise<void> {
  const { request, run, failure } = context;
  const { edition } = run.edition(request.userData.edition);
  const { status, reason, detail } = failure;
  // RFC 9309, §2.3.1.3: any 4xx means that there are no rules; 429 is a host that has had enough.
  if (status !== null && status >= 400 && status < 500 && status !== 429) {
    await run.robots.learn(edition, null);
    await begin(context);
    return;
  }
  run.robots.close(edition);
  run.counts.failed(edition.id, reason, `robots.txt: ${detail}`);
  const why = `${detail}: nothing may be asked for`;
  run.counts.problem({ edition: edition.id, foundBy: 'robots', url: request.url, reason, detail: why });
}

/** Goes on once the rules are known. */
async function begin({ request, addRequests, run }: RouteContext): Promise<void> {
  const crawl = run.edition(request.userData.edition);
  if (!crawl.hasBegun) await addRequests(await editionRequests(run, crawl));
}

/** What a run begins with: robots.txt of each edition, and of those whose rules are known what the plan wants of them. */
export async function firstRequests(run: CrawlRun): Promise<NewRequest[]> {
  const ofEach = run.plan.editions.map(async ({ id }) => {
    const crawl = run.edition(id);
    return (await run.robots.isDue(crawl.edition)) ? [robotsRequest(run, crawl)] : editionRequests(run, crawl);
  });
  return (await Promise.all(ofEach)).flat();
}

/** What the plan wants of an edition, in the order in which it is carried out. */
async function editionRequests(run: CrawlRun, crawl: EditionCrawl): Promise<NewRequest[]> {
  const { plan, articles } = run;
  const { edition } = crawl;
  crawl.hasBegun = true;
  if (plan.archiveOnly) return [sitemapIndexRequest(crawl, null)];
  if (plan.urls.length > 0) {
    const named = plan.urls.filter((article) => article.edition === edition.id);
    return articles.select(
      named.map((article) => ({ article, foundBy: 'url', modifiedAt: null })),
      null,
    );
  }
  if (!plan.refetch) {
    const due = duePages(run, edition.id);
    articles.setDue(await due);
    // If lists are read first, they may announce pages that are due by then.
    if (plan.revisitOnly) crawl.due = eachOf(due);
  }
  return [...(plan.revisitOnly ? [] : await discoveryRequests(run, crawl)), revisitStep(crawl)];
}

async function discoveryRequests(run: CrawlRun, crawl: EditionCrawl): Promise<NewRequest[]> {
  const { via } = run.plan;
  const requests: NewRequest[] = [];
  if (via.includes('tag')) requests.push(...(await seedRequests(run, crawl)));
  if (via.includes('feed')) requests.push(feedRequest(crawl));
  if (via.includes('tag')) requests.push(tagPagesStep(crawl, 0));
  if (via.includes('sitemap')) requests.push(sitemapStart(crawl));
  if (via.includes('day')) requests.push(...dayRequests(run, crawl));
  if (via.includes('tag')) requests.push(tagPagesStep(crawl, 1));
  return requests;
}

/** Seed articles teach tag pages; while none is known they are read whatever days are asked for. */
async function seedRequests(
  { urlRules, known, articles }: CrawlRun,
  { edition, window }: EditionCrawl,
): Promise<NewRequest[]> {
  const seeds = edition.seedArticles.flatMap((path) => {
    const article = urlRules.parse(path, `https://${edition.id}/`);
    return article === null ? [] : [{ article, foundBy: 'seed', modifiedAt: null } as const];
  });
  const isTaught = Object.keys(edition.tagPages).length > 0 || (await known.tagPages(edition.id)).length > 0;
  return articles.select(seeds, isTaught ? window : null);
}
