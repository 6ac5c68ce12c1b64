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

/** What taking saved files in needs to know. */
export interface SavedPageContext {
  readonly urlRules: UrlRules;
  /** Longest body in bytes. */
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
