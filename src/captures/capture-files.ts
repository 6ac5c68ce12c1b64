import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { toUtcInstant } from '../platform/clock.js';
import { systemCodeOf } from '../platform/disk-error.js';
import { processStartOf } from '../platform/process-start.js';
import { CAPTURES_FOLDER, nameOfReference, referenceOfName } from './capture-format.js';

/** A capture file as references name it. */
export interface CaptureFile {
  /** Relative to dataDir: `captures/….warc.gz`. */
  readonly file: string;
  readonly bytes: number;
  readonly modifiedAtMs: number;
}

/**
 * @returns the capture files in order of their names, which is the order in which they were opened (as far as clocks agree);
 *          an absent folder has none. Other files in the folder are left out.
 */
export async function listCaptureFiles(dataDir: string): Promise<readonly CaptureFile[]> {
  const folder = join(dataDir, CAPTURES_FOLDER);
  const files: CaptureFile[] = [];
  for (const name of (await namesIn(folder)).sort()) {
    if (nameOfReference(referenceOfName(name)) === null) continue;
    const found = await statOrNull(join(folder, name));
    if (found?.isFile() === true)
      files.push({ file: referenceOfName(name), bytes: found.size, modifiedAtMs: found.mtimeMs });
  }
  return files;
}

/** @returns null for a broken link, and for a file that was removed after its name was read. */
async function statOrNull(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    if (['ENOENT', 'ELOOP'].includes(systemCodeOf(error) ?? '')) return null;
    throw error;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/**
 * @param sequence   Counts the files of this process.
 * @param crawlHost  Id of the data directory of a crawl host; null: the file stays where it is written.
 */
export function captureFileName(nowMs: number, sequence: number, crawlHost: string | null): string {
  const time = toUtcInstant(nowMs).replace(/\D/g, '');
  const host = crawlHost === null ? `h${hostPart()}` : `c${crawlHost}`;
  const writer = `${host}-p${process.pid.toString(36)}-s${processStartOf(process.pid) ?? '0'}`;
  return `sputnik-${time}-${writer}-${String(sequence).padStart(5, '0')}.warc.gz`;
}

/** @returns how names of capture files tell this host. */
function hostPart(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 6);
}

const NAME = /^sputnik-\d{14}-h([0-9a-f]{6})-p([0-9a-z]+)-s([0-9a-z]+)-\d{5,}\.warc\.gz$/;
const CRAWL_HOST_NAME = /^sputnik-\d{14}-c([0-9a-f]{12})-p[0-9a-z]+-s[0-9a-z]+-\d{5,}\.warc\.gz$/;

/** @returns the id of the crawl host that wrote the file which a reference names; null for any other file. */
export function crawlHostOf(file: string): string | null {
  return CRAWL_HOST_NAME.exec(nameOfReference(file) ?? '')?.[1] ?? null;
}

/**
 * Tells who may still be writing a file.
 *
 * @returns `foreign` if the file was not named by this program, `alive` if the process that opened the file runs on this host (this process counts), `elsewhere` if it was
 *          opened on another host or container, about which nothing can be known from here, otherwise `nobody`. Errs
 *          towards `alive`. The files of crawl hosts are written by the process that holds the lock of the data
 *          directory, so for that process at its start they are `nobody`.
 */
export function writerOf(name: string): 'nobody' | 'alive' | 'elsewhere' | 'foreign' {
  if (CRAWL_HOST_NAME.test(name)) return 'nobody';
  const [, host, pid, start] = NAME.exec(name) ?? [];
  if (host === undefined || pid === undefined || start === undefined) return 'foreign';
  if (host !== hostPart()) return 'elsewhere';
  const running = processStartOf(Number.parseInt(pid, 36));
  if (running === null) return 'nobody';
  return running === start || running === '0' || start === '0' ? 'alive' : 'nobody';
}
