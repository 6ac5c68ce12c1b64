import { fieldOf, decodeCapturedBody } from '../../captures/capture-format.js';
import { readWarcFile, type WarcResponse, type WarcSkip } from '../../captures/read-warc-file.js';
import { PermanentError, UsageError } from '../../domain/errors.js';
import { decodeHtml } from '../../sputnik/html/decode-html.js';
import { claimedUrls } from '../../sputnik/urls/claimed-urls.js';
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
  /** `lostUrl`: the record claims to be an article of ours, and could not be taken in; null: it does not. */
  | { readonly kind: 'passedOver'; readonly reason: PassedOver; readonly lostUrl: string | null }
  | { readonly kind: 'bad'; readonly bad: BadFile };

/** 404 and 410 tell that an article was withdrawn. */
const STATUSES: ReadonlySet<number> = new Set([200, 404, 410]);

/** Records of these kinds hold no page of their own. */
const HOLDS_NO_PAGE: ReadonlySet<PassedOver> = new Set(['otherType', 'noUrl', 'notHttp']);

/**
 * Walks over a WARC file of any program and returns the answers for articles in it. A file that breaks off gives
 * everything before that point, and then the error.
 */
export async function* readWarcAnswers(path: string, context: SavedPageContext): AsyncGenerator<WarcFinding> {
  try {
    for await (const record of readWarcFile(path, { bodyBytesMax: context.bodyBytesMax })) {
      yield record.kind === 'skipped' ? judgeSkipped(record, context) : judge(record, context);
    }
  } catch (error) {
    if (!(error instanceof PermanentError) && !(error instanceof UsageError)) throw error;
    yield bad(path, error.code === 'warc.missing' ? 'unreadable' : 'damaged', error.message);
  }
}

function judgeSkipped({ reason, url }: WarcSkip, { urlRules }: SavedPageContext): WarcFinding {
  const isArticle = url !== null && !HOLDS_NO_PAGE.has(reason) && urlRules.parse(url) !== null;
  return { kind: 'passedOver', reason, lostUrl: isArticle ? url : null };
}

function judge(record: WarcResponse, context: SavedPageContext): WarcFinding {
  const { fetchedAt, status, statusText, headers, body, bodySha256 } = record;
  const url = context.urlRules.parse(record.url);
  const lost = (reason: PassedOver): WarcFinding => ({ kind: 'passedOver', reason, lostUrl: record.url });
  if (url === null && status === 200 && claimsArticle(record, context)) return lost('notAnArticle');
  if (url === null) return { kind: 'passedOver', reason: 'notAnArticle', lostUrl: null };
  if (!STATUSES.has(status)) return { kind: 'passedOver', reason: 'status', lostUrl: null };
  if (fetchedAt === null) return lost('noDate');
  if (Date.parse(fetchedAt) > context.nowMs) return lost('fromTheFuture');
  return { kind: 'answer', answer: { url, fetchedAt, status, statusText, headers, body, bodySha256 } };
}

/** Whether a page at an unknown URL of a host near ours (`m.sputnik.az`) says itself that it is an article of ours. */
function claimsArticle({ url, headers, body }: WarcResponse, { urlRules, bodyBytesMax }: SavedPageContext): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  const hosts = host.split('.').map((_label, index, labels) => labels.slice(index).join('.'));
  if (!hosts.some((parent) => urlRules.editionOfHost(parent) !== null)) return false;
  const html = decodeHtml(decodeCapturedBody(headers, body, bodyBytesMax), fieldOf(headers, 'content-type')).text;
  return claimedUrls(html).some((claimed) => urlRules.parse(claimed) !== null);
}
