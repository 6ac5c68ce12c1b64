import { open, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Clock } from '../platform/clock.js';
import { writerOf, listCaptureFiles, type CaptureFile } from './capture-files.js';
import { LIMITS } from './capture-format.js';
import { MemberReader } from './member-reader.js';

/** The state of the end of one file. */
interface TailRepair {
  /** Path or reference, as the caller named it. */
  readonly file: string;
  /** Length of the file that is left. */
  readonly keptBytes: number;
  /** Bytes of torn records that were cut off; 0: the file was whole. */
  readonly cutBytes: number;
}

/** So much at the end of a file may have been lost by a failing power supply: the last batch, and what a file system held back. */
const CHECKED_TAIL_BYTES = 2 * LIMITS.batchBytesMax;
/** After so long a silence the writer on another host or in another container counts as dead. */
const ELSEWHERE_SILENT_MS = 10 * 60_000;

/**
 * Cuts off everything after the last complete record of a file, which a kill or a power cut left half written. Nothing
 * has ever referred to those bytes. Damage before a complete record is left alone. A file without any complete record
 * is removed. Files that this program did not name are never touched.
 *
 * @param processedBytes  The offset up to which the file's records are known to have been processed: nothing before it
 * is cut off, whatever has become of its bytes. If it is null, a record of full length is kept even if it is damaged.
 *
 * Only for files that no live process writes. Idempotent.
 */
export async function repairTornTail(path: string, processedBytes: number | null = 0): Promise<TailRepair> {
  const file = await open(path, 'r+');
  const isForeign = writerOf(basename(path)) === 'foreign';
  let keptBytes = 0;
  let cutBytes = 0;
  try {
    const reader = await MemberReader.over(file);
    if (isForeign) return { file: path, keptBytes: reader.fileBytes, cutBytes: 0 };
    // Files that are processed whole are not read at all, however many there are.
    const from = Math.min(processedBytes ?? 0, reader.fileBytes);
    keptBytes = await endOfWhole(reader, from, processedBytes === null);
    // Where another file has taken the name of the one that was processed, a whole record may lie across that place.
    if (keptBytes < reader.fileBytes && from > 0) keptBytes = Math.max(keptBytes, await endOfWhole(reader, 0, false));
    cutBytes = reader.fileBytes - keptBytes;
    if (cutBytes > 0) {
      await file.truncate(keptBytes);
      await file.sync();
    }
  } finally {
    await file.close();
  }
  if (keptBytes === 0) await unlink(path);
  return { file: path, keptBytes, cutBytes };
}

/**
 * @param from         Nothing before is looked at, or cut off.
 * @param isRotSpared  A record that has its whole length counts though it is damaged.
 * @returns            Where the last whole record ends.
 */
async function endOfWhole(reader: MemberReader, from: number, isRotSpared: boolean): Promise<number> {
  const checkedFrom = reader.fileBytes - CHECKED_TAIL_BYTES;
  let keptBytes = from;
  for (let span = await reader.spanAt(from); span; span = await reader.spanAt(span.offset + span.length)) {
    const end = span.offset + span.length;
    if (span.kind !== 'member') continue;
    if (end < checkedFrom || isRotSpared || (await reader.isSound(span))) keptBytes = end;
  }
  return keptBytes;
}

/**
 * Repairs the ends of all capture files that no running process can be writing to. It is called at the start of the
 * process that holds the lock of the data directory.
 *
 * @returns  The files that were cut, with what was cut; empty when nothing was torn. Idempotent.
 *
 * Crawl processes beside this one keep writing: their files are recognised by name and left alone, files of other hosts
 * and containers until they have been silent for ten minutes.
 */
export async function repairCaptures(
  dataDir: string,
  clock: Clock,
  processedBytesOf: (file: string) => number | null = () => 0,
): Promise<readonly TailRepair[]> {
  const repairs: TailRepair[] = [];
  for (const captureFile of await listCaptureFiles(dataDir)) {
    if (mayBeWritten(captureFile, clock.now())) continue;
    const repair = await repairTornTail(join(dataDir, captureFile.file), processedBytesOf(captureFile.file));
    if (repair.cutBytes > 0 || repair.keptBytes === 0) repairs.push({ ...repair, file: captureFile.file });
  }
  return repairs;
}

function mayBeWritten({ file, modifiedAtMs }: CaptureFile, nowMs: number): boolean {
  const writer = writerOf(basename(file));
  return (
    writer === 'alive' ||
    writer === 'foreign' ||
    (writer === 'elsewhere' && Math.abs(nowMs - modifiedAtMs) < ELSEWHERE_SILENT_MS)
  );
}
