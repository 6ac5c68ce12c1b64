import { Piscina } from 'piscina';
import type { Edition } from '../domain/edition.js';
import { afterRunningFor } from '../platform/closers.js';
import { readReceivedList } from '../sputnik/lists/parse-list.js';
import type { ListTask, ReadList } from '../sputnik/lists/parsed-list.js';
import { failedList } from '../sputnik/lists/parsed-list.js';
import { createUrlRules } from '../sputnik/urls/url-rules.js';
import { YOUNG_MB, type ExtractionLimits } from './extraction-pool.js';
import { threadFile } from './thread-file.js';

/** Parses lists of any length without blocking the caller's thread. */
export interface ListParser {
  /** Never rejects for anything a list holds: one that takes too long, or too much memory, is `broken`. */
  read(task: ListTask): Promise<ReadList>;
  close(): Promise<void>;
}

/** The worst list of this length takes some 50 ms; the site's own pages have 100 to 300 KB, feeds and sitemaps up to some MB. */
const OWN_THREAD_BYTES_MIN = 32_768;
/** Lists come in bursts; between them the thread and its memory are given back. */
const IDLE_MS = 10_000;

/** Reads short lists at once, longer ones one after the other on a thread, each under a deadline and a memory cap. */
export function createListParser(
  editions: readonly Edition[],
  { deadlineMs, memoryMb }: Pick<ExtractionLimits, 'deadlineMs' | 'memoryMb'>,
): ListParser {
  const rules = createUrlRules(editions);
  const pool = new Piscina<ListTask, ReadList>({
    filename: threadFile('list-thread'),
    workerData: editions,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: IDLE_MS,
    resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: YOUNG_MB },
  });
  // A thread that runs out of memory ends with an error event; its task's promise carries the failure.
  pool.on('error', () => undefined);
  let last: Promise<unknown> = Promise.resolve();
  const readOnThread = async (task: ListTask): Promise<ReadList> => {
    const abort = new AbortController();
    const stopWaiting = afterRunningFor(deadlineMs, () => {
      abort.abort();
    });
    try {
      return await pool.run(task, { signal: abort.signal });
    } catch (error) {
      const why = abort.signal.aborted ? `took longer than ${deadlineMs} ms` : `failed: ${String(error)}`;
      return { list: failedList({ code: 'broken', detail: `reading it ${why}` }), isPage: false };
    } finally {
      stopWaiting();
    }
  };
  return {
    read: async (task) => {
      if (task.body.length < OWN_THREAD_BYTES_MIN) return readReceivedList(task, rules);
      // The deadline is the list's own: it starts when the one before has ended.
      const read = last.then(() => readOnThread(task));
      last = read;
      return read;
    },
    close: () => pool.destroy(),
  };
}
