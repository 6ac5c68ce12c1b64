import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaptureReference } from '../domain/article.js';
import { FatalError, PermanentError, RetryableError } from '../domain/errors.js';
import type { FetchResult } from '../domain/page.js';
import { toUtcInstant, type Clock } from '../platform/clock.js';
import { systemCodeOf } from '../platform/disk-error.js';
import { CAPTURES_FOLDER, FIELD, LIMITS, PLAIN_RECORDS, type PlainRecordKind } from './capture-format.js';
import { encodeFetchResult, encodePlainRecord, type EncodedRecord } from './encode-record.js';
import { encodeMember } from './gzip-member.js';
import { RollingWarcFile, type RollingWarcFileOptions } from './warc-file.js';

/** What a run did, or that it extracts an article again by another extractor, as the catalogue wants it back. */
type RunNote = Readonly<Record<string, unknown>> & { readonly runId: string };

/** Files that are deleted under us one after the other, before it is given up. */
const LOST_IN_A_ROW_MAX = 3;

interface Waiting {
  readonly member: Buffer;
  readonly described: EncodedRecord['described'];
  readonly resolve: (reference: CaptureReference) => void;
  readonly reject: (error: unknown) => void;
}

/** Appends captures to files of this process; made by {@link openCaptureWriter}. */
export class CaptureWriter {
  readonly #files: RollingWarcFile;
  readonly #clock: Clock;
  readonly #unfinished = new Set<Promise<CaptureReference>>();
  #waiting: Waiting[] = [];
  #flushing = false;
  #closed = false;
  #lostInARow = 0;

  constructor(options: RollingWarcFileOptions) {
    this.#files = new RollingWarcFile(options);
    this.#clock = options.clock;
  }

  /**
   * Keeps what a fetch ended in.
   *
   * @returns  Where it is, once it is on the disk (fdatasync). `status` of a failure without an answer is 0; the digest
   *           of a record without a body is that of nothing.
   * @throws {RetryableError}  `capture.diskFull`: nothing of it was kept, and it may be tried again when there is
   *         space; `capture.backlog`: `LIMITS.pendingMax` records already wait; `capture.closed`.
   * @throws {PermanentError}  `capture.tooLarge`: more than `LIMITS.memberBytesMax` compressed.
   * @throws {FatalError}      `capture.notWritable` for any other failure of the disk.
   *
   * Concurrent calls share one write and one fdatasync; all of a batch succeed or fail together. Not idempotent: two
   * calls, two records.
   */
  append(result: FetchResult): Promise<CaptureReference> {
    return this.#track(() => encodeFetchResult(result));
  }

  /**
   * Keeps the summary of a finished run; durable and failing as {@link append}.
   *
   * @param summary  At most 1 MiB as JSON, else `capture.tooLarge`.
   */
  appendRun(summary: RunNote): Promise<CaptureReference> {
    return this.#appendJson('run', summary, 'the summary of a run');
  }

  /** Keeps that an article is about to be extracted again; durable, limited and failing as {@link appendRun}. */
  appendExtractorChange(note: RunNote): Promise<CaptureReference> {
    return this.#appendJson('readerChange', note, 'an extractor change');
  }

