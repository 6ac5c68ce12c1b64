import type { RecordLocation, ScannedRecord } from '../captures/decode-record.js';
import { readCapture, readRecordAt } from '../captures/read-capture.js';
import type { CaptureReference } from '../domain/article.js';
import type { Edition, Topic } from '../domain/edition.js';
import { PermanentError } from '../domain/errors.js';
import { extractorChangeSchema, type Disagreement, type ExtractedArticle } from '../domain/extraction.js';
import type { GoneReason, NotArticleReason } from '../domain/outcome.js';
import type { ArticleUrl } from '../domain/page.js';
import {
  ROUTE_OF_LIST,
  type LearnedTagPage,
  type ListFailure,
  type ListFetch,
  type ListResult,
  type PageName,
  type PageResult,
} from '../domain/page-result.js';
import { matchTopics } from '../normalise/normalise-links.js';
import { unpackGzipFile } from '../platform/decode-body.js';
import type { Logger } from '../platform/logger.js';
import { crawlSummarySchema } from '../queue/crawl-jobs.js';
import { pageJobFor, type ArticleJob, type ListJob } from '../queue/page-jobs.js';
import {
  coveredDays,
  isWholeList,
  lossOfList,
  type ListTask,
  type ParsedList,
  type ReadList,
} from '../sputnik/lists/parsed-list.js';
import { dayIn } from '../sputnik/urls/calendar-days.js';
import { parseTagLink, type UrlRules } from '../sputnik/urls/url-rules.js';
import type { CaptureMeaning, InterpretCapture, NotedChange } from '../store/writer/capture-interpreter.js';
import type { Extractor } from './extract-page.js';

/** What reading captured lists takes. */
interface ListDependencies {
  readonly dataDir: string;
  readonly bodyBytesMax: number;
  readonly lists: { readonly read: (task: ListTask) => Promise<ReadList> };
  readonly editions: readonly Edition[];
}

/** What interpreting captures takes. */
export interface InterpreterDependencies extends ListDependencies {
  readonly extractor: Extractor;
  readonly urlRules: UrlRules;
  readonly topics: readonly Topic[];
  readonly log: Logger;
}

/** Results for one page, all of which are counted. */
const DISAGREEMENTS_LOGGED_MAX = 20;

/** Interprets any record of the captures folder as the page worker does; for recovery and repair. */
export function createCaptureInterpreter(deps: InterpreterDependencies): InterpretCapture {
  return async (record) => {
    if (record.kind === 'foreign' || record.kind === 'damaged') return null;
    if (record.kind === 'run') return interpretRun(record);
    if (record.kind === 'readerChange') return interpretExtractorChange(record);
    const job = pageJobFor(record, record.reference);
    if (job === null) return null;
    if (job.kind === 'list') return { kind: 'list', list: await parseListCapture(job, deps) };
    return { kind: 'page', result: await interpretAnswer(job, 1, deps) };
  };
}

/** @returns what reads a note of the captures that an article is extracted again; null: no such note stands there. */
export function noteReader(dataDir: string, interpret: InterpretCapture): ReadNote {
  return async (location) => {
    const record = readRecordAt(dataDir, location);
    const meaning = record && (await interpret(record));
    return meaning?.kind === 'readerChange' ? meaning.noted : null;
  };
}
export type ReadNote = (location: RecordLocation) => Promise<NotedChange | null>;

function interpretRun(record: Extract<ScannedRecord, { kind: 'run' }>): CaptureMeaning | null {
  const summary = crawlSummarySchema.safeParse(record.summary);
  return summary.success ? { kind: 'run', run: summary.data } : null;
}

function interpretExtractorChange(record: Extract<ScannedRecord, { kind: 'readerChange' }>): CaptureMeaning | null {
  const { file, offset, length, notedAt } = record;
  const change = extractorChangeSchema.safeParse(record.change);
  if (!change.success) return null;
  return { kind: 'readerChange', noted: { location: { file, offset, length }, notedAt, change: change.data } };
}

/**
 * Read → extract → normalise: what the captured answer for an article's page turned out to be.
 *
 * @param attempt  1 for the first try.
 * @throws {PermanentError} `address.unknown`; what else is wrong with the page becomes a `quarantined` result.
 */
export async function interpretAnswer(
  job: ArticleJob,
  attempt: number,
  deps: InterpreterDependencies,
): Promise<PageResult> {
  const { runId } = job;
  const result = await meaningOf(job, attempt, deps);
  if (result.kind !== 'notArticle' || result.shown === undefined) return { ...result, runId };
  return { ...result, runId, shown: { ...result.shown, runId } };
}

async function meaningOf(job: ArticleJob, attempt: number, deps: InterpreterDependencies): Promise<PageResult> {
  const { capture, pageId } = job;
  const asked = articleUrlOf(job.url, deps.urlRules);
  const page = { pageId, family: asked.family, url: asked.url };
  if (job.fetch === 'failure') return { kind: 'unreachable', page, capture, reason: job.failure ?? 'reset' };
  if (job.fetch === 'notModified') return { kind: 'notModified', page, capture };
  const answered = deps.urlRules.parse(job.finalUrl);
  const isOwnUrl = job.finalUrl === job.url || answered?.url === asked.url;
  const gone = goneReasonOf(job, isOwnUrl, deps.editions);
  if (gone !== null) return { kind: 'gone', page, capture, reason: gone };
  // A redirect led there: what the site says of another URL is no word on this article.
  if (capture.status >= 400) return { kind: 'unreachable', page, capture, reason: 'clientError' };
  // Another edition's article, found by its own lists: the text of one must not be stored under the name and language
  // of another.
  if (answered !== null && answered.edition !== asked.edition) {
    logOtherArticle(job, deps.log);
    return { kind: 'notArticle', page, capture, reason: 'otherArticle' };
  }
  // The newer URL where the page moved within its identity, e.g. to a new date path.
  const url = answered?.pageId === asked.pageId ? answered : asked;
  return extractAnswer({ ...page, url: url.url }, url, attempt, job, deps);
}

