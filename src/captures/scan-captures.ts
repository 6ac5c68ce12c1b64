import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { PermanentError, unlessPermanent } from '../domain/errors.js';
import type { FailedTry } from '../domain/page.js';
import { diskError, systemCodeOf } from '../platform/disk-error.js';
import { OPEN_AT_ONCE } from '../platform/read-limited.js';
import { listCaptureFiles } from './capture-files.js';
import { decodeCapturedBody, httpMessageOf, splitRecord, splitRecordStart } from './capture-format.js';
import { decodeRecord, type RecordLocation, type ScannedRecord } from './decode-record.js';
import { gunzipMember, inflatePrefix, isZlibError } from './gzip-member.js';
import { MemberReader, type Span } from './member-reader.js';
import type { CaptureLimits } from './read-capture.js';

/**
 * Walks over everything in the captures folder, in order of file name and offset.
 *
 * Reads headers only, so a damaged body is found by `readCapture`, not here. Damage never ends the walk: it is reported
 * where it stands and the next record is searched. Memory is bounded by one record. Files that appear, and bytes that
 * are appended, after a file was reached may be missed; the next scan with `from` finds them.
 *
 * @param from  Per file (as {@link ScannedRecord} names it) the offset at which to start: the end of the last whole
 *              record that was seen. Else 0.
 */
export async function* scanCaptures(dataDir: string, from?: ReadonlyMap<string, number>): AsyncIterable<ScannedRecord> {
  for (const { file } of await listCaptureFiles(dataDir)) yield* scanCaptureFile(dataDir, file, from?.get(file));
}

/**
 * Walks over one capture file; see {@link scanCaptures}.
 *
 * @param file  Relative to dataDir.
 * @param from  Offset at which a record starts.
 */
export async function* scanCaptureFile(dataDir: string, file: string, from = 0): AsyncIterable<ScannedRecord> {
  const handle = await openCaptures(dataDir, file);
  try {
    const reader = await MemberReader.over(handle);
    for (let span = await reader.spanAt(from); span; span = await reader.spanAt(span.offset + span.length)) {
      yield await scanSpan(reader, file, span);
    }
  } finally {
    await handle.close();
  }
}

async function openCaptures(dataDir: string, file: string): Promise<FileHandle> {
  try {
    return await open(join(dataDir, file), OPEN_AT_ONCE);
  } catch (error) {
    throw systemCodeOf(error) === 'ENOENT' ? error : diskError(`read ${join(dataDir, file)}`, error);
  }
}

/** @returns the record of a span, as far as its headers tell. */
async function scanSpan(reader: MemberReader, file: string, span: Span): Promise<ScannedRecord> {
  const { offset, length } = span;
  const damaged = (detail: string): ScannedRecord => ({ kind: 'damaged', file, offset, length, detail });
  if (span.kind === 'damaged') return damaged('no whole record');
  try {
    const start = splitRecordStart(inflatePrefix(await reader.prefix(span)));
    return decodeRecord(start ?? splitRecord(gunzipMember(await reader.whole(span))), { file, offset, length });
  } catch (error) {
    if (error instanceof PermanentError) return damaged(error.message);
    if (isZlibError(error)) return damaged(`Expected a whole gzip member, found ${error.message}`);
    throw error;
  }
}

/** One record of the captures folder, read to its end. */
export interface WholeRecord {
  readonly record: ScannedRecord;
  /**
   * `sound`: the checksum of its member fits; with the body of a response, content encoding off, null where what the
   * site sent does not decode or is too long. `broken`: its bytes are not those that were written, or do not read.
   */
  readonly state: { readonly kind: 'sound'; readonly body: Buffer | null } | { readonly kind: 'broken' };
}

/** A part of the captures: of every so many records in turn, those of one turn. All parts together are all records. */
export interface CaptureShare {
  /** From 0. */
  readonly index: number;
  readonly of: number;
}

const RECORDS_OF_A_TURN = 8;

/**
 * Walks over everything in the captures folder as `scanCaptures` does, and reads each record whole, once. Memory is
 * bounded by one record.
 *
 * @param share  null: all.
 */
export async function* readWholeCaptures(
  dataDir: string,
  limits: CaptureLimits,
  share: CaptureShare | null = null,
): AsyncIterable<WholeRecord> {
  let count = 0;
  for (const { file } of await listCaptureFiles(dataDir)) {
    const handle = await openCaptures(dataDir, file);
    try {
      const reader = await MemberReader.over(handle);
      for (let span = await reader.spanAt(0); span; span = await reader.spanAt(span.offset + span.length)) {
        const turn = Math.floor(count / RECORDS_OF_A_TURN);
        count += 1;
        if (share !== null && turn % share.of !== share.index) continue;
        const whole = span.kind === 'member' ? wholeRecord(await reader.whole(span), { file, ...span }, limits) : null;
        yield whole ?? { record: await scanSpan(reader, file, span), state: { kind: 'broken' } };
      }
    } finally {
      await handle.close();
    }
  }
}

/** @returns null if the member is not sound or holds no record that reads. */
function wholeRecord(member: Buffer, location: RecordLocation, limits: CaptureLimits): WholeRecord | null {
  try {
    const raw = splitRecord(gunzipMember(member));
    if (raw.block.length < raw.blockBytes) return null;
    const record = decodeRecord(raw, location);
    if (record.kind !== 'response') return { record, state: { kind: 'sound', body: null } };
    const { headers, body: received } = httpMessageOf(raw);
    const body = unlessPermanent(() => decodeCapturedBody(headers, received, limits.bodyBytesMax));
    return { record, state: { kind: 'sound', body } };
  } catch (error) {
    if (error instanceof PermanentError || isZlibError(error)) return null;
    throw error;
  }
}

/** The facts of a captured response, apart from its interpretation. */
export interface CapturedAnswer {
  /** HTTP status; null where there was no answer, or the capture cannot be read any more. */
  readonly status: number | null;
  /** For a request without a response: its attempts, as far as the capture records them. */
  readonly tries: readonly FailedTry[];
}

const OUT_OF_REACH = ['ENOENT', 'EACCES', 'EPERM', 'EIO', 'EISDIR', 'ESTALE'];

/** The catalogue keeps what an answer meant; its status, and the attempts of one that did not come, stand in the capture. */
export async function readAnswer(
  dataDir: string,
  { kind, file, offset }: { readonly kind: string; readonly file: string; readonly offset: number },
): Promise<CapturedAnswer> {
  if (kind === 'notModified') return { status: 304, tries: [] };
  try {
    for await (const record of scanCaptureFile(dataDir, file, offset)) {
      if (record.kind === 'failure') return { status: record.status, tries: record.tries };
      return { status: record.kind === 'response' ? record.status : null, tries: [] };
    }
  } catch (error) {
    // A capture file that was moved away, or that the disk does not give, takes its status with it; everything else stays known.
    if (!OUT_OF_REACH.includes(systemCodeOf(error) ?? '')) throw error;
  }
  return { status: null, tries: [] };
}
