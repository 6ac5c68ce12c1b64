import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { CaptureReference } from '../domain/article.js';
import { PermanentError } from '../domain/errors.js';
import type { FetchTarget } from '../domain/fetched.js';
import type { FetchFailure } from '../domain/outcome.js';
import { LIMITS } from './capture-format.js';
import { listCaptureFiles } from './capture-files.js';
import { decodeRecord, splitRecord, type DecodedRecord, type RawRecord } from './decode-record.js';
import { inflatePrefix, isZlibError } from './gzip-member.js';
import { MemberReader, type Span } from './member-reader.js';

interface ScannedBase {
  /** Relative to dataDir. */
  readonly file: string;
  readonly offset: number;
  /** Bytes from here to the next record. */
  readonly length: number;
}

interface ScannedPage extends ScannedBase {
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
    })
  | (ScannedBase & {
      readonly kind: 'run';
      readonly runId: string;
      readonly summary: Readonly<Record<string, unknown>>;
    })
  | (ScannedBase & {
      readonly kind: 'readerChange';
      readonly runId: string;
      /** UTC instant. */
      readonly notedAt: string;
      readonly change: Readonly<Record<string, unknown>>;
    })
  /** `warcinfo`, or a record that another program wrote. */
  | (ScannedBase & { readonly kind: 'foreign'; readonly type: string })
  /** Bytes that are no whole record; at the end of a file: torn by a kill, or still being written. */
  | (ScannedBase & { readonly kind: 'damaged'; readonly detail: string });

/** A record that says what a page was when it was asked for. */
export type ScannedAnswer = Exclude<ScannedRecord, { kind: 'run' | 'readerChange' | 'foreign' | 'damaged' }>;

export function isAnswer(record: ScannedRecord): record is ScannedAnswer {
  return record.kind === 'response' || record.kind === 'notModified' || record.kind === 'failure';
}

export interface ScanOptions {
  /** Per file (as {@link ScannedRecord} names it) the offset at which to start: the end of the last whole record that was seen. Else 0. */
  readonly from?: ReadonlyMap<string, number>;
}

/**
 * Walks over everything in the captures folder, in order of file name and offset.
 *
 * Reads headers only, so a damaged body is found by `readCapture`, not here. Damage never ends the walk: it is reported in its place and
 * the next record is searched. Memory is bounded by one record. Files that appear, and bytes that are appended, after a file was
 * reached may be missed; the next scan with `from` finds them.
 */
export async function* scanCaptures(dataDir: string, options: ScanOptions = {}): AsyncIterable<ScannedRecord> {
  for (const { file } of await listCaptureFiles(dataDir)) {
    yield* scanCaptureFile(dataDir, file, options.from?.get(file) ?? 0);
  }
}

/**
 * Walks over one capture file; see {@link scanCaptures}.
 *
 * @param file  Relative to dataDir.
 * @param from  Offset at which a record starts.
 */
export async function* scanCaptureFile(dataDir: string, file: string, from = 0): AsyncIterable<ScannedRecord> {
  const handle = await open(join(dataDir, file), 'r');
  try {
    const reader = await MemberReader.over(handle);
    for (let span = await reader.spanAt(from); span; span = await reader.spanAt(span.offset + span.length)) {
      yield await scanSpan(reader, file, span);
    }
  } finally {
    await handle.close();
  }
}

/** @returns the record at a place, as far as its headers tell. */
export async function scanSpan(reader: MemberReader, file: string, span: Span): Promise<ScannedRecord> {
  const { offset, length } = span;
  if (span.kind === 'damaged') return { kind: 'damaged', file, offset, length, detail: 'no whole record' };
  try {
    const raw = (await rawFromPrefix(reader, span)) ?? splitRecord(await decompressWhole(reader, span));
    return toScanned(file, span, decodeRecord(raw));
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    return { kind: 'damaged', file, offset, length, detail: error.message };
  }
}

/** @returns the record as far as the member's first bytes tell it; null if its headers go beyond them. */
async function rawFromPrefix(reader: MemberReader, span: Span): Promise<RawRecord | null> {
  const start = inflatePrefix(await reader.prefix(span));
  try {
    const raw = splitRecord(start);
    if (raw.type === 'metadata' && raw.block.length < raw.blockBytes) return null;
    // The HTTP header must be whole as well; a body need not be.
    return raw.block.length === raw.blockBytes || raw.block.includes('\r\n\r\n') ? raw : null;
  } catch (error) {
    if (error instanceof PermanentError) return null;
    throw error;
  }
}

async function decompressWhole(reader: MemberReader, span: Span): Promise<Buffer> {
  try {
    return gunzipSync(await reader.whole(span), { maxOutputLength: 2 * LIMITS.memberBytesMax });
  } catch (error) {
    if (!isZlibError(error)) throw error;
    throw new PermanentError(`Wanted a whole gzip member, found ${error.message}`, {
      code: 'capture.damaged',
      cause: error,
    });
  }
}

/** @returns a decoded record as a scan names it. */
export function toScanned(file: string, { offset, length }: Span, record: DecodedRecord): ScannedRecord {
  const place = { file, offset, length };
  if (record.kind === 'foreign') return { ...place, kind: 'foreign', type: record.type };
  if (record.kind === 'run') return { ...place, kind: 'run', runId: record.runId, summary: record.summary };
  if (record.kind === 'readerChange') {
    const { kind, runId, notedAt, change } = record;
    return { ...place, kind, runId, notedAt, change };
  }
  const { sha256, fetchedAt, status, etag, lastModified, via } = record.described;
  const reference = { ...place, sha256, fetchedAt, status, etag, lastModified, via };
  const page = { ...place, target: record.target, runId: record.runId, durationMs: record.durationMs, reference };
  if (record.kind === 'response') return { ...page, kind: 'response', status, finalUrl: record.finalUrl };
  if (record.kind === 'notModified') return { ...page, kind: 'notModified' };
  const { reason, detail, attempts } = record;
  return { ...page, kind: 'failure', reason, detail, status: record.status, attempts };
}
