import type { FetchedResponse } from '../../domain/page.js';
import { unpackGzipFile } from '../../platform/decode-body.js';
import {
  robotsRequest,
  type CrawlRun,
  type FailedContext,
  type ListResult,
  type RouteContext,
  type EditionCrawl,
} from '../requests/crawl-run.js';
import { isLoss, type ProblemReason } from '../requests/crawl-tally.js';
import type { ListPageData, NewRequest, PageData, TagPagesData } from '../requests/request-data.js';
import { feedUrl, tagUrl, dayUrl } from '../../sputnik/urls/site-urls.js';
import { PermanentError } from '../../domain/errors.js';
import { addDays, daysOf } from '../../sputnik/urls/calendar-days.js';

/** Fetches a list, counts its problems, and parses it once. */
export async function readList(context: RouteContext): Promise<ListResult> {
  const { request, run, addRequests } = context;
  const { edition, target } = request.userData;
  const crawl = run.edition(edition);
  if (await run.robots.isDue(crawl.edition)) {
    const again = { url: request.url, userData: { ...request.userData } };
    await addRequests([robotsRequest(run, crawl), again], { forefront: true });
    return { kind: 'stopped' };
  }
  if (run.robots.isClosed(edition)) return { kind: 'stopped' };
  if (!run.robots.allows(edition, target.url)) return fail(context, 'robots', 'robots.txt does not allow it');
  const fetched = await run.fetcher.fetch(request);
  if (fetched === null) return { kind: 'stopped' };
  const { result, decoded } = fetched;
  if (result.kind !== 'response' || decoded === null) return fail(context, 'empty', 'an answer without a body');
  if (result.status >= 300) {
    run.counts.answered(edition);
    return fail(context, 'notFound', `HTTP ${result.status}`);
  }
  const unpacked = unpackGzipFile(decoded, run.settings.politeness.bodyBytesMax);
  if (unpacked.kind === 'failed') {
    run.counts.failed(edition, unpacked.reason, unpacked.detail);
    return fail(context, unpacked.reason, unpacked.detail);
  }
  return judge(context, await parse(run, target, unpacked.bytes, contentTypeOf(result)));
}

/** Counts a list that could not be fetched in the last attempt. */
export function handleListFailure(context: FailedContext): void {
  const { run, failure } = context;
  run.counts.failed(failure.target.edition, failure.reason, failure.detail);
  fail(context, failure.reason, failure.detail);
}

type Target = RouteContext['request']['userData']['target'];

/** What a list's bytes say of this edition's articles: those of another are found by its own lists. */
async function parse({ parseList }: CrawlRun, target: Target, body: Buffer, contentType: string | null) {
  const { kind, url, foundBy, edition } = target;
  if (kind === 'article' || kind === 'robots') throw new Error(`expected a list, found ${kind}`);
  const { list, isPage } = await parseList({ kind, body, contentType, url });
  const own = list.items.filter(({ address }) => address.edition === edition);
  const problems = list.problems.filter(({ code }) => code !== 'empty');
  if (own.length === 0 && list.items.length > 0) {
    problems.push({ code: 'unreadableItems', detail: `all ${list.items.length} items are another edition's` });
  }
  const discovered = own.map(({ address, modifiedAt }) => ({ article: address, modifiedAt, foundBy }));
  return { discovered, next: list.next, children: list.children, entries: list.entries, problems, isPage };
}

function judge(context: RouteContext, list: Awaited<ReturnType<typeof parse>>): ListResult {
  const { counts } = context.run;
  const { edition, foundBy } = context.request.userData.target;
  const { discovered, next, children, entries, problems, isPage } = list;
  if (problems.some(({ code }) => code === 'wrongDocument')) {
    // A block page answers 200, or there is nothing; for the edition that is as good as no answer.
    const reason = isPage ? 'blocked' : 'wrongDocument';
    const detail = problems[0]?.detail ?? 'no list of this kind';
    counts.failed(edition, reason, detail);
    return fail(context, reason, detail);
  }
  const broken = problems.find(({ code }) => isLoss({ reason: code, foundBy }));
  if (broken !== undefined && discovered.length + children.length === 0) {
    counts.failed(edition, broken.code, broken.detail);
    return fail(context, broken.code, broken.detail);
  }
  counts.answered(edition);
  counts.list(edition, foundBy, discovered.length);
  for (const { code, detail } of problems) fail(context, code, detail);
  return { kind: 'read', discovered, next, children, entries };
}

function fail({ request, run }: RouteContext, reason: ProblemReason, detail: string): ListResult {
  const { edition, foundBy, url } = request.userData.target;
  run.counts.problem({ edition, foundBy, url, reason, detail });
  return { kind: 'failed', reason };
}

function contentTypeOf(result: FetchedResponse): string | null {
  return result.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? null;
}

/** @param firstDay  Articles before this day are not wanted; null: only the first page is. */
function listPageRequest(
  label: 'tag' | 'day',
  edition: string,
  url: string,
  firstDay: string | null,
): NewRequest<ListPageData> {
  const target = { kind: label, edition, url, pageId: null, foundBy: label };
  const walk = { firstUrl: url, firstDay, asked: new Set<string>(), seen: new Set<never>(), pages: 0, items: 0 };
  return { url, userData: { label, edition, target, walk } };
}

/**
 * Reads one page of a list and, if load-more may be used, adds the next one. The list ends after the first requested
 * day, at an empty fragment, at a page that repeats earlier items, at a URL that was already requested, at the cap, or
 * at a page that could not be read. The counts say why, unless it is a natural end.
 *
 * @returns  Whether the list has ended without a single item.
 */
async function readListPage(context: RouteContext<ListPageData>): Promise<boolean> {
  const { request, addRequests, run } = context;
  const { edition, target, walk } = request.userData;
  const { window } = run.edition(edition);
  const pagesMax = run.settings.crawl.listPagesMax;
  walk.asked.add(target.url);
  const list = await run.readList(context);
  if (list.kind !== 'read') return false;
  const pageIds = list.discovered.map(({ article }) => article.pageId);
  const isNew = pageIds.some((pageId) => !walk.seen.has(pageId));
  for (const pageId of pageIds) walk.seen.add(pageId);
  walk.items += pageIds.length;
  walk.pages += 1;
  await addRequests(await run.articles.select(list.discovered, window));
  const { next } = list;
  const { firstDay } = walk;
  const problem = (url: string, reason: 'cursorStuck' | 'nothingNew' | 'capped', detail: string): void => {
    run.counts.problem({ edition, foundBy: target.foundBy, url, reason, detail });
  };
  if (run.settings.politeness.obeyRobots || firstDay === null || next === null || run.isOver()) return walk.items === 0;
  if (pageIds.length === 0 || list.discovered.every(({ article }) => article.date < firstDay)) return walk.items === 0;
  if (!isNew) problem(target.url, 'nothingNew', 'a further page repeats what came before');
  else if (walk.asked.has(next)) problem(target.url, 'cursorStuck', 'the list goes on at a URL it was already at');
  else if (walk.pages >= pagesMax) {
    problem(walk.firstUrl, 'capped', `${pagesMax} pages were read and the list goes on (crawl.listPagesMax)`);
  } else {
    const more = { ...request.userData, target: { ...target, kind: 'more' as const, url: next } };
    await addRequests([{ url: next, userData: more }], { forefront: true });
  }
  return false;
}

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
