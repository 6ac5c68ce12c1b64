import { hash, randomUUID } from 'node:crypto';
import type { CaptureReference } from '../domain/article.js';
import type { FetchedFailure, FetchedNotModified, FetchedResponse, FetchResult } from '../domain/page.js';
import {
  EMPTY_SHA256,
  FIELD,
  fieldOf,
  LIMITS,
  REVISIT_PROFILE,
  validator,
  type NamedFields,
} from './capture-format.js';

/** A record before compression, and what its reference will say beyond the location. */
export interface EncodedRecord {
  readonly head: Buffer;
  readonly body: Buffer;
  /** The body is compressed already. */
  readonly dense: boolean;
  readonly described: Omit<CaptureReference, 'file' | 'offset' | 'length'>;
}

/** Turns what a fetch ended in into the one record that keeps it; the format stands in capture-format.ts. */
export function encodeFetchResult(result: FetchResult): EncodedRecord {
  if (result.kind === 'response') return encodeResponse(result);
  if (result.kind === 'notModified') return encodeNotModified(result);
  return encodeFailure(result);
}

function encodeResponse(result: FetchedResponse): EncodedRecord {
  const headers = truthfulHeaders(result);
  const fields: NamedFields = [
    ...commonFields('response', result),
    ['WARC-Payload-Digest', `sha256:${hash('sha256', result.body)}`],
    [FIELD.finalUrl, headerUrl(result.finalUrl)],
    [FIELD.via, result.via],
    [FIELD.bodyDigest, `sha256:${result.bodySha256}`],
    ['Content-Type', 'application/http;msgtype=response'],
  ];
  return {
    ...joinRecord(fields, encodeHttpHead(result.status, result.statusText, headers), result.body),
    dense: isCompressed(headers),
    described: describe(result, result.bodySha256, result.status, headers, result.via),
  };
}

function encodeNotModified(result: FetchedNotModified): EncodedRecord {
  const fields: NamedFields = [
    ...commonFields('revisit', result),
    ['WARC-Profile', REVISIT_PROFILE],
    [FIELD.via, 'http'],
    ['Content-Type', 'application/http;msgtype=response'],
  ];
  return {
    ...joinRecord(fields, encodeHttpHead(304, 'Not Modified', result.headers)),
    described: describe(result, EMPTY_SHA256, 304, result.headers, 'http'),
  };
}

function encodeFailure(result: FetchedFailure): EncodedRecord {
  const status = result.status ?? 0;
  const fields: NamedFields = [
    ...commonFields('metadata', result),
    [FIELD.record, 'failure'],
    [FIELD.via, 'http'],
    ['Content-Type', 'application/warc-fields'],
  ];
  const block = encodeFields([
    ['reason', result.reason],
    ['detail', result.detail.slice(0, 2_000)],
    ['status', String(status)],
    ['attempts', String(result.attempts)],
    ...(result.tries === undefined
      ? []
      : [['tries', result.tries.map(({ at, reason }) => `${at} ${reason}`).join('; ')] as const]),
  ]);
  return { ...joinRecord(fields, block), described: describe(result, EMPTY_SHA256, status, [], 'http') };
}

/**
 * A record that is about no page: the `warcinfo` of a file, the summary of a run.
 *
 * @param fields  Named fields beyond id, date and length.
 */
export function encodePlainRecord(type: string, date: string, fields: NamedFields, block: string): EncodedRecord {
  return {
    ...joinRecord([...identity(type, date), ...fields], block),
    described: { sha256: EMPTY_SHA256, fetchedAt: date, status: 0, etag: null, lastModified: null, via: 'http' },
  };
}

/** @returns the WARC header with the length of what follows it, the start of the block, and the rest of the block. */
function joinRecord(
  fields: NamedFields,
  start: string,
  body: Buffer = Buffer.alloc(0),
): Omit<EncodedRecord, 'described'> {
  const block = Buffer.from(start, 'utf8');
  const all: NamedFields = [...fields, ['Content-Length', String(block.length + body.length)]];
  const header = Buffer.from(`WARC/1.1\r\n${encodeFields(all)}\r\n`, 'utf8');
  return { head: Buffer.concat([header, block]), body, dense: true };
}

