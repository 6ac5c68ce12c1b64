import type { CaptureReference } from '../domain/article.js';
import type { Edition, Topic } from '../domain/edition.js';
import { PermanentError } from '../domain/errors.js';
import type { GoneReason, Outcome } from '../domain/outcome.js';
import type { ArticleAddress } from '../domain/page.js';
import { matchTopics } from '../normalise/match-topics.js';
import type { Clock } from '../platform/clock.js';
import type { Logger } from '../platform/logger.js';
import type { ArticleJob, PageJob } from '../queue/page-jobs.js';
import type { AddressBook } from '../sputnik/address-book.js';
import { parseTagLink } from '../sputnik/tag-path.js';
import type { LearnedTagPage, Settled, Settlement } from '../store/settlement.js';
import type { Store } from '../store/store.js';
import type { Extractor } from './extraction-pool.js';
import { readListCapture, type ListReader } from './read-list-capture.js';

/** What the page worker is given. */
export interface PageWorkerBench {
  readonly store: Store;
  readonly extractor: Extractor;
  readonly addresses: AddressBook;
  readonly editions: ReadonlyMap<string, Edition>;
  /** Enabled topics. */
  readonly topics: readonly Topic[];
  readonly readList: ListReader;
  readonly recordOutcome: (job: ArticleJob, outcome: Outcome) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Works off one job of queue `page`. Idempotent: a capture that was settled before gives the outcome of then.
 *
 * @param attempt  1 for the first try.
 * @throws {RetryableError | FatalError} when the store cannot be written now; the capture stays unsettled.
 */
export async function processPageJob(job: PageJob, attempt: number, bench: PageWorkerBench): Promise<void> {
  if (job.kind === 'run') await bench.store.recordRun(job.summary);
  else if (job.kind === 'list') await bench.store.settleList(readListCapture(job, bench.readList, bench.addresses));
  else await processArticleJob(job, attempt, bench);
}

async function processArticleJob(job: ArticleJob, attempt: number, bench: PageWorkerBench): Promise<void> {
  const startedAt = performance.now();
  const settlement = await settlementOf(job, attempt, bench);
  const settled = await bench.store.settlePage(settlement);
  if (settlement.kind === 'article') await learnTagPages(job, settled, bench);
  await bench.recordOutcome(job, settled.outcome);
  logOutcome(job, settlement, settled, performance.now() - startedAt, bench.log);
}

/** Read → extract → normalise: what the captured answer turned out to be. */
async function settlementOf(job: ArticleJob, attempt: number, bench: PageWorkerBench): Promise<Settlement> {
  const address = addressOf(job.url, bench.addresses);
  const { capture } = job;
  const page = { pageId: job.pageId, family: address.family, url: address.url };
  if (job.fetch === 'failure') return { kind: 'unreachable', page, capture, reason: job.failure ?? 'reset' };
  if (job.fetch === 'notModified') return { kind: 'notModified', page, capture };
  const gone = goneReasonOf(job, bench.addresses);
  if (gone !== null) return { kind: 'gone', page, capture, reason: gone };
  try {
    const extraction = await bench.extractor.extract({ capture, address: readAs(job, address, bench.addresses) });
    if (extraction.kind === 'notArticle') return { kind: 'notArticle', page, capture, reason: extraction.reason };
    for (const { field, reason } of extraction.disagreements) {
      bench.log.debug(
        { event: 'page.disagreement', pageId: job.pageId, field, reason },
        'sources on the page disagree',
      );
    }
    return { kind: 'article', page: { ...page, url: extraction.article.url }, capture, article: extraction.article };
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    return { kind: 'quarantined', page, capture, code: error.code, detail: error.message, attempts: attempt };
  }
}

function addressOf(url: string, addresses: AddressBook): ArticleAddress {
  const address = addresses.parse(url);
  if (address !== null) return address;
  throw new PermanentError(`${url} is no article address of a configured edition`, { code: 'address.unknown' });
}

/** The newer address where the page moved within its identity, e.g. to a new date path. */
function readAs(job: ArticleJob, asked: ArticleAddress, addresses: AddressBook): ArticleAddress {
  const answered = addresses.parse(job.finalUrl);
  return answered?.pageId === asked.pageId ? answered : asked;
}

/** @returns why the answer says that the article was withdrawn, null if it does not. */
function goneReasonOf(job: ArticleJob, addresses: AddressBook): GoneReason | null {
  if (job.capture.status === 404) return 'notFound';
  if (job.capture.status === 410) return 'gone';
  if (job.finalUrl === job.url) return null;
  // Led to something that is not this article: a front page, a section, another article.
  const answered = addresses.parse(job.finalUrl);
  return answered?.articleId === addressOf(job.url, addresses).articleId ? null : 'redirectToFront';
}

async function learnTagPages(job: ArticleJob, { record }: Settled, bench: PageWorkerBench): Promise<void> {
  if (record === null) return;
  const learned = tagPagesOf(record, job.capture, bench);
  if (learned.length > 0) await bench.store.learnTagPages(learned);
}

/** Tag links of an article whose names are those of a topic teach where the topic's tag pages are. */
function tagPagesOf(
  record: { readonly tags: readonly { name: string; url: string | null; kind: string | null }[]; readonly url: string },
  capture: CaptureReference,
  bench: PageWorkerBench,
): LearnedTagPage[] {
  return record.tags.flatMap((tag) => {
    const link = tag.url === null ? null : parseTagLink(bench.addresses, tag.url, record.url);
    if (link === null) return [];
    const family = bench.editions.get(link.edition)?.family ?? link.edition;
    return matchTopics([tag], bench.topics).map((topic) => ({
      edition: link.edition,
      family,
      topic,
      path: link.path,
      learnedFrom: record.url,
      seenAt: capture.fetchedAt,
    }));
  });
}

function logOutcome(job: ArticleJob, settlement: Settlement, settled: Settled, durationMs: number, log: Logger): void {
  const reason =
    'reason' in settlement ? settlement.reason : settlement.kind === 'quarantined' ? settlement.code : null;
  const fields = {
    event: 'page.settled',
    edition: job.edition,
    pageId: job.pageId,
    url: job.url,
    runId: job.runId,
    outcome: settled.outcome,
    durationMs: Math.round(durationMs),
    ...(reason === null ? {} : { reason }),
  };
  if (settled.outcome === 'failed') log.warn(fields, 'page failed');
  else log.info(fields, 'page settled');
}