/** @throws {PermanentError} `address.unknown` where the URL is no article's of a configured edition. */
function articleUrlOf(url: string, urlRules: UrlRules): ArticleUrl {
  const parsed = urlRules.parse(url);
  if (parsed !== null) return parsed;
  throw new PermanentError(`${url} is not the URL of an article of a configured edition`, { code: 'address.unknown' });
}

/** @returns why the answer says that the article was withdrawn, null if it does not. Errs towards not. */
function goneReasonOf(job: ArticleJob, isOwnUrl: boolean, editions: readonly Edition[]): GoneReason | null {
  const { status } = job.capture;
  if (isOwnUrl && status === 404) return 'notFound';
  if (isOwnUrl && status === 410) return 'gone';
  if (isOwnUrl || status >= 400) return null;
  const { hostname, pathname } = new URL(job.finalUrl);
  const hosts = editions.find(({ id }) => id === job.edition)?.hosts ?? [];
  return pathname === '/' && [job.edition, ...hosts].includes(hostname) ? 'redirectToFront' : null;
}

/** @param url  The URL that answered, whatever the page itself says. */
async function extractAnswer(
  page: PageName,
  url: ArticleUrl,
  attempt: number,
  job: ArticleJob,
  deps: InterpreterDependencies,
): Promise<PageResult> {
  const { capture } = job;
  try {
    const extraction = await deps.extractor.extract({ capture, url });
    if (extraction.kind === 'notArticle') {
      if (extraction.reason === 'otherArticle') logOtherArticle(job, deps.log);
      const result = withoutArticle(page, capture, extraction.reason);
      const { article } = extraction;
      if (result.kind !== 'notArticle' || article === undefined) return result;
      const tagPages = learnTagPages(article, capture.fetchedAt, deps);
      return { ...result, shown: { kind: 'article', page, capture, article, tagPages } };
    }
    const { article, disagreements, fingerprint } = extraction;
    logDisagreements(job, disagreements, deps.log);
    const disagreed = [...new Set(disagreements.map(({ field }) => field))];
    const tagPages = learnTagPages(article, capture.fetchedAt, deps);
    return { kind: 'article', page, capture, article, fingerprint, disagreed, tagPages };
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    return { kind: 'quarantined', page, capture, code: error.code, detail: error.message, attempts: attempt };
  }
}

/** Somebody else's page in place of the site's is no answer: unreachable is not empty. */
function withoutArticle(page: PageName, capture: CaptureReference, reason: NotArticleReason): PageResult {
  return reason === 'blockPage' || reason === 'challenge'
    ? { kind: 'unreachable', page, capture, reason }
    : { kind: 'notArticle', page, capture, reason };
}

/** Tag links of an article whose names are those of a topic teach where the topic's tag pages are. */
function learnTagPages(
  { tags, url }: ExtractedArticle,
  seenAt: string,
  { urlRules, editions, topics }: InterpreterDependencies,
): LearnedTagPage[] {
  return tags.flatMap((tag) => {
    const link = tag.url === null ? null : parseTagLink(urlRules, tag.url, url);
    if (link === null) return [];
    const { edition, path } = link;
    const family = familyOf(edition, editions);
    return matchTopics([tag], topics).map((topic) => ({ edition, family, topic, path, learnedFrom: url, seenAt }));
  });
}

function familyOf(edition: string, editions: readonly Edition[]): string {
  return editions.find(({ id }) => id === edition)?.family ?? edition;
}

function logDisagreements(job: ArticleJob, disagreements: readonly Disagreement[], log: Logger): void {
  for (const { field, reason } of disagreements.slice(0, DISAGREEMENTS_LOGGED_MAX)) {
    log.info(
      { event: 'page.disagreement', edition: job.edition, pageId: job.pageId, url: job.url, field, reason },
      'parts of the page disagree',
    );
  }
}

function logOtherArticle({ edition, pageId, url }: ArticleJob, log: Logger): void {
  log.warn({ event: 'page.otherArticle', edition, pageId, url }, 'the page at this URL is another article: not stored');
}

/** The result for a list that could not be fetched. */
const NOTHING: ParsedList = { items: [], entries: 0, next: null, children: [], problems: [] };
/** The edition is no longer configured. */
const NO_ZONE = 'UTC';

/**
 * Parses a captured list again for the coverage: whether it could be read, and which pages it announced.
 *
 * @throws {PermanentError} `list.notAList`, and what `readCapture` throws.
 */
export async function parseListCapture(job: ListJob, deps: ListDependencies): Promise<ListResult> {
  const { pageKind: kind, capture, url } = job;
  const isAnswer = kind !== 'robots' && job.failure === null && isSuccess(capture.status);
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

/** As the crawl takes it, so that both say the same of a list. */
function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
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
  throw new PermanentError(`expected a captured list, found ${captured.kind}`, { code: 'list.notAList' });
}