function identity(type: string, date: string): NamedFields {
  return [
    ['WARC-Type', type],
    ['WARC-Record-ID', `<urn:uuid:${randomUUID()}>`],
    ['WARC-Date', date],
  ];
}

function commonFields(type: string, { target, runId, fetchedAt, durationMs }: FetchResult): NamedFields {
  const { wantedDays } = target;
  return [
    ...identity(type, fetchedAt),
    ['WARC-Target-URI', headerUrl(target.url)],
    [FIELD.runId, runId],
    [FIELD.edition, target.edition],
    [FIELD.pageKind, target.kind],
    ...(target.pageId === null ? [] : [[FIELD.pageId, target.pageId] as const]),
    [FIELD.foundBy, target.foundBy],
    ...(wantedDays === undefined ? [] : [[FIELD.wantedDays, `${wantedDays.from}-${wantedDays.to}`] as const]),
    [FIELD.durationMs, String(Math.max(0, Math.round(durationMs)))],
  ];
}

/** A URL cannot break out of its line: control characters and spaces are percent-encoded. */
function headerUrl(url: string): string {
  return url.replace(/[\x00-\x20\x7f]/g, (character) => encodeURIComponent(character));
}

/** Renames the fields that are untrue of the bytes that are stored. */
function truthfulHeaders(result: FetchedResponse): NamedFields {
  const length = String(result.body.length);
  return result.headers.map(([name, value]) => {
    const lower = name.toLowerCase();
    const untrue =
      lower === 'transfer-encoding' ||
      (lower === 'content-length' && value.trim() !== length) ||
      (lower === 'content-encoding' && result.via === 'browser');
    return untrue ? [`X-Crawler-${name}`, value] : [name, value];
  });
}

function isCompressed(headers: NamedFields): boolean {
  const encoding = fieldOf(headers, 'content-encoding');
  if (encoding !== null && encoding.toLowerCase() !== 'identity') return true;
  return /^(?:image|video|audio)\/|gzip|zip/i.test(fieldOf(headers, 'content-type') ?? '');
}

function describe(
  result: FetchResult,
  sha256: string,
  status: number,
  headers: NamedFields,
  via: CaptureReference['via'],
): EncodedRecord['described'] {
  return {
    sha256,
    fetchedAt: result.fetchedAt,
    status,
    etag: validator(headers, 'etag'),
    lastModified: validator(headers, 'last-modified'),
    via,
  };
}

/** @returns the message's status line, header fields and the empty line. */
function encodeHttpHead(status: number, statusText: string, headers: NamedFields): string {
  const reason = statusText.replace(/[^\t\x20-\x7e\x80-\uffff]+/g, ' ').slice(0, 200);
  return `HTTP/1.1 ${status} ${reason}\r\n${encodeFields(headers)}\r\n`;
}

/**
 * Writes fields as lines. Neither name nor value can start a line of its own: CR, LF and NUL in a value become a space,
 * whatever is no token character in a name becomes `_`, a field without a name is left out.
 *
 * @param fields  At most {@link LIMITS.headerFieldsMax} are written; longer lists are cut and end with `X-Crawler-Fields-Dropped`.
 */
export function encodeFields(fields: NamedFields): string {
  let text = '';
  let kept = 0;
  for (const [name, value] of fields) {
    if (name === '') continue;
    const safeName = name.replace(/[^!#$%&'*+.^_`|~0-9A-Za-z-]/g, '_');
    const line = `${safeName}: ${value.replace(/[\0\r\n]+/g, ' ').trim()}\r\n`;
    if (kept === LIMITS.headerFieldsMax || text.length + line.length > LIMITS.headBytesMax / 4) {
      return `${text}X-Crawler-Fields-Dropped: ${fields.length - kept}\r\n`;
    }
    text += line;
    kept += 1;
  }
  return text;
}
