import { lstatSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { FatalError } from '../domain/errors.js';
import { diskError } from './disk-error.js';

/** What the program makes in a data directory, by kind; `''` is the directory itself. */
const KINDS = {
  folder: ['', 'articles', 'captures', 'damaged', 'duplicates', 'redis'],
  file: [
    ...['catalogue.db', 'catalogue.db-journal', 'catalogue.db-shm', 'catalogue.db-wal'],
    ...['data-dir.json', 'lock.db', 'lock.db-journal', 'lock.json'],
    ...['notify.db', 'notify.db-shm', 'notify.db-wal'],
  ],
} as const;

/**
 * Refuses a data directory that has the wrong kind of entry where the program keeps a file or a folder: a file named
 * `captures`, a folder named `catalogue.db`, a link to a disk that is not mounted. A missing entry is not an error.
 *
 * @throws {FatalError} `disk.wrongKind`, naming the path; `disk.…` if one may not be examined.
 */
export function checkDataDir(dataDir: string): void {
  for (const kind of ['folder', 'file'] as const) {
    for (const name of KINDS[kind]) {
      const path = join(dataDir, name);
      const found = kindOf(path);
      if (found === null || found === kind) continue;
      throw new FatalError(`Expected a ${kind} at ${path}, found ${FOUND[found]}`, {
        code: 'disk.wrongKind',
        hint:
          found === 'nowhere'
            ? 'Is the disk that it leads to mounted? Mount it, or remove the link; nothing was touched'
            : 'Move it elsewhere, or use another --data-dir; nothing was changed',
      });
    }
  }
}

/**
 * Whether a path is that of something which the program keeps in its data directory, or lies below it. Links of folders
 * are followed.
 *
 * @param path  Absolute.
 */
export function isOfDataDir(path: string, dataDir: string): boolean {
  const [first = ''] = relative(realPathOf(dataDir), join(realPathOf(dirname(path)), basename(path))).split(sep);
  return [...KINDS.folder, ...KINDS.file].some((name) => name === first);
}

/** Of the nearest folder that exists; what is missing below it stays as it is written. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path === dirname(path) ? path : join(realPathOf(dirname(path)), basename(path));
  }
}

const FOUND = {
  file: 'a file',
  folder: 'a folder',
  other: 'neither file nor folder',
  nowhere: 'a link that leads nowhere',
} as const;

/** What has just appeared is none. */
function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** @returns null where nothing stands; links are followed. */
function kindOf(path: string): keyof typeof FOUND | null {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return isLink(path) ? 'nowhere' : null;
    return found.isDirectory() ? 'folder' : found.isFile() ? 'file' : 'other';
  } catch (error) {
    throw diskError(`look at ${path}`, error);
  }
}