  #appendJson(record: PlainRecordKind, value: RunNote, what: string): Promise<CaptureReference> {
    return this.#track(() => {
      const json = JSON.stringify(value);
      if (json.length > LIMITS.runBytesMax) throw tooLarge(what, LIMITS.runBytesMax);
      const fields = [
        [FIELD.record, PLAIN_RECORDS[record]],
        [FIELD.runId, value.runId],
        ['Content-Type', 'application/json'],
      ] as const;
      return encodePlainRecord('metadata', toUtcInstant(this.#clock.now()), fields, json);
    });
  }

  /** Ends the file that is written to: it does not change any more, and later appends go to a new one. */
  rollOver(): void {
    this.#files.rollOver();
  }

  /** Waits for all appends that were begun and closes the file; later appends are refused. Safe to repeat. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#unfinished);
    await this.#files.close();
  }

  async #track(encode: () => EncodedRecord): Promise<CaptureReference> {
    if (this.#closed) {
      throw new RetryableError('The capture writer is closed', { code: 'capture.closed' });
    }
    if (this.#unfinished.size >= LIMITS.pendingMax) {
      throw new RetryableError(`Too many captures wait for the disk: more than ${LIMITS.pendingMax}`, {
        code: 'capture.backlog',
      });
    }
    const appended = this.#append(encode);
    this.#unfinished.add(appended);
    try {
      return await appended;
    } finally {
      this.#unfinished.delete(appended);
    }
  }

  async #append(encode: () => EncodedRecord): Promise<CaptureReference> {
    const { head, body, dense, described } = encode();
    const member = await encodeMember(head, body, dense);
    if (member.length > LIMITS.memberBytesMax) throw tooLarge('a record', LIMITS.memberBytesMax);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ member, described, resolve, reject });
      if (!this.#flushing) void this.#flush();
    });
  }

  /** Commits batch after batch until nothing waits; what arrives during one commit forms the next. Never rejects. */
  async #flush(): Promise<void> {
    this.#flushing = true;
    await new Promise(setImmediate);
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) await this.#commit(first);
    this.#flushing = false;
  }

  async #commit(first: Waiting): Promise<void> {
    let batch: readonly Waiting[] = [];
    try {
      const { file, reference, roomBytes } = await this.#files.fileFor(first.member.length);
      batch = this.#takeBatch(roomBytes);
      let offset = await file.append(Buffer.concat(batch.map(({ member }) => member)));
      if (!file.isInPlace()) {
        if (++this.#lostInARow > LOST_IN_A_ROW_MAX) throw fileDeleted(reference);
        // Records that no file holds are appended again, to a new file.
        this.#waiting.unshift(...batch);
        return;
      }
      this.#lostInARow = 0;
      for (const { member, described, resolve } of batch) {
        const { sha256, fetchedAt, status, etag, lastModified, via } = described;
        const { length } = member;
        resolve({ file: reference, offset, length, sha256, fetchedAt, status, etag, lastModified, via });
        offset += length;
      }
    } catch (error) {
      if (batch.length === 0) batch = this.#takeBatch(LIMITS.batchBytesMax);
      const failure = captureFault(error);
      for (const { reject } of batch) reject(failure);
    }
  }

  /** Takes the next records that fit into the file and into one write; at least one. */
  #takeBatch(roomBytes: number): readonly Waiting[] {
    let bytes = 0;
    const end = this.#waiting.findIndex(({ member }, index) => {
      bytes += member.length;
      return index > 0 && bytes > Math.min(roomBytes, LIMITS.batchBytesMax);
    });
    const batch = end === -1 ? this.#waiting : this.#waiting.slice(0, end);
    this.#waiting = end === -1 ? [] : this.#waiting.slice(end);
    return batch;
  }
}

/**
 * Opens the captures folder for appending. The file itself is created by the first append, so that a run that captures
 * nothing leaves nothing behind. Any number of processes may hold a writer on one folder: each has files of its own.
 *
 * @throws {FatalError} `capture.notWritable` or {RetryableError} `capture.diskFull` if the folder cannot be made.
 */
export async function openCaptureWriter(options: RollingWarcFileOptions): Promise<CaptureWriter> {
  try {
    await mkdir(join(options.dataDir, CAPTURES_FOLDER), { recursive: true });
  } catch (error) {
    throw captureFault(error);
  }
  return new CaptureWriter(options);
}

/** @returns what a failure of the disk under the captures means. */
export function captureFault(error: unknown): Error {
  const code = systemCodeOf(error) ?? '';
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new RetryableError('Cannot keep captures: no space left on the disk', {
      code: 'capture.diskFull',
      hint: 'free space on the disk of dataDir, or move dataDir',
      cause: error,
    });
  }
  return new FatalError(`Cannot keep captures: the disk is not writable${code && ` (${code})`}`, {
    code: 'capture.notWritable',
    hint: 'check that dataDir exists, belongs to this user and is not read-only',
    cause: error,
  });
}

function fileDeleted(file: string): FatalError {
  return new FatalError(`Cannot keep captures: ${file} was deleted as soon as it was written, like those before it`, {
    code: 'capture.notWritable',
    hint: 'find out what else empties the folder captures, stop it, and start again',
  });
}

function tooLarge(what: string, bytesMax: number): PermanentError {
  return new PermanentError(`Expected ${what} of at most ${bytesMax} bytes, found a longer one`, {
    code: 'capture.tooLarge',
  });
}
