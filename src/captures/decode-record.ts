import { captureReferenceSchema, type CaptureReference } from '../domain/article.js';
import { DISCOVERY_ROUTES } from '../domain/edition.js';
import { PermanentError } from '../domain/errors.js';
import { PAGE_KINDS, type FetchTarget } from '../domain/fetched.js';
import { FETCH_FAILURES, type FetchFailure } from '../domain/outcome.js';
import type { PageId } from '../domain/page.js';
import { z } from 'zod';
import { EMPTY_SHA256, FIELD, PLAIN_RECORDS } from './capture-format.js';
import { headEnd, splitHttpMessage, validator, type HttpHead } from './http-message.js';
import { decodeFields, fieldOf, headerText, type NamedFields } from './named-fields.js';

/** A record's WARC header, and as much of its block as was given. */
export interface RawRecord {
  readonly type: string;
  readonly fields: NamedFields;
  /** Length of the whole block in bytes, by `Content-Length`. */
  readonly blockBytes: number;
  /** The block; shorter than `blockBytes` where only the start of the record was decompressed. */
  readonly block: Buffer;
}

/** What every record about a page says of itself. */
export interface RecordedPage {
  readonly target: FetchTarget;
  readonly runId: string;
  /** UTC instant to the second. */
  readonly fetchedAt: string;
  readonly durationMs: number;
  readonly via: CaptureReference['via'];
  readonly described: Omit<CaptureReference, 'file' | 'offset' | 'length'>;
}

export type DecodedRecord =
  | (RecordedPage & {
      readonly kind: 'response';
      readonly finalUrl: string;
      readonly http: HttpHead;
      readonly body: Buffer;
    })
  | (RecordedPage & { readonly kind: 'notModified'; readonly http: HttpHead })
  | (RecordedPage & {
      readonly kind: 'failure';
      readonly reason: FetchFailure;
      readonly detail: string;
      readonly status: number | null;
      readonly attempts: number;
    })
  | { readonly kind: 'run'; readonly runId: string; readonly summary: Readonly<Record<string, unknown>> }
  | {
      readonly kind: 'readerChange';
      readonly runId: string;
      readonly notedAt: string;
      readonly change: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'foreign'; readonly type: string };

const pageFields = z.object({
  url: z.string().min(1),
  edition: z.string().min(1),
  pageKind: z.enum(PAGE_KINDS),
  pageId: z
    .string()
    .regex(/^[^/]+\/[^/]+$/)
    .nullable(),
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
 * Reads a record of ours; a record without our named fields is `foreign`, which is no error.
 *
 * @throws {PermanentError} `capture.damaged` if it carries our fields but they, or its HTTP head, do not read.
 */
export function decodeRecord(raw: RawRecord): DecodedRecord {
  const plain = fieldOf(raw.fields, FIELD.record);
  if (plain === PLAIN_RECORDS.run) return decodeRun(raw);
  if (plain === PLAIN_RECORDS.readerChange) return decodeReaderChange(raw);
  if (fieldOf(raw.fields, FIELD.pageKind) === null) return { kind: 'foreign', type: raw.type };
  if (raw.type === 'metadata') return decodeFailure(raw);
  const message = splitHttpMessage(raw.block);
  if (!message) throw damaged('an HTTP head', 'none');
  const { head: http, body } = message;
  if (raw.type === 'revisit') return { kind: 'notModified', ...decodePage(raw, 304, http.headers), http };
  if (raw.type !== 'response') throw damaged('a response, revisit or metadata record', JSON.stringify(raw.type));
  const page = decodePage(raw, http.status, http.headers);
  return { kind: 'response', ...page, finalUrl: fieldOf(raw.fields, FIELD.finalUrl) ?? page.target.url, http, body };
}

function decodePage({ fields }: RawRecord, status: number, headers: NamedFields): RecordedPage {
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
  const { fetchedAt, via, runId, durationMs, sha256 } = read;
  const [from, to] = read.wantedDays?.split('-') ?? [];
  const etag = validator(headers, 'etag');
  const lastModified = validator(headers, 'last-modified');
  return {
    target: {
      kind: read.pageKind,
      edition: read.edition,
      url: read.url,
      pageId: read.pageId as PageId | null,
      foundBy: read.foundBy,
      ...(from === undefined || to === undefined ? {} : { wantedDays: { from, to } }),
    },
    runId,
    fetchedAt,
    durationMs,
    via,
    described: { sha256, fetchedAt, status, etag, lastModified, via },
  };
}

function decodeFailure(raw: RawRecord): DecodedRecord {
  const block = decodeFields(headerText(raw.block));
  const read = check(failureFields, {
    reason: fieldOf(block, 'reason'),
    detail: fieldOf(block, 'detail') ?? '',
    status: fieldOf(block, 'status'),
    attempts: fieldOf(block, 'attempts'),
  });
  return { kind: 'failure', ...decodePage(raw, read.status, []), ...read, status: read.status || null };
}

function decodeRun(raw: RawRecord): DecodedRecord {
  return { kind: 'run', runId: runIdOf(raw), summary: decodeJson(raw, 'the sum of a run') };
}

function decodeReaderChange(raw: RawRecord): DecodedRecord {
  const notedAt = check(captureReferenceSchema.shape.fetchedAt, fieldOf(raw.fields, 'warc-date'));
  return { kind: 'readerChange', runId: runIdOf(raw), notedAt, change: decodeJson(raw, 'a reader change') };
}

function decodeJson(raw: RawRecord, what: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(raw.block.toString('utf8'));
  } catch (error) {
    throw damaged(`${what} as JSON`, 'something else', error);
  }
  return check(jsonObject, value);
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
