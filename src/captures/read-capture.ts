import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { CaptureReference } from '../domain/article.js';
import { PermanentError, RetryableError } from '../domain/errors.js';
import { systemCodeOf } from '../platform/disk-error.js';
import { OPEN_AT_ONCE } from '../platform/read-limited.js';
import {
  CAPTURES_FOLDER,
  damaged,
  fieldOf,
  LIMITS,
  nameOfReference,
  decodeCapturedBody,
  httpMessageOf,
  splitRecord,
  splitRecordStart,
  type HttpMessage,
} from './capture-format.js';
import {
  decodeRecord,
  isAnswer,
  type RecordLocation,
  type ScannedAnswer,
  type ScannedRecord,
} from './decode-record.js';
import { gunzipMember, inflatePrefix, isZlibError, MEMBER_PREFIX_BYTES } from './gzip-member.js';

export interface CaptureLimits {
  /** Longest decoded body in bytes. */
  readonly bodyBytesMax: number;
}

/** A page as received, content encoding taken off; `capture-format.ts` says which header fields are renamed. */
export type ResponseCapture = Extract<ScannedAnswer, { kind: 'response' }> &
  HttpMessage & {
    /** As received, with its parameters; null if the answer named none. */
    readonly contentType: string | null;
  };

type Capture =
  | ResponseCapture
  | (Extract<ScannedAnswer, { kind: 'notModified' }> & HttpMessage)
  | Extract<ScannedAnswer, { kind: 'failure' }>;

/**
 * Reads one capture by its reference. Synchronous on purpose: it is called on worker threads, which have nothing else
 * to do meanwhile.
 *
 * @param dataDir  The folder that `reference.file` is relative to.
 * @throws {PermanentError} `capture.missing`: there is no such file, or the path is outside the captures folder;
 *         `capture.damaged`: bytes are missing, checksums do not match, or fields cannot be parsed; `capture.mismatch`:
 *         a complete record, but not the one that the reference describes; `capture.tooLarge`: body beyond the limit,
 *         which is found without allocating it; `capture.encodingUnknown`.
 * @throws {RetryableError} `capture.notPermitted`: the file may not be read, which says nothing about its content.
 *
 * Pure reading; safe on files that are being written.
 */
export function readCapture(dataDir: string, reference: CaptureReference, limits: CaptureLimits): Capture {
  const raw = splitRecord(decompress(readMember(dataDir, reference), limits));
  if (raw.block.length < raw.blockBytes) throw damaged(`a block of ${raw.blockBytes} bytes`, `${raw.block.length}`);
  const record = decodeRecord(raw, reference);
  if (!isAnswer(record)) throw mismatch('a page', `a record of another kind (${record.kind})`);
  const { sha256 } = record.reference;
  if (sha256 !== reference.sha256) throw mismatch(reference.sha256, sha256);
  if (record.kind === 'failure') return record;
  const message = httpMessageOf(raw);
  if (record.kind === 'notModified') return { ...record, ...message };
  const body = decodeCapturedBody(message.headers, message.body, limits.bodyBytesMax);
  return { ...record, ...message, body, contentType: fieldOf(message.headers, 'content-type') };
}

/**
 * Reads the headers of the record at a location, without its body.
 *
 * @returns null if no record that reads stands there.
 * @throws {RetryableError} `capture.notPermitted`; an error of the system, `ENOENT` where no file stands.
 */
