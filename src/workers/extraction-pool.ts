import { Piscina } from 'piscina';
import { PermanentError } from '../domain/errors.js';
import type { Extraction } from '../domain/extraction.js';
import { createExtractionWorld, extractCapture, type ExtractionTask, type ExtractorSettings } from './extract-page.js';
import type { ThreadAnswer } from './extract-thread.js';

/** Reads the article in a capture. */
export interface Extractor {
  /**
   * @throws {PermanentError} `extract.timeout`, `extract.crashed`, or the code of a damaged capture: the page is
   *         quarantined, the next one proceeds.
   */
  extract(task: ExtractionTask): Promise<Extraction>;
  close(): Promise<void>;
}

export interface ExtractionLimits {
  /** Number of threads; 0: on the caller's own thread, without deadline or memory cap. */
  readonly threads: number;
  /** Most time one page may take. */
  readonly deadlineMs: number;
  /** Heap of one thread. */
  readonly memoryMb: number;
}

/** Extraction on worker threads, each page under a deadline and a memory cap. */
export function createExtractionPool(settings: ExtractorSettings, limits: ExtractionLimits): Extractor {
  if (limits.threads === 0) return extractorOnThisThread(settings);
  const pool = new Piscina<ExtractionTask | null, ThreadAnswer>({
    filename: new URL('./extract-thread-entry.cjs', import.meta.url).href,
    workerData: settings,
    minThreads: limits.threads,
    maxThreads: limits.threads,
    idleTimeout: Number.POSITIVE_INFINITY,
    resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb },
  });
  const slots = new Slots(limits.threads);
  /** A thread that was ended with its page is replaced by one that has to load first. */
  let isStarting = true;
  // A thread that runs out of memory ends with an error event; its task's promise carries the failure.
  pool.on('error', () => undefined);
  return {
    extract: async (task) => {
      // The deadline is the page's own: it starts when a thread is free and up, so a page that hangs costs only itself.
      const answer = await slots.use(async () => {
        if (isStarting) await pool.run(null);
        isStarting = false;
        try {
          return await runUnderDeadline(pool, task, limits.deadlineMs);
        } catch (error) {
          isStarting = true;
          throw error;
        }
      });
      if (answer.kind === 'extraction') return answer.extraction;
      if (answer.kind === 'permanentError') throw new PermanentError(answer.message, { code: answer.code });
      throw new Error('a thread gave no answer to a page');
    },
    close: () => pool.destroy(),
  };
}

/** At most so many pieces of work at once, first come first served. */
class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}

async function runUnderDeadline(
  pool: Piscina<ExtractionTask | null, ThreadAnswer>,
  task: ExtractionTask,
  deadlineMs: number,
): Promise<ThreadAnswer> {
  const abort = new AbortController();
  const run = pool.run(task, { signal: abort.signal });
  const timer = setTimeout(() => {
    abort.abort();
  }, deadlineMs);
  try {
    return await run;
  } catch (error) {
    const what = `${task.url.url} (${task.capture.file} at ${task.capture.offset})`;
    if (abort.signal.aborted) {
      throw new PermanentError(`reading ${what} took longer than ${deadlineMs} ms`, {
        code: 'extract.timeout',
        cause: error,
      });
    }
    throw new PermanentError(`reading ${what} crashed the extractor: ${String(error)}`, {
      code: 'extract.crashed',
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}

function extractorOnThisThread(settings: ExtractorSettings): Extractor {
  const world = createExtractionWorld(settings.editions, settings.topics);
  return {
    extract: (task) =>
      new Promise((resolve) => {
        resolve(extractCapture(task, settings, world));
      }),
    close: () => Promise.resolve(),
  };
}
