import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { captureReferenceSchema, type CaptureReference } from '../domain/article.js';
import { DISCOVERY_ROUTES } from '../domain/edition.js';
import { PermanentError } from '../domain/errors.js';
import { type FailedTry, type FetchTarget, PAGE_KINDS } from '../domain/page.js';
import { FETCH_FAILURES, type FetchFailure } from '../domain/outcome.js';
import { EMPTY_SHA256, FIELD, fieldOf, LIMITS, PLAIN_RECORDS, validator, type NamedFields } from './capture-format.js';

/** A record's WARC header, and as much of its block as was given. */
export interface RawRecord {
  readonly type: string;
  readonly fields: NamedFields;
  /** Length of the whole block in bytes, by `Content-Length`. */
  readonly blockBytes: number;
  /** The block; shorter than `blockBytes` where only the start of the record was decompressed. */
  readonly block: Buffer;
}

/** An HTTP answer, as received. */
export interface HttpMessage {
  readonly status: number;
  readonly statusText: string;
  readonly headers: NamedFields;
  /** In its transfer and content encoding; cut where only the start of the message was given. */
  readonly body: Buffer;
}

/** Where a record stands. */
export interface RecordLocation {
  /** Relative to dataDir: `captures/….warc.gz`. */
  readonly file: string;
  readonly offset: number;
  /** Bytes from here to the next record. */
  readonly length: number;
}

interface ScannedPage extends RecordLocation {
  readonly target: FetchTarget;
  readonly runId: string;
  readonly durationMs: number;
  /** As the writer returned it. */
  readonly reference: CaptureReference;
}

/** One record of the captures folder, without its body. */
export type ScannedRecord =
  | (ScannedPage & { readonly kind: 'response'; readonly status: number; readonly finalUrl: string })
  | (ScannedPage & { readonly kind: 'notModified' })
  | (ScannedPage & {
      readonly kind: 'failure';
      readonly reason: FetchFailure;
      readonly detail: string;
      readonly status: number | null;
      readonly attempts: number;
      readonly tries: readonly FailedTry[];
    })
  | (RecordLocation & {
      readonly kind: 'run';
      readonly runId: string;
      readonly summary: Readonly<Record<string, unknown>>;
    })
  | (RecordLocation & {
      readonly kind: 'readerChange';
      readonly runId: string;
      /** UTC instant. */
      readonly notedAt: string;
      readonly change: Readonly<Record<string, unknown>>;
    })
  /** `warcinfo`, or a record that another program wrote. */
  | (RecordLocation & { readonly kind: 'foreign'; readonly type: string })
  /** Bytes that are no whole record; at the end of a file: torn by a kill, or still being written. */
  | (RecordLocation & { readonly kind: 'damaged'; readonly detail: string });

/** A record that says what a page was when it was asked for. */
export type ScannedAnswer = Exclude<ScannedRecord, { kind: 'run' | 'readerChange' | 'foreign' | 'damaged' }>;

export function isAnswer(record: ScannedRecord): record is ScannedAnswer {
  return record.kind === 'response' || record.kind === 'notModified' || record.kind === 'failure';
}

const pageFields = z.object({
  url: z.string().min(1),
  edition: z.string().min(1),
  pageKind: z.enum(PAGE_KINDS),
  pageId: z.templateLiteral([z.string().regex(/^[^/]+$/), '/', z.string().regex(/^[^/]+$/)]).nullable(),
  foundBy: z.enum([...DISCOVERY_ROUTES, 'url', 'revisit', 'seed']),
  wantedDays: z
    .string()
    .regex(/^\d{8}-\d{8}$/)
    .nullable(),
  runId: z.string().min(1),
  durationMs: z.coerce.number().nonnegative(),
  fetchedAt: captureReferenceSchema.shape.fetchedAt,
  via: captureReferenceSchema.shape.via,
  sha256: captureReferenceSchema.shape.sha256,
});
const failureFields = z.object({
  reason: z.enum(FETCH_FAILURES),
  detail: z.string(),
  status: z.coerce.number().int(),
  attempts: z.coerce.number().int().nonnegative(),
  tries: z.array(z.object({ at: captureReferenceSchema.shape.fetchedAt, reason: z.enum(FETCH_FAILURES) })),
});
const jsonObject = z.record(z.string(), z.unknown());

/**
 * @param record  A decompressed record, or its start.
 * @throws {PermanentError} `capture.damaged` if it does not start with a WARC header of 1.0 or 1.1.
 */
