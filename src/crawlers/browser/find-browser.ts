import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Names under which a Chromium goes on the systems we know, the leanest first. */
const BROWSER_NAMES = [
  'chromium-headless-shell',
  'chrome-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'chrome',
];

/** Where they are installed, when the caller does not say where to look. */
const USUAL_BROWSER_FOLDERS = ['/usr/local/bin', '/usr/bin', '/bin', '/snap/bin', '/opt/google/chrome'].join(delimiter);

/**
 * Finds the browser to start: the configured one, otherwise one in the folders, otherwise the one that Playwright has
 * installed.
 *
 * @param configured  Path from the settings; null: none. If that file is not executable, no other browser is used.
 * @param folders     Folders in the form of PATH.
 * @returns           Path of an executable file, or null if there is none.
 */
export async function findBrowser(
  configured: string | null,
  folders: string = USUAL_BROWSER_FOLDERS,
): Promise<string | null> {
  if (configured !== null) return isExecutable(configured) ? configured : null;
  for (const name of BROWSER_NAMES) {
    for (const folder of folders.split(delimiter)) {
      if (folder !== '' && isExecutable(join(folder, name))) return join(folder, name);
    }
  }
  // Loaded late: it takes half a second, and mostly a browser was found above.
  const { chromium } = await import('playwright');
  const own = chromium.executablePath();
  return isExecutable(own) ? own : null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // It is missing or not executable, which is the question here.
    return false;
  }
}
