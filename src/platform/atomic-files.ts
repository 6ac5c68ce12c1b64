import { randomBytes } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import { mkdir, open, readdir, rename, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { noCrash, type CrashPoint } from './crash-points.js';
import { diskError, systemCodeOf } from './disk-error.js';
import { runLimited } from './in-turns.js';

/**
 * Files that are replaced whole: temporary file beside the target, fsync, rename, fsync of the folder. A reader sees the old or the new
 * content, never a part, also after power loss. Temporary files are named `.<name>.<8 hex>.tmp`; what a kill left of them is
 * removed by {@link removeStaleTemporaryFiles}.
 */

export interface FileToWrite {
  readonly path: string;
  readonly content: string | Buffer;
}

const TEMPORARY = /^\..+\.[0-9a-f]{8}\.tmp$/;
/** File system calls in flight; more than the four threads of libuv only wait. */
const CONCURRENCY = 8;
const FOLDER_DEPTH_MAX = 16;

/** Replaces one file; see {@link writeFilesAtomically}. */
export async function writeFileAtomically(
  path: string,
  content: string | Buffer,
  crashPoint?: CrashPoint,
): Promise<void> {
  await writeFilesAtomically([{ path, content }], crashPoint);
}

/**
 * Replaces several files; those in one folder share its fsync. Missing folders are created, and the folders that hold them synced.
 * Each file is whole at every moment; the group is not one transaction: after a failure or a kill some files are new, the others old.
 *
 * @param files       Paths must differ from each other.
 * @param crashPoint  Called at the `files.*` moments; no-op by default.
 * @throws {FatalError} `disk.…` with a hint; temporary files of this call are then removed as far as the disk lets us.
 */
export async function writeFilesAtomically(
  files: readonly FileToWrite[],
  crashPoint: CrashPoint = noCrash,
): Promise<void> {
  const folders = [...new Set(files.map((file) => dirname(file.path)))];
  const staged: { readonly temporary: string; readonly path: string }[] = [];
  try {
    const holders = (await runLimited(folders, CONCURRENCY, ensureFolder)).flat();
    await runLimited(files, CONCURRENCY, async ({ path, content }) => {
      const temporary = temporaryPath(path);
      staged.push({ temporary, path });
      await writeSynced(temporary, content, crashPoint);
    });
    for (const { temporary, path } of staged) {
      crashPoint('files.beforeRename');
      await rename(temporary, path);
      crashPoint('files.renamed');
    }
    await runLimited([...new Set([...folders, ...holders])], CONCURRENCY, syncFolder);
    crashPoint('files.folderSynced');
  } catch (error) {
    await removeAll(staged.map((file) => file.temporary));
    throw diskError(`write ${files.length === 1 ? (files[0]?.path ?? '') : `${files.length} files`}`, error);
  }
}

/**
 * Removes files for good: unlink, then fsync of their folders. A file that is not there is no error.
 *
 * @throws {FatalError} `disk.…`
 */
export async function removeFiles(paths: readonly string[]): Promise<void> {
  try {
    const removed = await runLimited(paths, CONCURRENCY, async (path) =>
      (await unlinkIfThere(path)) ? dirname(path) : null,
    );
    const folders = new Set(removed.filter((folder) => folder !== null));
    await runLimited([...folders], CONCURRENCY, syncFolder);
  } catch (error) {
    throw diskError(`remove ${paths.length} files`, error);
  }
}

/**
 * Removes what killed writers left behind. Only for the one writer of the folder, before it writes.
 *
 * @param names   Names of the folder's entries, where the caller has listed them already; else they are read.
 * @returns       How many were removed.
 */
export async function removeStaleTemporaryFiles(folder: string, names?: readonly string[]): Promise<number> {
  const stale = (names ?? (await readdir(folder))).filter((name) => TEMPORARY.test(name));
  await removeFiles(stale.map((name) => join(folder, name)));
  return stale.length;
}

/** Text is gathered to so many characters before it is written. */
const GATHERED_CHARACTERS_MAX = 262_144;

/** Pieces of a file, in order. */
type Chunks = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

/**
 * Writes a file of any length, at a path that people named, and replaces the target whole.
 *
 * @param chunks  Text is written as UTF-8.
 * @returns       Bytes written.
 * @throws {FatalError} `disk.…`; whatever `chunks` throws. The target is then as it was, and the temporary file gone.
 */
export async function writeStreamAtomically(path: string, chunks: Chunks): Promise<number> {
  const temporary = temporaryPath(path);
  const handle = await onDisk(path, async () => {
    createFolder(dirname(path));
    return open(temporary, 'wx', 0o644);
  });
  try {
    const bytes = await writeAll(handle, path, chunks);
    await onDisk(path, () => handle.sync());
    await handle.close();
    await onDisk(path, () => rename(temporary, path));
    await onDisk(path, () => syncFolder(dirname(path)));
    return bytes;
  } catch (error) {
    // The failure is the one to report; what cannot be removed behind it is only a temporary file.
    await handle.close().catch(() => undefined);
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

async function writeAll(handle: FileHandle, path: string, chunks: Chunks): Promise<number> {
  let bytes = 0;
  let gathered = '';
  const write = async (content: Uint8Array): Promise<void> => {
    await onDisk(path, () => handle.writeFile(content));
    bytes += content.length;
  };
  for await (const chunk of chunks) {
    if (typeof chunk === 'string') gathered += chunk;
    if (gathered.length < GATHERED_CHARACTERS_MAX && typeof chunk === 'string') continue;
    if (gathered !== '') await write(Buffer.from(gathered, 'utf8'));
    gathered = '';
    if (typeof chunk !== 'string') await write(chunk);
  }
  if (gathered !== '') await write(Buffer.from(gathered, 'utf8'));
  return bytes;
}

async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw diskError(`write ${path}`, error, 'output');
  }
}

function temporaryPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.tmp`);
}

async function writeSynced(path: string, content: string | Buffer, crashPoint: CrashPoint): Promise<void> {
  const handle = await open(path, 'wx', 0o644);
  try {
    crashPoint('files.tempOpened');
    await handle.writeFile(content);
    crashPoint('files.tempWritten');
    await handle.sync();
    crashPoint('files.tempSynced');
  } finally {
    await handle.close();
  }
}

/** @returns the folders in which a new folder now stands, which need an fsync of their own. */
async function ensureFolder(folder: string): Promise<string[]> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return [];
  const holders = [dirname(first)];
  for (let at = folder; at !== first && holders.length < FOLDER_DEPTH_MAX; at = dirname(at)) holders.push(dirname(at));
  return holders;
}

/** Makes changes of names in a folder durable: files that were created, renamed or removed there. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function unlinkIfThere(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCodeOf(error) ?? '')) return false;
    throw error;
  }
}

/** Best effort behind a failure that is about to be thrown: what stays is removed at the next start. */
async function removeAll(paths: readonly string[]): Promise<void> {
  await Promise.allSettled(paths.map(unlinkIfThere));
}

/**
 * Creates a folder and the folders above it. For folders that people name: Node's own `recursive` asks for ever where a file system
 * answers ENOENT to everything, as `/proc` does.
 *
 * @throws whatever `node:fs` throws; ENOENT where the file system takes no folders, EEXIST where a file is in the way.
 */
export function createFolder(folder: string): void {
  const missing: string[] = [];
  let at = resolve(folder);
  // Up to the first that is there or can be made; the root is always there.
  while (!makeUnlessHeld(at, dirname(at) !== at)) {
    missing.push(at);
    at = dirname(at);
  }
  for (const path of missing.reverse()) makeUnlessHeld(path, false);
}

/** @returns false if the folder above is missing too, which `mayLackParent` expects. */
function makeUnlessHeld(folder: string, mayLackParent: boolean): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'ENOENT' && mayLackParent) return false;
    // A file system that is read-only or belongs to another user reports existing files with other codes than EEXIST.
    if (code === 'ENOENT' || !isFolder(folder)) throw error;
    return true;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** @returns what tells a file or folder from another one that was put in its place; null: nothing stands there. Links are followed. */
export function fileNumber(path: string): string | null {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    return found === undefined ? null : `${found.dev}:${found.ino}`;
  } catch {
    // A file stands where one of its folders should, or it may not be looked at: whoever reads or writes there is told.
    return null;
  }
}
