import type { Logger } from '../platform/logger.js';
import type { FetchTarget } from '../domain/fetched.js';
import type { CrawlSettings } from './crawl-settings.js';
import type { Attempt } from './fetch-page.js';
import type { NetworkGuard } from './network-guard.js';

/** Reads single pages through a real browser. */
export interface BrowserReader {
  /**
   * @returns  The page as the browser sees it after its scripts ran; a fault where it could not be read in time.
   *           Never rejects for anything the page does.
   */
  read(target: FetchTarget): Promise<Attempt>;
  close(): Promise<void>;
}

export function openBrowserReader(_options: {
  guard: NetworkGuard;
  settings: CrawlSettings;
  log: Logger;
}): BrowserReader | null {
  return null;
}
