import type { CrawlRun, EditionCrawl, RouteContext } from '../requests/crawl-run.js';
import type { DiscoveredUrl } from '../requests/fetch-decision.js';
import type { NewRequest, StepData } from '../requests/request-data.js';

/** Pages taken at a time. */
const BATCH = 500;

/** The step that takes the next known pages: those due by age, or all where everything is to be fetched again. */
export function revisitStep({ edition }: EditionCrawl): NewRequest {
  const userData: StepData = { label: 'revisit', edition: edition.id };
  return { url: `https://${edition.id}/`, skipNavigation: true, userData };
}

export async function handleRevisit({ request, addRequests, run }: RouteContext<StepData>): Promise<void> {
  const crawl = run.edition(request.userData.edition);
  crawl.due ??= dueOf(run, crawl);
  const discovered: DiscoveredUrl[] = [];
  let next = crawl.due.next();
  for (; next.done !== true; next = crawl.due.next()) {
    const article = run.urlRules.parse(next.value.url);
    if (article !== null) discovered.push({ article, foundBy: 'revisit', modifiedAt: null });
    if (discovered.length >= BATCH) break;
  }
  await addRequests(run.articles.select(discovered, crawl.window));
  if (next.done !== true) await addRequests([revisitStep(crawl)]);
}

function dueOf({ plan, known, nowMs }: CrawlRun, { edition }: EditionCrawl) {
  const pages = plan.refetch ? known.all(edition.id) : known.due(edition.id, nowMs);
  return pages[Symbol.iterator]();
}
