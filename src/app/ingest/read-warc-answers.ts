import { readWarcFile, type WarcResponse, type WarcSkip } from '../../captures/read-warc-file.js';
import { PermanentError, UsageError } from '../../domain/errors.js';
import { bad, type BadFile } from './saved-files.js';
import type { KeptAnswer, SavedPageContext } from './read-saved-page.js';

/** Why a record of a WARC file is passed over. The closed list. */
export type PassedOver =
  | WarcSkip['reason']
  /** The URL is no article of a configured edition. */
  | 'notAnArticle'
  /** Neither 200 nor 404 nor 410: redirects, refusals and errors say nothing of the article. */
  | 'status'
  | 'noDate'
  | 'fromTheFuture';

export type WarcFinding =
  | { readonly kind: 'answer'; readonly answer: KeptAnswer }
  | { readonly kind: 'passedOver'; readonly reason: PassedOver }
  | { readonly kind: 'bad'; readonly bad: BadFile };

/** 404 and 410 tell that an article was withdrawn. */
const STATUSES: ReadonlySet<number> = new Set([200, 404, 410]);

/**
 * Walks over somebody's WARC file and gives the answers for articles in it. One that breaks off gives what stands before that, then says so.
 */
export async function* readWarcAnswers(path: string, context: SavedPageContext): AsyncGenerator<WarcFinding> {
  try {
    for await (const record of readWarcFile(path, { bodyBytesMax: context.bodyBytesMax })) {
      yield record.kind === 'skipped' ? { kind: 'passedOver', reason: record.reason } : judge(record, context);
    }
  } catch (error) {
    if (!(error instanceof PermanentError) && !(error instanceof UsageError)) throw error;
    yield bad(path, error.code === 'warc.missing' ? 'unreadable' : 'damaged', error.message);
  }
}

function judge(record: WarcResponse, { urlRules, nowMs }: SavedPageContext): WarcFinding {
  const { fetchedAt, status, statusText, headers, body, bodySha256 } = record;
  const url = urlRules.parse(record.url);
  if (url === null) return { kind: 'passedOver', reason: 'notAnArticle' };
  if (!STATUSES.has(status)) return { kind: 'passedOver', reason: 'status' };
  if (fetchedAt === null) return { kind: 'passedOver', reason: 'noDate' };
  if (Date.parse(fetchedAt) > nowMs) return { kind: 'passedOver', reason: 'fromTheFuture' };
  return { kind: 'answer', answer: { url, fetchedAt, status, statusText, headers, body, bodySha256 } };
}
