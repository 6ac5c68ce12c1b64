import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { listCaptureFiles } from '../captures/capture-files.js';
import type { CaptureLimits } from '../captures/read-capture.js';
import type { CaptureShare } from '../captures/scan-captures.js';
import { readCaptures, type CaptureFindings } from '../store/verify/check-captures.js';
import { FaultList } from '../store/verify/fault.js';
import { threadFile } from './thread-file.js';

/** What a thread is started with. */
export interface CaptureTask {
  readonly dataDir: string;
  readonly limits: CaptureLimits;
  readonly share: CaptureShare;
}

/** What a thread tells; without findings: how many captures it has read so far. */
export interface CaptureNews {
  readonly count: number;
  readonly findings: CaptureFindings | null;
}

/** A thread takes as long to get going as this many bytes take to be read. */
const THREAD_BYTES_MIN = 4_000_000;
/** Each walks over all files to find its share, and has some 40 MB; beyond so many the records take longer. */
const THREADS_MAX = 4;

/**
 * Reads all captures as `readCaptures` does, on one thread less than there are cores, at most {@link THREADS_MAX}: the caller's own has the records
 * to read meanwhile.
 *
 * @param onRead  Told now and then how many were read.
 * @param signal  Ends the threads.
 */
export async function readCapturesOnThreads(
  dataDir: string,
  limits: CaptureLimits,
  onRead: (count: number) => void,
  signal: AbortSignal,
): Promise<CaptureFindings> {
  const files = await listCaptureFiles(dataDir);
  signal.throwIfAborted();
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const threadsMax = Math.min(Math.max(availableParallelism() - 1, 1), THREADS_MAX);
  const of = Math.min(threadsMax, Math.floor(bytes / THREAD_BYTES_MIN));
  if (of === 0) return readCaptures(dataDir, limits, null, onRead);
  const counts = Array.from({ length: of }, () => 0);
  const shares = counts.map((_, index) =>
    readShare({ dataDir, limits, share: { index, of } }, signal, (count) => {
      counts[index] = count;
      onRead(counts.reduce((sum, one) => sum + one, 0));
    }),
  );
  return together(await Promise.all(shares));
}

/**
 * If a thread cannot read its share, for instance because it is out of memory, the calling thread does; errors of the
 * disk are reported in the same way.
 */
async function readShare(
  task: CaptureTask,
  signal: AbortSignal,
  onRead: (count: number) => void,
): Promise<CaptureFindings> {
  const findings = await readOnThread(task, signal, onRead);
  if (findings !== null) return findings;
  signal.throwIfAborted();
  return readCaptures(task.dataDir, task.limits, task.share, onRead);
}

/** @returns null where the thread ended without. */
async function readOnThread(
  workerData: CaptureTask,
  signal: AbortSignal,
  onRead: (count: number) => void,
): Promise<CaptureFindings | null> {
  const thread = new Worker(threadFile('capture-thread'), { workerData });
  const end = (): void => void thread.terminate();
  signal.addEventListener('abort', end, { once: true });
  try {
    return await new Promise((resolve) => {
      thread.on('message', ({ count, findings }: CaptureNews) => {
        if (findings === null) onRead(count);
        else resolve(findings);
      });
      thread.on('error', () => {
        resolve(null);
      });
      thread.on('exit', () => {
        resolve(null);
      });
    });
  } finally {
    signal.removeEventListener('abort', end);
    await thread.terminate();
  }
}

/** Faults stand in the order of the captures, however these were shared out. */
function together(shares: readonly CaptureFindings[]): CaptureFindings {
  const faults = new FaultList();
  const digests = new Map<string, Map<number, string>>();
  for (const share of shares) {
    faults.include(share.faults, share.faultsByCode);
    for (const [file, ofShare] of share.digests) {
      digests.set(file, new Map([...(digests.get(file) ?? []), ...ofShare]));
    }
  }
  return {
    count: shares.reduce((sum, { count }) => sum + count, 0),
    faults: faults.faults.toSorted((a, b) => comparePlaces(a.place.split('@'), b.place.split('@'))),
    faultsByCode: faults.byCode(),
    digests,
  };
}

/** By file, then by offset. */
function comparePlaces([fileA = '', a]: readonly string[], [fileB = '', b]: readonly string[]): number {
  return fileA < fileB ? -1 : fileA > fileB ? 1 : Number(a) - Number(b);
}
