import type { Config } from '../../config/config.js';
import type { Environment } from '../../config/environment.js';
import { findBrowser } from '../../crawlers/browser/find-browser.js';
import { existingPrivatePackage, privatePackage } from '../../platform/private-packages.js';

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
