import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { toUtcInstant } from '../platform/clock.js';
import { processStartOf } from '../platform/process-start.js';
import { CAPTURES_FOLDER } from './capture-format.js';

/**
 * The names of capture files. The part between time and sequence tells who writes the file: `h<host>-p<pid>-s<start>`, host as
 * six hex digits of a hash, pid and start in base 36, start being the process's start in clock ticks after boot (Linux; else 0).
 * So anybody can see whether the writer of a file still lives, without a lock file that a kill leaves behind.
 */
const NAME = /^sputnik-\d{14}-h([0-9a-f]{6})-p([0-9a-z]+)-s([0-9a-z]+)-\d{5,}\.warc\.gz$/;
const REFERENCE = /^captures\/([A-Za-z0-9][A-Za-z0-9._-]{0,200}\.warc\.gz)$/;

/** @param sequence  Counts the files of this process. */
export function captureFileName(nowMs: number, sequence: number): string {
  const time = toUtcInstant(nowMs).replace(/\D/g, '');
  return `sputnik-${time}-${thisWriter()}-${String(sequence).padStart(5, '0')}.warc.gz`;
}

/** @returns the name in the folder that a reference's `file` means; null if it is no name of a capture file (`..`, absolute, other folder). */
export function nameOfReference(file: string): string | null {
  return REFERENCE.exec(file)?.[1] ?? null;
}

export function referenceOfName(name: string): string {
  return `${CAPTURES_FOLDER}/${name}`;
}

/** Who may still be writing the file; `foreign`: its name is none of ours. */
export type FileHolder = 'nobody' | 'alive' | 'elsewhere' | 'foreign';

/**
 * @returns `alive` if the process that opened the file runs on this host (this process counts), `elsewhere` if it was opened on another
 *          host or container, about which nothing can be known from here, else `nobody`. Errs towards `alive`.
 */
export function holderOf(name: string): FileHolder {
  const [, host, pid, start] = NAME.exec(name) ?? [];
  if (host === undefined || pid === undefined || start === undefined) return 'foreign';
  if (host !== hostPart()) return 'elsewhere';
  const running = processStartOf(Number.parseInt(pid, 36));
  if (running === null) return 'nobody';
  return running === start || running === '0' || start === '0' ? 'alive' : 'nobody';
}

function thisWriter(): string {
  return `h${hostPart()}-p${process.pid.toString(36)}-s${processStartOf(process.pid) ?? '0'}`;
}

function hostPart(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 6);
}
