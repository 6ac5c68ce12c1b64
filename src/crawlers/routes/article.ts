import type { FetchResult } from '../../domain/page.js';
import { showsArticle } from '../../sputnik/extractors/classify-page.js';
import type { FailedContext, RouteContext, CrawlRun, EditionCrawl } from '../requests/crawl-run.js';
import type { ArticleData, NewRequest, StepData } from '../requests/request-data.js';
import type { DiscoveredUrl, DuePage } from '../requests/select-articles.js';

/** Fetches an article for the sink. Whether the page is an article, and what it says, is decided elsewhere. */
export async function handleArticle(context: RouteContext<ArticleData>): Promise<void> {
  const fetched = await context.run.fetcher.fetch(context.request);
  if (fetched === null) return;
  const { result, decoded } = fetched;
  // A portal's page in place of the article says nothing of the edition.
  const isPage = result.kind === 'response' && result.status === 200;
  count(context, result, !isPage || (decoded !== null && showsArticle(decoded)));
  if (isPage) await takeTarget(context, result.finalUrl);
}

/**
 * An article to which another one's URL leads now may stand in no list: it is taken as if it stood where the other one was found. One step
 * only: a server may lead from each number to a new one.
 */
async function takeTarget({ request, run, addRequests }: RouteContext<ArticleData>, finalUrl: string): Promise<void> {
  const { edition, pageId, target, isTarget = false } = request.userData;
  if (isTarget || finalUrl === target.url || run.plan.urls.length > 0) return;
  const article = run.urlRules.parse(finalUrl);
  if (article === null || article.edition !== edition || article.pageId === pageId) return;
  const { window } = run.edition(edition);
  const taken = await run.articles.select([{ article, foundBy: target.foundBy, modifiedAt: null }], window);
  await addRequests(taken.map(({ url, userData }) => ({ url, userData: { ...userData, isTarget: true } })));
}

export function handleArticleFailure(context: FailedContext<ArticleData>): void {
  count(context, context.failure, false);
}

function count({ request, run }: RouteContext<ArticleData>, result: FetchResult, isOwnAnswer: boolean): void {
  const { firstFoundBy, reason, pageId, edition } = request.userData;
  const { url } = result.target;
  run.counts.fetchedPage(firstFoundBy, result, isOwnAnswer);
  run.log.debug({ event: 'page.fetched', edition, pageId, url, reason, outcome: result.kind }, 'page fetched');
}

/** Pages taken at a time. */
const BATCH = 500;

/** The step that takes the next known pages: those due by age, or all where everything is to be fetched again. */
export function revisitStep({ edition }: EditionCrawl): NewRequest {
  const userData: StepData = { label: 'revisit', edition: edition.id };
  return { url: `https://${edition.id}/`, skipNavigation: true, userData };
}

export async function handleRevisit({ request, addRequests, run }: RouteContext<StepData>): Promise<void> {
  const crawl = run.edition(request.userData.edition);
  // No list of it was answered: an outage is no failure of its articles.
  if (run.plan.failedPages === 'leave' && run.counts.isOutOfReach(crawl.edition.id)) return;
  crawl.due ??= dueOf(run, crawl);
  const discovered: DiscoveredUrl[] = [];
  let next = await crawl.due.next();
  for (; next.done !== true; next = await crawl.due.next()) {
    const article = run.urlRules.parse(next.value.url);
    if (article !== null) discovered.push({ article, foundBy: 'revisit', modifiedAt: null });
    if (discovered.length >= BATCH) break;
  }
  await addRequests(await run.articles.select(discovered, crawl.window));
  if (next.done !== true) await addRequests([revisitStep(crawl)]);
}

async function* dueOf(run: CrawlRun, { edition }: EditionCrawl): AsyncGenerator<DuePage, undefined> {
  if (run.plan.refetch) yield* run.known.all(edition.id);
  else yield* eachOf(duePages(run, edition.id));
}

export async function* eachOf(pages: Promise<readonly DuePage[]>): AsyncGenerator<DuePage, undefined> {
  yield* await pages;
}

/** Known pages whose time has come. */
export function duePages({ plan, known, nowMs }: CrawlRun, editionId: string): Promise<readonly DuePage[]> {
  return plan.failedPages === 'only' ? known.failed(editionId, nowMs) : known.due(editionId, nowMs);
}
