import type { FetchResult } from '../../domain/page.js';
import { showsArticle } from '../http/page-evidence.js';
import type { FailedContext, RouteContext } from '../requests/crawl-run.js';
import type { ArticleData } from '../requests/request-data.js';

/** Fetches an article for the sink. Whether it is one, and what it says, is found out elsewhere. */
export async function handleArticle(context: RouteContext<ArticleData>): Promise<void> {
  const fetched = await context.run.fetcher.fetch(context.request);
  if (fetched === null) return;
  const { result, decoded } = fetched;
  // A portal's page in place of the article says nothing of the edition.
  const isPage = result.kind === 'response' && result.status === 200;
  count(context, result, !isPage || (decoded !== null && showsArticle(decoded)));
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
