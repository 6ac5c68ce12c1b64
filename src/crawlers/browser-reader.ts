import type { FetchTarget } from '../domain/fetched.js';
import type { Attempt } from './fetch-page.js';

/** Reads single pages through a real browser. */
export interface BrowserReader {
  /**
   * @returns  The page as the browser sees it after its scripts ran; a fault where it could not be read in time.
   *           Never rejects for anything the page does.
   */
  read(target: FetchTarget): Promise<Attempt>;
  close(): Promise<void>;
}
