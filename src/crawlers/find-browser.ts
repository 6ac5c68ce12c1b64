import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Names under which a Chromium goes on the systems we know, the leanest first. */
const BROWSER_NAMES = [
  'chromium-headless-shell',
  'chrome-headless-shell',
  'headless_shell',
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'chrome',
];

/**
 * Finds the browser to start.
 *
 * @param configured   Path from the settings, or null.
 * @param searchPaths  Folders, in the form of PATH.
 * @returns            Path of an executable file, or null if there is none; a configured path that is not
 *                     executable is not replaced by another.
 */
export function findBrowser(configured: string | null, searchPaths: string): string | null {
  if (configured !== null) return isExecutable(configured) ? configured : null;
  const folders = searchPaths.split(delimiter).filter((folder) => folder !== '');
  for (const name of BROWSER_NAMES) {
    for (const folder of folders) if (isExecutable(join(folder, name))) return join(folder, name);
  }
  return null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Missing or not executable is what was asked.
    return false;
  }
}
