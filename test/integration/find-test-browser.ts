import { homedir } from 'node:os';
import { join } from 'node:path';
import { findBrowser } from '../../src/crawlers/browser/find-browser.js';
import { FatalError } from '../../src/domain/errors.js';
import { privatePackage } from '../../src/platform/private-packages.js';

const SHELL = 'chromium-headless-shell';

/** An installed browser, or a private copy of Debian's; null (and said so) where there is none. */
export async function findTestBrowser(): Promise<string | null> {
  const installed = await findBrowser(null);
  if (installed !== null) return installed;
  try {
    const cacheDir = join(homedir(), '.cache', 'sputnik-harvester');
    return (await privatePackage({ name: SHELL, binary: SHELL, cacheDir })).executable;
  } catch (error) {
    if (!(error instanceof FatalError)) throw error;
    console.warn(`SKIPPED: no browser to prove the fallback with (${error.message}; ${error.hint ?? ''})`);
    return null;
  }
}
