import type { FetchedResponse } from '../../domain/page.js';
import { decodeHtml } from '../../sputnik/html/decode-html.js';
import { parseList } from '../../sputnik/lists/parse-list.js';
import type { CrawlRun, FailedContext, ListResult, RouteContext } from '../requests/crawl-run.js';
import { isLoss, type ProblemReason } from '../requests/crawl-tally.js';
import { robotsRequest } from './robots.js';

/** Asks for a list, counts what is wrong with it, and parses it once. */
export async function readList(context: RouteContext): Promise<ListResult> {
  const { request, run, addRequests } = context;
  const { edition, target } = request.userData;
  if (run.robots.isDue(edition)) {
    const again = { url: request.url, userData: { ...request.userData } };
    await addRequests([robotsRequest(run, run.edition(edition)), again], { forefront: true });
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
  return judge(context, parse(run, target, decoded, contentTypeOf(result)));
}

/** Counts a list that could not be had after the last attempt. */
export function countListFailure(context: FailedContext): void {
  const { run, failure } = context;
  run.counts.failed(failure.target.edition, failure.reason, failure.detail);
  fail(context, failure.reason, failure.detail);
}

type Target = RouteContext['request']['userData']['target'];

/** What a list's bytes say of this edition's articles: those of another are found by its own lists. */
function parse({ urlRules }: CrawlRun, target: Target, body: Buffer, contentType: string | null) {
  const { kind, url, foundBy, edition } = target;
  if (kind === 'article' || kind === 'robots') throw new Error(`a list was wanted, found ${kind}`);
  const parsed = parseList(kind, decodeHtml(body, contentType).text, url, urlRules);
  const own = parsed.items.filter(({ address }) => address.edition === edition);
  const problems = parsed.problems.filter(({ code }) => code !== 'empty');
  if (own.length === 0 && parsed.items.length > 0) {
    problems.push({ code: 'unreadableItems', detail: `all ${parsed.items.length} items are another edition's` });
  }
  const discovered = own.map(({ address, modifiedAt }) => ({ article: address, modifiedAt, foundBy }));
  return { discovered, next: parsed.next, children: parsed.children, problems };
}

function judge(context: RouteContext, list: ReturnType<typeof parse>): ListResult {
  const { counts } = context.run;
  const { edition, foundBy } = context.request.userData.target;
  const { discovered, next, children, problems } = list;
  if (problems.some(({ code }) => code === 'wrongDocument')) {
    // A block page answers 200; for the edition that is as good as no answer.
    const detail = problems[0]?.detail ?? 'no list of this kind';
    counts.failed(edition, 'blocked', detail);
    return fail(context, 'blocked', detail);
  }
  const broken = problems.find(({ code }) => isLoss({ reason: code, foundBy }));
  if (broken !== undefined && discovered.length + children.length === 0) {
    counts.failed(edition, broken.code, broken.detail);
    return fail(context, broken.code, broken.detail);
  }
  counts.answered(edition);
  counts.list(edition, foundBy, discovered.length);
  for (const { code, detail } of problems) fail(context, code, detail);
  return { kind: 'read', discovered, next, children };
}

function fail({ request, run }: RouteContext, reason: ProblemReason, detail: string): ListResult {
  const { edition, foundBy, url } = request.userData.target;
  run.counts.problem({ edition, foundBy, url, reason, detail });
  return { kind: 'failed', reason };
}

function contentTypeOf(result: FetchedResponse): string | null {
  return result.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? null;
}
