import { treeBytes } from '../../platform/tree-bytes.js';

/**
 * Most resident memory that pages may add to what driver and browser together have when they are up, in bytes. 90 MB are of processes of the browser
 * that start with the first page; a page of 500 KB of text adds 20 to 30 MB, one of 2 MB 110. What else than its heap a page can fill (buffers, elements)
 * no flag bounds.
 */
const PAGE_BYTES_MAX = 220_000_000;
/** One that fills a gigabyte a second has some 50 MB more before that is seen. */
const MEMORY_LOOK_MS = 25;

/**
 * Calls `end` once when the driver and what it has started have grown by more than a page may add. Both the driver and the process that started it
 * look: the one that is busy with what the page says, or with other pages, would see it late.
 *
 * @param pid  Of the driver.
 */
export function whenLarge(pid: number, end: () => void): NodeJS.Timeout {
  const bytesMax = treeBytes(pid) + PAGE_BYTES_MAX;
  const timer = setInterval(() => {
    if (treeBytes(pid) <= bytesMax) return;
    clearInterval(timer);
    end();
  }, MEMORY_LOOK_MS);
  return timer.unref();
}
