import { feedUrl, tagUrl, dayUrl } from '../../sputnik/urls/site-urls.js';
import type { EditionCrawl, RouteContext, CrawlRun } from '../requests/crawl-run.js';
import type { NewRequest, PageData, ListPageData, TagPagesData } from '../requests/request-data.js';
import { PermanentError } from '../../domain/errors.js';
import { listPageRequest, readListPage } from './read-list.js';
import { addDays, daysOf } from '../../sputnik/urls/calendar-days.js';

export function feedRequest({ edition }: EditionCrawl): NewRequest<PageData> {
  const url = feedUrl(edition);
  const target = { kind: 'feed', edition: edition.id, url, pageId: null, foundBy: 'feed' } as const;
  return { url, userData: { label: 'feed', edition: edition.id, target } };
}

/** The newest hundred or so items. */
export async function handleFeed(context: RouteContext): Promise<void> {
  const { request, addRequests, run } = context;
  const list = await run.readList(context);
  if (list.kind !== 'read') return;
  const { edition, window } = run.edition(request.userData.edition);
  if (list.discovered.length === 0) {
    const detail = 'a feed always holds the newest items';
    run.counts.problem({ edition: edition.id, foundBy: 'feed', url: request.url, reason: 'noItems', detail });
  }
  await addRequests(await run.articles.select(list.discovered, window));
}

/** Rounds of tag pages: the configured and known ones, then those that articles of this run have taught. */
const ROUNDS_MAX = 3;

/** The step that finds out which tag pages are to be read; later rounds come when all articles so far are processed. */
export function tagPagesStep({ edition }: EditionCrawl, round: number): NewRequest<TagPagesData> {
  const userData: TagPagesData = { label: 'tagPages', edition: edition.id, round, waitsForArticles: round > 0 };
  return { url: `https://${edition.id}/`, skipNavigation: true, userData };
}

export async function handleTagPages({ request, addRequests, run }: RouteContext<TagPagesData>): Promise<void> {
  const { round } = request.userData;
  const crawl = run.edition(request.userData.edition);
  const { edition, tagPagesRead, window } = crawl;
  if (round > 0 && !(await isProcessed(run))) return;
  const configured = run.plan.topics.flatMap((topic) => edition.tagPages[topic.id] ?? []);
  const requests: NewRequest[] = [];
  for (const path of new Set([...configured, ...(await run.known.tagPages(edition.id))])) {
    const url = tagUrlOf(run, crawl, path);
    if (url === null || tagPagesRead.has(url)) continue;
    tagPagesRead.add(url);
    const firstDay = run.plan.since === null ? null : (window?.from ?? null);
    requests.push(listPageRequest('tag', edition.id, url, firstDay));
  }
  if (requests.length === 0) return;
  if (round > 0 && round + 1 < ROUNDS_MAX) requests.push(tagPagesStep(crawl, round + 1));
  await addRequests(requests, { forefront: true });
}

/** The page of a topic, and what its load-more leads to. */
export async function handleTag(context: RouteContext<ListPageData>): Promise<void> {
  if (!(await readListPage(context))) return;
  const { request, run } = context;
  const { edition } = request.userData;
  const detail = 'a tag page lists its articles';
  run.counts.problem({ edition, foundBy: 'tag', url: request.url, reason: 'noItems', detail });
}

/** Waiting for results ends early, and by an error, where the run is stopped meanwhile. */
async function isProcessed(run: CrawlRun): Promise<boolean> {
  try {
    await run.allProcessed();
    return true;
  } catch (error) {
    if (run.signal.aborted) return false;
    throw error;
  }
}

/** A learned path that leads nowhere costs itself, not the crawl. */
function tagUrlOf(run: CrawlRun, { edition }: EditionCrawl, path: string): string | null {
  try {
    return tagUrl(edition, path);
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    const { message: detail } = error;
    const url = path.slice(0, 200);
    run.counts.problem({ edition: edition.id, foundBy: 'tag', url, reason: 'unreadableItems', detail });
    return null;
  }
}

/** The page of each day asked for, newest first, or of today and yesterday. */
export function dayRequests(run: CrawlRun, { edition, today, window }: EditionCrawl): NewRequest[] {
  const { listPagesMax } = run.settings.crawl;
  const days = daysOf(window ?? { from: addDays(today, -1), to: today });
  if (days.length > listPagesMax) {
    const detail = `${days.length} days, of which the newest ${listPagesMax} are read (crawl.listPagesMax)`;
    const url = dayUrl(edition, today);
    run.counts.problem({ edition: edition.id, foundBy: 'day', url, reason: 'capped', detail });
  }
  return days.slice(0, listPagesMax).map((day) => listPageRequest('day', edition.id, dayUrl(edition, day), day));
}

export async function handleDay(context: RouteContext<ListPageData>): Promise<void> {
  const { request, run } = context;
  const { edition, walk } = request.userData;
  const isEmpty = await readListPage(context);
  if (!isEmpty || (walk.firstDay ?? '') >= run.edition(edition).today) return;
  const detail = 'a past day lists its articles';
  run.counts.problem({ edition, foundBy: 'day', url: request.url, reason: 'noItems', detail });
}