export function splitRecord(record: Buffer): RawRecord {
  const end = headEnd(record);
  const text = end && headerText(record.subarray(0, end.start));
  if (!end || !text || !/^WARC\/1\.\d\r?\n/.test(text)) throw damaged('a WARC header', 'none');
  const fields = decodeFields(text.slice(text.indexOf('\n') + 1));
  const length = fieldOf(fields, 'content-length') ?? '';
  if (!/^\d{1,12}$/.test(length)) throw damaged('a Content-Length', JSON.stringify(length.slice(0, 40)));
  const blockBytes = Number(length);
  return {
    type: (fieldOf(fields, 'warc-type') ?? '').toLowerCase(),
    fields,
    blockBytes,
    block: record.subarray(end.next, end.next + blockBytes),
  };
}

/**
 * @param start  The first decompressed bytes of a record.
 * @returns      The record, where they hold its WARC header and what {@link decodeRecord} reads of its block; else null.
 */
export function splitRecordStart(start: Buffer): RawRecord | null {
  try {
    const raw = splitRecord(start);
    if (raw.block.length === raw.blockBytes) return raw;
    // The HTTP header must be whole; a body need not be.
    return raw.type !== 'metadata' && raw.block.includes('\r\n\r\n') ? raw : null;
  } catch (error) {
    if (error instanceof PermanentError) return null;
    throw error;
  }
}

/**
 * Reads a record of ours; a record without our named fields is `foreign`, which is no error.
 *
 * @param location  Where the record was found.
 * @throws {PermanentError} `capture.damaged` if it carries our fields but they, or its HTTP head, do not read.
 */
export function decodeRecord(raw: RawRecord, { file, offset, length }: RecordLocation): ScannedRecord {
  const location = { file, offset, length };
  const plain = fieldOf(raw.fields, FIELD.record);
  if (plain === PLAIN_RECORDS.run) {
    return { ...location, kind: 'run', runId: runIdOf(raw), summary: decodeJson(raw, 'the summary of a run') };
  }
  if (plain === PLAIN_RECORDS.readerChange) {
    const notedAt = check(captureReferenceSchema.shape.fetchedAt, fieldOf(raw.fields, 'warc-date'));
    const change = decodeJson(raw, 'an extractor change');
    return { ...location, kind: 'readerChange', runId: runIdOf(raw), notedAt, change };
  }
  if (fieldOf(raw.fields, FIELD.pageKind) === null) return { ...location, kind: 'foreign', type: raw.type };
  if (raw.type === 'metadata') return decodeFailure(raw, location);
  const { status, headers } = httpMessageOf(raw);
  if (raw.type === 'revisit') return { kind: 'notModified', ...decodePage(raw, location, 304, headers) };
  if (raw.type !== 'response') throw damaged('a response, revisit or metadata record', JSON.stringify(raw.type));
  const page = decodePage(raw, location, status, headers);
  return { kind: 'response', ...page, status, finalUrl: fieldOf(raw.fields, FIELD.finalUrl) ?? page.target.url };
}

/** @throws {PermanentError} `capture.damaged` if the block does not start with a whole HTTP head. */
export function httpMessageOf(raw: RawRecord): HttpMessage {
  const message = splitHttpMessage(raw.block);
  if (message === null) throw damaged('an HTTP head', 'none');
  return message;
}

function decodePage(
  { fields }: RawRecord,
  location: RecordLocation,
  status: number,
  headers: NamedFields,
): ScannedPage {
  const read = check(pageFields, {
    url: fieldOf(fields, 'warc-target-uri'),
    edition: fieldOf(fields, FIELD.edition),
    pageKind: fieldOf(fields, FIELD.pageKind),
    pageId: fieldOf(fields, FIELD.pageId),
    foundBy: fieldOf(fields, FIELD.foundBy),
    wantedDays: fieldOf(fields, FIELD.wantedDays),
    runId: fieldOf(fields, FIELD.runId),
    durationMs: fieldOf(fields, FIELD.durationMs) ?? 0,
    fetchedAt: fieldOf(fields, 'warc-date'),
    via: fieldOf(fields, FIELD.via),
    sha256: fieldOf(fields, FIELD.bodyDigest)?.replace(/^sha256:/, '') ?? EMPTY_SHA256,
  });
  const { pageKind: kind, edition, url, pageId, foundBy, runId, durationMs, sha256, fetchedAt, via } = read;
  const [from, to] = read.wantedDays?.split('-') ?? [];
  const wantedDays = from === undefined || to === undefined ? {} : { wantedDays: { from, to } };
  const etag = validator(headers, 'etag');
  const lastModified = validator(headers, 'last-modified');
  return {
    ...location,
    target: { kind, edition, url, pageId, foundBy, ...wantedDays },
    runId,
    durationMs,
    reference: { ...location, sha256, fetchedAt, status, etag, lastModified, via },
  };
}

