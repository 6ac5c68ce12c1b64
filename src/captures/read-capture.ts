import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { CaptureReference } from '../domain/article.js';
import { PermanentError } from '../domain/errors.js';
import type { FetchTarget } from '../domain/fetched.js';
import type { FetchFailure } from '../domain/outcome.js';
import { nameOfReference } from './capture-file-name.js';
import { CAPTURES_FOLDER, LIMITS } from './capture-format.js';
import { decodeBody } from './decode-body.js';
import { decodeRecord, splitRecord, type DecodedRecord } from './decode-record.js';
import { isZlibError } from './gzip-member.js';
import { fieldOf, type NamedFields } from './named-fields.js';

export interface CaptureLimits {
  /** Longest decoded body in bytes. */
  readonly bodyBytesMax: number;
}

interface CaptureBase {
  readonly target: FetchTarget;
  readonly runId: string;
  /** UTC instant to the second. */
  readonly fetchedAt: string;
  readonly durationMs: number;
  readonly via: CaptureReference['via'];
  /** Named fields of the WARC header, as written. */
  readonly fields: NamedFields;
}

/** A page as received, content encoding taken off. */
export interface ResponseCapture extends CaptureBase {
  readonly kind: 'response';
  readonly status: number;
  readonly statusText: string;
  /** As received (see capture-format.ts on what is renamed), order and repeats kept. */
  readonly headers: NamedFields;
  /** As received, with its parameters; null if the answer named none. */
  readonly contentType: string | null;
  readonly body: Buffer;
  /** Real address that answered. */
  readonly finalUrl: string;
}

/** 304: the page stood as it was. */
export interface NotModifiedCapture extends CaptureBase {
  readonly kind: 'notModified';
  readonly status: 304;
  readonly headers: NamedFields;
}

/** A fetch without a usable answer. */
export interface FailureCapture extends CaptureBase {
  readonly kind: 'failure';
  readonly reason: FetchFailure;
  readonly detail: string;
  readonly status: number | null;
  readonly attempts: number;
}

export type Capture = ResponseCapture | NotModifiedCapture | FailureCapture;

/**
 * Reads one capture by its reference. Synchronous on purpose: worker threads call it, and nothing else waits for them.
 *
 * @param dataDir  The folder that `reference.file` is relative to.
 * @throws {PermanentError} `capture.missing`: no such file, or no path inside the captures folder;
 *                          `capture.damaged`: bytes are missing, checksums do not fit, fields do not read;
 *                          `capture.mismatch`: a whole record, but not the one the reference describes;
 *                          `capture.tooLarge`: body beyond the limit, which is found without allocating it;
 *                          `capture.encodingUnknown`.
 *
 * Pure reading; safe on files that are being written.
 */
export function readCapture(dataDir: string, reference: CaptureReference, limits: CaptureLimits): Capture {
  const member = readMember(dataDir, reference);
  const raw = splitRecord(decompress(member, limits));
  if (raw.block.length < raw.blockBytes) throw damaged(`a block of ${raw.blockBytes} bytes`, `${raw.block.length}`);
  const record = decodeRecord(raw);
  if (record.kind === 'run' || record.kind === 'readerChange' || record.kind === 'foreign') {
    throw mismatch('a page', WORDS[record.kind]);
  }
  if (record.described.sha256 !== reference.sha256) throw mismatch(reference.sha256, record.described.sha256);
  return toCapture(record, raw.fields, limits);
}

const WORDS = {
  run: 'the sum of a run',
  readerChange: 'a reader change',
  foreign: 'a record of another program',
} as const;

function toCapture(
  record: Exclude<DecodedRecord, { kind: 'run' | 'readerChange' | 'foreign' }>,
  fields: NamedFields,
  limits: CaptureLimits,
): Capture {
  const { target, runId, fetchedAt, durationMs, via } = record;
  const base = { target, runId, fetchedAt, durationMs, via, fields };
  if (record.kind === 'failure') {
    const { kind, reason, detail, status, attempts } = record;
    return { ...base, kind, reason, detail, status, attempts };
  }
  const { headers, status, statusText } = record.http;
  if (record.kind === 'notModified') return { ...base, kind: 'notModified', status: 304, headers };
  return {
    ...base,
    kind: 'response',
    status,
    statusText,
    headers,
    contentType: fieldOf(headers, 'content-type'),
    body: decodeBody(headers, record.body, limits.bodyBytesMax),
    finalUrl: record.finalUrl,
  };
}

function readMember(dataDir: string, { file, offset, length }: CaptureReference): Buffer {
  const name = nameOfReference(file);
  if (name === null) throw missing(`a file directly in ${CAPTURES_FOLDER}/`, JSON.stringify(file.slice(0, 300)));
  if (length > LIMITS.memberBytesMax) throw damaged(`at most ${LIMITS.memberBytesMax} bytes`, `${length}`);
  const descriptor = openCaptureFile(join(dataDir, CAPTURES_FOLDER, name), file);
  try {
    const { size } = fstatSync(descriptor);
    if (offset + length > size) throw damaged(`${length} bytes at ${offset} of ${file}`, `a file of ${size} bytes`);
    const member = Buffer.allocUnsafe(length);
    for (let done = 0; done < length;) {
      const read = readSync(descriptor, member, done, length - done, offset + done);
      if (read === 0) throw damaged(`${length} bytes at ${offset} of ${file}`, `${done}`);
      done += read;
    }
    return member;
  } finally {
    closeSync(descriptor);
  }
}

function openCaptureFile(path: string, file: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ENOENT' || code === 'ELOOP') throw missing('the capture file', `no file ${file}`, error);
    throw error;
  }
}

function decompress(member: Buffer, { bodyBytesMax }: CaptureLimits): Buffer {
  try {
    return gunzipSync(member, { maxOutputLength: bodyBytesMax + LIMITS.headBytesMax });
  } catch (error) {
    if (!isZlibError(error)) throw error;
    if (error.code !== 'ERR_BUFFER_TOO_LARGE') throw damaged('a whole gzip member', error.message, error);
    throw new PermanentError(`Wanted a capture with a body of at most ${bodyBytesMax} bytes, found a longer one`, {
      code: 'capture.tooLarge',
      cause: error,
    });
  }
}

function damaged(wanted: string, found: string, cause?: unknown): PermanentError {
  return new PermanentError(`Wanted ${wanted} in a capture, found ${found}`, { code: 'capture.damaged', cause });
}

function mismatch(wanted: string, found: string): PermanentError {
  return new PermanentError(`Wanted the capture of ${wanted}, found ${found}`, { code: 'capture.mismatch' });
}

function missing(wanted: string, found: string, cause?: unknown): PermanentError {
  return new PermanentError(`Wanted ${wanted}, found ${found}`, { code: 'capture.missing', cause });
}
