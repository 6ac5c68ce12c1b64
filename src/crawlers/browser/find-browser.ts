import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Config } from '../../config/config.js';
import type { Environment } from '../../config/environment.js';
import { existingPrivatePackage, privatePackage } from '../../platform/private-packages.js';

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

/** The browser that is fetched where the system has none: the leanest, and it asks nobody at start. */
const BROWSER_PACKAGE = 'chromium-headless-shell';

/**
 * Finds the browser for pages that need one: the configured one, otherwise one on PATH, otherwise the private copy that
 * `sputnik doctor --fetch-browser` made.
 *
 * @returns path of the executable; null if there is none: pages that need one are then handed on as received.
 */
export async function findInstalledBrowser(
  { browser }: Pick<Config, 'browser'>,
  { searchPath, cacheFolder }: Environment,
): Promise<string | null> {
  if (browser.mode === 'never') return null;
  const found = await findBrowser(browser.executablePath, searchPath);
  if (found !== null || browser.executablePath !== null) return found;
  return (await existingPrivatePackage(BROWSER_PACKAGE, cacheFolder))?.executable ?? null;
}

/** @throws {FatalError} `package.unavailable` where no private copy can be made. */
export async function fetchBrowser(cacheDir: string, onProgress: (line: string) => void): Promise<string> {
  const copy = await privatePackage({ name: BROWSER_PACKAGE, binary: BROWSER_PACKAGE, cacheDir, onProgress });
  return copy.executable;
}
