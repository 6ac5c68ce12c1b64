import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import type { ArticleUrl } from '../../domain/page.js';
import { toUtcInstant } from '../../platform/clock.js';
import { systemCodeOf } from '../../platform/disk-error.js';
import { readLimited } from '../../platform/read-limited.js';
import type { UrlRules } from '../../sputnik/urls/url-rules.js';
import { claimedUrls } from '../../sputnik/urls/claimed-urls.js';
import { decodeHtml } from '../../sputnik/html/decode-html.js';
import { bad, type BadFile } from './saved-files.js';
import { fieldOf, decodeCapturedBody } from '../../captures/capture-format.js';
import { readWarcFile, type WarcResponse, type WarcSkip } from '../../captures/read-warc-file.js';
import { PermanentError, UsageError } from '../../domain/errors.js';

/** An answer as somebody has kept it. */
export interface KeptAnswer {
  readonly url: ArticleUrl;
  /** UTC instant to the second. */
  readonly fetchedAt: string;
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** In its content encoding. */
  readonly body: Buffer;
  /** Lower-case hex SHA-256 of the body without its content encoding. */
  readonly bodySha256: string;
}

export interface SavedPageContext {
  readonly urlRules: UrlRules;
  readonly bodyBytesMax: number;
  /** Nothing was fetched after this. */
  readonly nowMs: number;
}

type Result =
  { readonly kind: 'answer'; readonly answer: KeptAnswer } | { readonly kind: 'bad'; readonly bad: BadFile };

/**
 * Reads a page that a browser or a script has saved, `.html` or `.html.gz`. The time of the fetch is the file's time of modification; the URL
 * is the one that the page claims, unless it is given.
 *
 * @param given  URL under which the page was fetched; null: as the page claims. A page that claims to be another article is refused.
 */
export async function readSavedPage(
  path: string,
  given: ArticleUrl | null,
  context: SavedPageContext,
): Promise<Result> {
  const { urlRules, bodyBytesMax, nowMs } = context;
  const read = await readBody(path, bodyBytesMax);
  if ('kind' in read) return read;
  const { body, modifiedAtMs } = read;
  if (modifiedAtMs > nowMs) return bad(path, 'fromTheFuture', `it was modified ${toUtcInstant(modifiedAtMs)}`);
  const { text } = decodeHtml(body, null);
  const claimed = claimedUrls(text).flatMap((href) => urlRules.parse(href) ?? []);
  const articles = [...new Set(claimed.map(({ articleKey }) => articleKey))];
  if (given !== null && articles.length > 0 && !articles.includes(given.articleKey)) {
    return bad(path, 'otherArticle', `the page says that it is ${claimed[0]?.url ?? ''}`);
  }
  if (given === null && articles.length > 1) return bad(path, 'twoArticles', `it claims ${articles.join(' and ')}`);
  const url = given ?? claimed[0];
  if (url === undefined) {
    return bad(path, 'noAddress', 'it names no article of a configured edition; `--url` says where it was fetched');
  }
  const answer: KeptAnswer = {
    url,
    fetchedAt: toUtcInstant(modifiedAtMs),
    status: 200,
    statusText: 'OK',
    headers: [['Content-Type', 'text/html']],
    body,
    bodySha256: createHash('sha256').update(body).digest('hex'),
  };
  return { kind: 'answer', answer };
}

async function readBody(
  path: string,
  bodyBytesMax: number,
): Promise<{ readonly body: Buffer; readonly modifiedAtMs: number } | Extract<Result, { kind: 'bad' }>> {
  const tooLarge = bad(path, 'tooLarge', `longer than politeness.bodyBytesMax, ${bodyBytesMax} bytes`);
  try {
    const { size, mtimeMs } = await stat(path);
    if (size > bodyBytesMax) return tooLarge;
    const bytes = readLimited(path, bodyBytesMax);
    if (bytes === null) return tooLarge;
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const body = isGzip ? gunzipSync(bytes, { maxOutputLength: bodyBytesMax }) : bytes;
    return { body, modifiedAtMs: mtimeMs };
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === null) throw error;
    if (code === 'ERR_BUFFER_TOO_LARGE') return tooLarge;
    return code.startsWith('Z_') ? bad(path, 'notGzip', `damaged gzip data (${code})`) : bad(path, 'unreadable', code);
  }
}

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