function decodeFailure(raw: RawRecord, location: RecordLocation): ScannedRecord {
  const block = decodeFields(headerText(raw.block));
  const read = check(failureFields, {
    reason: fieldOf(block, 'reason'),
    detail: fieldOf(block, 'detail') ?? '',
    status: fieldOf(block, 'status'),
    attempts: fieldOf(block, 'attempts'),
    tries: triesOf(fieldOf(block, 'tries')),
  });
  return { kind: 'failure', ...decodePage(raw, location, read.status, []), ...read, status: read.status || null };
}

/** Older records have none. */
function triesOf(text: string | null): { readonly at: string; readonly reason: string }[] {
  if (text === null || text === '') return [];
  return text.split('; ').map((one) => {
    const [at = '', reason = ''] = one.split(' ');
    return { at, reason };
  });
}

function decodeJson(raw: RawRecord, what: string): Readonly<Record<string, unknown>> {
  try {
    return jsonObject.parse(JSON.parse(raw.block.toString('utf8')));
  } catch (error) {
    throw damaged(`${what} as JSON`, 'something else', error);
  }
}

function runIdOf({ fields }: RawRecord): string {
  const runId = fieldOf(fields, FIELD.runId);
  if (runId === null) throw damaged(FIELD.runId, 'none');
  return runId;
}

function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw damaged('our named fields', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`, read.error);
}

function damaged(wanted: string, found: string, cause?: unknown): PermanentError {
  return new PermanentError(`Wanted ${wanted} in a capture, found ${found}`, { code: 'capture.damaged', cause });
}

/** @returns the message divided into head and body; null if it does not start with a whole HTTP head. */
export function splitHttpMessage(message: Buffer): HttpMessage | null {
  const end = headEnd(message);
  if (end === null) return null;
  const text = headerText(message.subarray(0, end.start));
  const [, status, statusText] = /^HTTP\/\d(?:\.\d)? +(\d{3})(?: ([^\r\n]*))?(?=\r?\n|$)/i.exec(text) ?? [];
  if (status === undefined) return null;
  const firstLineEnd = text.indexOf('\n');
  const headers = firstLineEnd === -1 ? [] : decodeFields(text.slice(firstLineEnd + 1));
  const body = message.subarray(end.next);
  return { status: Number(status), statusText: (statusText ?? '').trim(), headers, body };
}

/** @returns where the empty line stands and where what follows it starts; bare line feeds are accepted. */
function headEnd(bytes: Buffer): { start: number; next: number } | null {
  const window = bytes.subarray(0, LIMITS.headBytesMax);
  const strict = window.indexOf('\r\n\r\n');
  const bare = window.indexOf('\n\n');
  if (strict === -1 && bare === -1) return null;
  if (bare === -1 || (strict !== -1 && strict < bare)) return { start: strict, next: strict + 4 };
  return { start: bare, next: bare + 2 };
}

/**
 * Reads lines of `Name: value`. Bare line feeds, folded lines and lines without a colon (ignored) are accepted: other people's
 * files have them.
 *
 * @param text  Without the line that precedes the fields and without the empty line that ends them.
 */
function decodeFields(text: string): NamedFields {
  const fields: [string, string][] = [];
  for (const line of text.split(/\r?\n/)) {
    const last = fields.at(-1);
    if (/^[ \t]/.test(line) && last) {
      last[1] = `${last[1]} ${line.trim()}`.trim();
      continue;
    }
    const colon = line.indexOf(':');
    if (colon > 0) fields.push([line.slice(0, colon).trim(), line.slice(colon + 1).trim()]);
    if (fields.length === LIMITS.headerFieldsMax + 1) break;
  }
  return fields;
}

/** @returns the bytes as text: UTF-8 if they are that, else ISO 8859-1, which loses nothing. */
function headerText(bytes: Buffer): string {
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
}
