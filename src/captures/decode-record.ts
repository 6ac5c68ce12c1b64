import { z } from 'zod';
import { captureReferenceSchema, type CaptureReference } from '../domain/article.js';
import { DISCOVERY_ROUTES } from '../domain/edition.js';
import { type FetchedFailure, PAGE_KINDS } from '../domain/page.js';
import { FETCH_FAILURES } from '../domain/outcome.js';
import {
  EMPTY_SHA256,
  FIELD,
  fieldOf,
  PLAIN_RECORDS,
  validator,
  damaged,
  decodeFields,
  headerText,
  httpMessageOf,
  type NamedFields,
  type RawRecord,
} from './capture-format.js';

/** Where a record stands: its file relative to dataDir, its offset, and its length up to the next record. */
export type RecordLocation = Readonly<Pick<CaptureReference, 'file' | 'offset' | 'length'>>;

interface ScannedPage extends RecordLocation, Pick<FetchedFailure, 'target' | 'runId' | 'durationMs'> {
  /** As the writer returned it. */
  readonly reference: CaptureReference;
}

/** One record of the captures folder, without its body. */
export type ScannedRecord =
  | (ScannedPage & { readonly kind: 'response'; readonly status: number; readonly finalUrl: string })
  | (ScannedPage & { readonly kind: 'notModified' })
  | (ScannedPage & Required<Pick<FetchedFailure, 'kind' | 'reason' | 'detail' | 'status' | 'attempts' | 'tries'>>)
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
