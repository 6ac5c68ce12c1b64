import type { Config } from '../../config/config.js';
import type { Environment } from '../../config/environment.js';
import { findBrowser } from '../../crawlers/browser/find-browser.js';
import { existingPrivatePackage, privatePackage } from '../../platform/private-packages.js';

/** The browser that is fetched where the system has none: the leanest, and it asks nobody at start. */
const BROWSER_PACKAGE = 'chromium-headless-shell';

/**
 * Finds the browser for pages that need one: the configured one, else one on PATH, else the private copy that
 * `sputnik doctor --fetch-browser` made.
 *
 * @returns path of the executable; null if there is none, which does no harm: such pages are handed on as they are,
 *          and if none is ever wanted.
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
