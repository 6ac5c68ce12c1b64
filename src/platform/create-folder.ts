import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { systemCodeOf } from './disk-error.js';

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
    // On a file system that is read-only or not ours what is there already is told by other codes than EEXIST.
    if (code === 'ENOENT' || !isFolder(folder)) throw error;
    return true;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