export function readRecordAt(dataDir: string, location: RecordLocation): ScannedRecord | null {
  const name = nameOfReference(location.file);
  if (name === null || location.length > LIMITS.memberBytesMax) return null;
  const descriptor = openFile(join(dataDir, CAPTURES_FOLDER, name));
  try {
    const start = inflatePrefix(readBytes(descriptor, location.offset, Math.min(location.length, MEMBER_PREFIX_BYTES)));
    const raw =
      splitRecordStart(start) ?? splitRecord(gunzipMember(readBytes(descriptor, location.offset, location.length)));
    return decodeRecord(raw, location);
  } catch (error) {
    if (error instanceof PermanentError || isZlibError(error)) return null;
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Reads the bytes of one record as they stand in its file: a gzip member that any WARC tool reads.
 *
 * @throws {PermanentError} `capture.missing`, `capture.damaged`; {RetryableError} `capture.notPermitted`.
 */
export function readMember(dataDir: string, { file, offset, length }: RecordLocation): Buffer {
  const name = nameOfReference(file);
  if (name === null) throw missing(`a file directly in ${CAPTURES_FOLDER}/`, JSON.stringify(file.slice(0, 300)));
  if (length > LIMITS.memberBytesMax) throw damaged(`at most ${LIMITS.memberBytesMax} bytes`, `${length}`);
  const descriptor = openCaptureFile(join(dataDir, CAPTURES_FOLDER, name), file);
  try {
    const member = readBytes(descriptor, offset, length);
    if (member.length < length) throw damaged(`${length} bytes at ${offset} of ${file}`, `${member.length}`);
    return member;
  } finally {
    closeSync(descriptor);
  }
}

/** @returns the bytes, fewer where the file ends. */
function readBytes(descriptor: number, offset: number, length: number): Buffer {
  const { size } = fstatSync(descriptor);
  const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - offset)));
  for (let done = 0; done < bytes.length;) {
    const read = readSync(descriptor, bytes, done, bytes.length - done, offset + done);
    if (read === 0) return bytes.subarray(0, done);
    done += read;
  }
  return bytes;
}

function openCaptureFile(path: string, file: string): number {
  try {
    return openFile(path);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') throw missing('the capture file', `no file ${file} that can be read`, error);
    throw error;
  }
}

/** A link, and a folder too: as if nothing stood there. */
const AS_GONE: readonly (string | null)[] = ['ENOENT', 'ELOOP', 'ENXIO'];
/** Somebody took the right to read away, and gives it back: nothing is judged by that. */
const NOT_PERMITTED: readonly (string | null)[] = ['EACCES', 'EPERM'];

function openFile(path: string): number {
  let cause: unknown;
  try {
    const descriptor = openSync(path, OPEN_AT_ONCE | constants.O_NOFOLLOW);
    // A pipe or a device is open at once and has no bytes: what should stand there is damaged.
    if (!fstatSync(descriptor).isDirectory()) return descriptor;
    closeSync(descriptor);
  } catch (error) {
    if (NOT_PERMITTED.includes(systemCodeOf(error))) throw notPermitted(path, error);
    if (!AS_GONE.includes(systemCodeOf(error))) throw error;
    cause = error;
  }
  throw Object.assign(new Error(`no file that can be read stands at ${path}`, { cause }), { code: 'ENOENT' });
}

function notPermitted(path: string, cause: unknown): RetryableError {
  return new RetryableError(`This user may not read ${path}`, {
    code: 'capture.notPermitted',
    hint: 'Make the user who runs this command the owner of dataDir; nothing is lost',
    cause,
  });
}

function decompress(member: Buffer, { bodyBytesMax }: CaptureLimits): Buffer {
  try {
    return gunzipMember(member, bodyBytesMax + LIMITS.headBytesMax);
  } catch (error) {
    if (!isZlibError(error)) throw error;
    if (error.code !== 'ERR_BUFFER_TOO_LARGE') throw damaged('a whole gzip member', error.message, error);
    throw new PermanentError(`Expected a capture with a body of at most ${bodyBytesMax} bytes, found a longer one`, {
      code: 'capture.tooLarge',
      cause: error,
    });
  }
}

function mismatch(wanted: string, found: string): PermanentError {
  return new PermanentError(`Expected the capture of ${wanted}, found ${found}`, { code: 'capture.mismatch' });
}

function missing(wanted: string, found: string, cause?: unknown): PermanentError {
  return new PermanentError(`Expected ${wanted}, found ${found}`, { code: 'capture.missing', cause });
}
