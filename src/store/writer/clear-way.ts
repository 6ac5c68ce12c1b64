import { lstatSync, mkdirSync, renameSync, statSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemCodeOf } from '../../platform/disk-error.js';
import { articlePath, DAMAGED_FOLDER, type RecordLocation } from '../files/article-files.js';

/** Things of one name that are set aside, before it is given up. */
const NAMES_MAX = 1_000;

/** Moves a record to `damaged/`, under the path it had; never deleted, nor is what was set aside under that path before. */
export function setAside(dataDir: string, location: RecordLocation): void {
  const path = articlePath(location);
  moveTo(join(dataDir, path), join(dataDir, DAMAGED_FOLDER, path));
}

/**
 * Moves to `damaged/` what stands where a folder of records belongs: a file, a pipe, a link that leads to no folder. What the folder held is
 * made again from captures as it is met.
 *
 * @param folder  Of a record that is about to be written, relative to `dataDir`.
 * @returns       The path of what was moved, relative to `dataDir`; null: nothing is in the way.
 */
export function clearWay(dataDir: string, folder: string): string | null {
  if (isFolder(join(dataDir, folder))) return null;
  const parts = folder.split('/');
  for (let depth = 2; depth <= parts.length; depth += 1) {
    const at = parts.slice(0, depth).join('/');
    const found = lstatSync(join(dataDir, at), { throwIfNoEntry: false });
    if (found === undefined) return null;
    if (found.isDirectory() || isFolder(join(dataDir, at))) continue;
    moveTo(join(dataDir, at), join(dataDir, DAMAGED_FOLDER, `${at}.no-folder`));
    return at;
  }
  return null;
}

function isFolder(path: string): boolean {
  return statOrNull(path)?.isDirectory() ?? false;
}

function statOrNull(path: string): Stats | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    if (['ENOTDIR', 'ELOOP'].includes(systemCodeOf(error) ?? '')) return null;
    throw error;
  }
}

/** Under another name where one is taken. */
function moveTo(path: string, wanted: string): void {
  mkdirSync(dirname(wanted), { recursive: true });
  let target = wanted;
  for (let count = 2; count <= NAMES_MAX && lstatSync(target, { throwIfNoEntry: false }) !== undefined; count += 1) {
    target = `${wanted}.${count}`;
  }
  renameSync(path, target);
}
