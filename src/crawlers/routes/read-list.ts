import type { FetchedResponse } from '../../domain/page.js';
import { unpackGzipFile } from '../../platform/decode-body.js';
import {
  robotsRequest,
  type CrawlRun,
  type FailedContext,
  type ListResult,
  type RouteContext,
} from '../requests/crawl-run.js';
import { isLoss, type ProblemReason } from '../requests/crawl-tally.js';
import type { ListPageData, NewRequest } from '../requests/request-data.js';

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
export function listPageRequest(
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
export async function readListPage(context: RouteContext<ListPageData>): Promise<boolean> {
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
