import { readCapture } from '../captures/read-capture.js';
import type { DiscoveryRoute, Edition } from '../domain/edition.js';
import { PermanentError } from '../domain/errors.js';
import type { ListJob } from '../queue/page-jobs.js';
import type { UrlRules } from '../sputnik/urls/url-rules.js';
import { coveredDays, lossOfList, type ParsedList, type ListKind } from '../sputnik/lists/parsed-list.js';
import { decodeHtml } from '../sputnik/html/decode-html.js';
import { parseList } from '../sputnik/lists/parse-list.js';
import type { ListFailure, ListResult, ListFetch } from '../domain/page-result.js';
import { dayIn } from '../sputnik/urls/calendar-days.js';

/** What reading captured lists needs. */
export interface ListReader {
  readonly dataDir: string;
  readonly bodyBytesMax: number;
}

/** Which site a list is of. */
export interface ListSite {
  readonly addresses: UrlRules;
  readonly editions: readonly Edition[];
}

const ROUTE_OF_KIND: Readonly<Record<ListKind, DiscoveryRoute>> = {
  feed: 'feed',
  sitemapIndex: 'sitemap',
  sitemap: 'sitemap',
  tag: 'tag',
  more: 'tag',
  day: 'day',
};
/** What stands in place of a list that could not be had. */
const NOTHING: ParsedList = { items: [], next: null, children: [], problems: [] };
/** An edition that is configured no longer. */
const NO_ZONE = 'UTC';

/**
 * Reads a captured list again, for the ledger: whether it could be had, and which pages it announced.
 *
 * @throws {PermanentError} `list.notAList`, and what `readCapture` throws.
 */
export function readListCapture(job: ListJob, reader: ListReader, site: ListSite): ListResult {
  const { pageKind: kind, capture, url } = job;
  const isAnswer = kind !== 'robots' && job.failure === null && capture.status === 200;
  const parsed = isAnswer ? parseList(kind, textOf(job, reader), url, site.addresses) : NOTHING;
  const failure = job.failure ?? (isAnswer ? lossOfList(kind, parsed) : 'notFound');
  return {
    capture,
    listUrl: url,
    route: kind === 'robots' ? null : ROUTE_OF_KIND[kind],
    tagPath: kind === 'tag' ? new URL(url).pathname : null,
    pages: parsed.items
      .filter(({ address }) => address.edition === job.edition)
      .map(({ address }) => ({ pageId: address.pageId, family: address.family, url: address.url })),
    fetch: listFetchOf(job, { failure, isPart: isPart(parsed) }, site.editions),
  };
}

function listFetchOf(
  { pageKind: kind, edition: id, url, capture, wantedDays }: ListJob,
  { failure, isPart }: { readonly failure: ListFailure | null; readonly isPart: boolean },
  editions: readonly Edition[],
): ListFetch {
  const edition = editions.find((candidate) => candidate.id === id);
  const covered = kind === 'robots' ? wantedDays : coveredDays(kind, url);
  const visitedOn = dayIn(edition?.timeZone ?? NO_ZONE, Date.parse(capture.fetchedAt));
  return {
    edition: id,
    family: edition?.family ?? id,
    kind,
    days: covered ?? { from: visitedOn, to: visitedOn },
    isWhole: covered !== null && kind !== 'robots' && failure === null && !isPart,
    failure,
  };
}

/** There is more of it, which nobody followed or could be kept. */
function isPart({ next, problems }: ParsedList): boolean {
  return next !== null || problems.some(({ code }) => code === 'capped');
}

function textOf({ capture }: ListJob, { dataDir, bodyBytesMax }: ListReader): string {
  const captured = readCapture(dataDir, capture, { bodyBytesMax });
  if (captured.kind === 'response') return decodeHtml(captured.body, captured.contentType).text;
  throw new PermanentError(`wanted a captured list, found ${captured.kind}`, { code: 'list.notAList' });
}
