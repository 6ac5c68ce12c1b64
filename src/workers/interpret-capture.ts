import type { ScannedRecord } from '../captures/decode-record.js';
import type { CaptureReference } from '../domain/article.js';
import type { Disagreement } from '../domain/extraction.js';
import { PermanentError } from '../domain/errors.js';
import { extractorChangeSchema } from '../domain/extractor-change.js';
import type { GoneReason, NotArticleReason } from '../domain/outcome.js';
import type { ArticleUrl } from '../domain/page.js';
import type { Logger } from '../platform/logger.js';
import { crawlSummarySchema } from '../queue/crawl-jobs.js';
import { pageJobFor, type ArticleJob } from '../queue/page-jobs.js';
import type { UrlRules } from '../sputnik/urls/url-rules.js';
import type { CaptureMeaning, InterpretCapture } from '../store/writer/capture-interpreter.js';
import type { PageName } from '../domain/page-result.js';
import type { PageResult } from '../domain/page-result.js';
import type { Extractor } from './extraction-pool.js';
import { learnTagPages, type TagPageDependencies } from './learn-tag-pages.js';
import { readListCapture, type ListReader } from './read-list-capture.js';

/** What reading captures takes. */
export interface InterpreterDependencies extends TagPageDependencies {
  readonly extractor: Extractor;
  readonly readList: ListReader;
  readonly log: Logger;
}

/** Of one page; every one is counted. */
const DISAGREEMENTS_LOGGED_MAX = 20;

/** Reads any record of the captures folder as the page worker does; for recovery and repair. */
export function createCaptureInterpreter(deps: InterpreterDependencies): InterpretCapture {
  return async (record) => {
    if (record.kind === 'foreign' || record.kind === 'damaged') return null;
    if (record.kind === 'run') return interpretRun(record);
    if (record.kind === 'readerChange') return interpretExtractorChange(record);
    const job = pageJobFor(record, record.reference);
    if (job === null) return null;
    if (job.kind === 'list') return { kind: 'list', list: readListCapture(job, deps.readList, deps) };
    return { kind: 'page', result: await interpretAnswer(job, 1, deps) };
  };
}

function interpretRun(record: Extract<ScannedRecord, { kind: 'run' }>): CaptureMeaning | null {
  const summary = crawlSummarySchema.safeParse(record.summary);
  return summary.success ? { kind: 'run', run: summary.data } : null;
}

function interpretExtractorChange(record: Extract<ScannedRecord, { kind: 'readerChange' }>): CaptureMeaning | null {
  const { file, offset, length, notedAt } = record;
  const change = extractorChangeSchema.safeParse(record.change);
  if (!change.success) return null;
  return { kind: 'readerChange', noted: { place: { file, offset, length }, notedAt, change: change.data } };
}

/**
 * Read → extract → normalise: what the captured answer for an article's page turned out to be.
 *
 * @param attempt  1 for the first try.
 * @throws {PermanentError} `address.unknown`; what else is wrong with the page becomes a `quarantined` settlement.
 */
export async function interpretAnswer(
  job: ArticleJob,
  attempt: number,
  deps: InterpreterDependencies,
): Promise<PageResult> {
  const address = articleUrlOf(job.url, deps.addresses);
  const { capture } = job;
  const page = { pageId: job.pageId, family: address.family, url: address.url };
  if (job.fetch === 'failure') return { kind: 'unreachable', page, capture, reason: job.failure ?? 'reset' };
  if (job.fetch === 'notModified') return { kind: 'notModified', page, capture };
  const gone = goneReasonOf(job, deps.addresses);
  if (gone !== null) return { kind: 'gone', page, capture, reason: gone };
  const answered = readAs(job, address, deps.addresses);
  return interpretPage({ ...page, url: answered.url }, answered, attempt, job, deps);
}

/** The page's address is the one that answered, whatever the reader finds there. */
async function interpretPage(
  page: PageName,
  address: ArticleUrl,
  attempt: number,
  job: ArticleJob,
  deps: InterpreterDependencies,
): Promise<PageResult> {
  const { capture } = job;
  try {
    const extraction = await deps.extractor.extract({ capture, address });
    if (extraction.kind === 'notArticle') {
      if (extraction.reason === 'otherArticle') logOtherArticle(job, deps.log);
      return withoutArticle(page, capture, extraction.reason);
    }
    const disagreed = [...new Set(extraction.disagreements.map(({ field }) => field))];
    logDisagreements(job, extraction.disagreements, deps.log);
    const { article } = extraction;
    const tagPages = learnTagPages(article, capture.fetchedAt, deps);
    return { kind: 'article', page, capture, article, disagreed, tagPages };
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    return { kind: 'quarantined', page, capture, code: error.code, detail: error.message, attempts: attempt };
  }
}

function logDisagreements(job: ArticleJob, disagreements: readonly Disagreement[], log: Logger): void {
  for (const { field, reason } of disagreements.slice(0, DISAGREEMENTS_LOGGED_MAX)) {
    log.info(
      { event: 'page.disagreement', edition: job.edition, pageId: job.pageId, url: job.url, field, reason },
      'places on the page disagree',
    );
  }
}

function logOtherArticle({ edition, pageId, url }: ArticleJob, log: Logger): void {
  log.warn(
    { event: 'page.otherArticle', edition, pageId, url },
    'the page at this address is another article: not stored',
  );
}

/** Somebody else's page in place of the site's is no answer: unreachable is not empty. */
function withoutArticle(page: PageName, capture: CaptureReference, reason: NotArticleReason): PageResult {
  return reason === 'blockPage' || reason === 'challenge'
    ? { kind: 'unreachable', page, capture, reason }
    : { kind: 'notArticle', page, capture, reason };
}

/** @throws {PermanentError} `address.unknown` where the address is no article's of a configured edition. */
export function articleUrlOf(url: string, addresses: UrlRules): ArticleUrl {
  const address = addresses.parse(url);
  if (address !== null) return address;
  throw new PermanentError(`${url} is no article address of a configured edition`, { code: 'address.unknown' });
}

/** The newer address where the page moved within its identity, e.g. to a new date path. */
function readAs(job: ArticleJob, asked: ArticleUrl, addresses: UrlRules): ArticleUrl {
  const answered = addresses.parse(job.finalUrl);
  return answered?.pageId === asked.pageId ? answered : asked;
}

/** @returns why the answer says that the article was withdrawn, null if it does not. */
function goneReasonOf(job: ArticleJob, addresses: UrlRules): GoneReason | null {
  if (job.capture.status === 404) return 'notFound';
  if (job.capture.status === 410) return 'gone';
  if (job.finalUrl === job.url) return null;
  // Led to something that is not this article: a front page, a section, another article.
  const answered = addresses.parse(job.finalUrl);
  return answered?.articleId === articleUrlOf(job.url, addresses).articleId ? null : 'redirectToFront';
}
