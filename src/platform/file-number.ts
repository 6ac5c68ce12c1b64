import { statSync } from 'node:fs';

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
