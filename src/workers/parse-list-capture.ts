import { readCapture } from '../captures/read-capture.js';
import type { Edition } from '../domain/edition.js';
import { PermanentError } from '../domain/errors.js';
import { ROUTE_OF_LIST, type ListFailure, type ListFetch, type ListResult } from '../domain/page-result.js';
import { unpackGzipFile } from '../platform/decode-body.js';
import type { ListJob } from '../queue/page-jobs.js';
import type { ListTask, ReadList } from '../sputnik/lists/parse-list.js';
import { coveredDays, isWholeList, lossOfList, type ParsedList } from '../sputnik/lists/parsed-list.js';
import { dayIn } from '../sputnik/urls/calendar-days.js';

/** What reading captured lists takes. */
export interface ListDependencies {
  readonly dataDir: string;
  readonly bodyBytesMax: number;
  readonly lists: { readonly read: (task: ListTask) => Promise<ReadList> };
  readonly editions: readonly Edition[];
}

/** What stands for a list that could not be had. */
const NOTHING: ParsedList = { items: [], next: null, children: [], problems: [] };
/** Of an edition that is no longer configured. */
const NO_ZONE = 'UTC';

/**
 * Parses a captured list once more, for the ledger: whether it could be had, and which pages it announced.
 *
 * @throws {PermanentError} `list.notAList`, and what `readCapture` throws.
 */
export async function parseListCapture(job: ListJob, deps: ListDependencies): Promise<ListResult> {
  const { pageKind: kind, capture, url } = job;
  const isAnswer = kind !== 'robots' && job.failure === null && capture.status === 200;
  const parsed = isAnswer ? (await deps.lists.read({ kind, url, ...receivedOf(job, deps) })).list : NOTHING;
  const failure = job.failure ?? (isAnswer ? lossOfList(kind, parsed) : 'notFound');
  return {
    capture,
    listUrl: url,
    route: ROUTE_OF_LIST[kind],
    tagPath: kind === 'tag' ? new URL(url).pathname : null,
    pages: parsed.items
      .filter(({ address }) => address.edition === job.edition)
      .map(({ address }) => ({ pageId: address.pageId, family: address.family, url: address.url })),
    fetch: fetchOf(job, parsed, failure, deps.editions),
  };
}

function fetchOf(
  { pageKind: kind, edition: id, url, capture, wantedDays }: ListJob,
  parsed: ParsedList,
  failure: ListFailure | null,
  editions: readonly Edition[],
): ListFetch {
  const edition = editions.find((candidate) => candidate.id === id);
  const covered = kind === 'robots' ? wantedDays : coveredDays(kind, url);
  const unreadEntries = parsed.problems.reduce((sum, { count = 0 }) => sum + count, 0);
  const fetchedOn = dayIn(edition?.timeZone ?? NO_ZONE, Date.parse(capture.fetchedAt));
  return {
    edition: id,
    family: edition?.family ?? id,
    kind,
    days: covered ?? { from: fetchedOn, to: fetchedOn },
    isWhole: covered !== null && kind !== 'robots' && failure === null && isWholeList(kind, covered, parsed, id),
    failure,
    ...(unreadEntries > 0 ? { unreadEntries } : {}),
  };
}

function receivedOf({ capture }: ListJob, { dataDir, bodyBytesMax }: ListDependencies): Omit<ListTask, 'kind' | 'url'> {
  const captured = readCapture(dataDir, capture, { bodyBytesMax });
  if (captured.kind === 'response') {
    const unpacked = unpackGzipFile(captured.body, bodyBytesMax);
    const body = unpacked.kind === 'decoded' ? unpacked.bytes : captured.body;
    return { body, contentType: captured.contentType };
  }
  throw new PermanentError(`wanted a captured list, found ${captured.kind}`, { code: 'list.notAList' });
}
