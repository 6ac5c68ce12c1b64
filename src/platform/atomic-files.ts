import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { noCrash, type CrashPoint } from './crash-points.js';
import { diskError, systemCodeOf } from './disk-error.js';
import { runLimited } from './run-limited.js';

/**
 * Files that are replaced whole: temporary file beside the target, fsync, rename, fsync of the folder. A reader sees the old or the new
 * content, never a part, also after power loss. Temporary files are named `.<name>.<8 hex>.tmp`; what a kill left of them is
 * removed by {@link removeStaleTemporaryFiles}.
 */

/** One file to be replaced. */
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

/** Makes the names in a folder survive power loss. */
/** Makes the names in a folder last: what was created, renamed or removed there. */
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
    if (systemCodeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Best effort behind a failure that is about to be thrown: what stays is removed at the next start. */
async function removeAll(paths: readonly string[]): Promise<void> {
  await Promise.allSettled(paths.map(unlinkIfThere));
}
