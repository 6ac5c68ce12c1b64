import { Piscina } from 'piscina';
import { PermanentError, RetryableError } from '../domain/errors.js';
import { afterRunningFor } from '../platform/closers.js';
import {
  createExtractionWorld,
  extractCapture,
  type ExtractionTask,
  type Extractor,
  type ExtractorSettings,
} from './extract-page.js';
import type { ThreadAnswer } from './extract-captures.js';
import { threadFile } from './thread-file.js';

export interface ExtractionLimits {
  /** Number of threads; 0: on the caller's own thread, without deadline or memory cap. */
  readonly threads: number;
  /** Most time one page may take. */
  readonly deadlineMs: number;
  /** Heap of one thread. */
  readonly memoryMb: number;
  /** Whether pages are known to come faster than one thread reads them: then all threads are started at once. */
  readonly isBulk?: boolean;
}

/**
 * Where what a page leaves behind is gathered. Left to itself this grows to 48 MB; the time that a page takes is the same at a quarter of it.
 */
export const YOUNG_MB = 12;

/** Most pages that a thread is sent at once. More spare messages, and are read again one by one where one of them hangs. */
const MESSAGE_PAGES_MAX = 8;

/**
 * Another thread is started when a page has waited so long for the ones there are: each costs a second of CPU and some 80 MB to get going,
 * and one keeps up with what one process fetches and stores. A page that hangs holds the others up for no longer than this.
 */
const WAIT_MS_MAX = 1_000;

type Pool = Piscina<readonly ExtractionTask[], readonly ThreadAnswer[]>;

/** Extraction on worker threads, each page under a deadline and a memory cap. */
export function createExtractionPool(settings: ExtractorSettings, limits: ExtractionLimits): Extractor {
  if (limits.threads === 0) return extractorOnThisThread(settings);
  const pool: Pool = new Piscina({
    filename: threadFile('extract-thread'),
    workerData: settings,
    minThreads: 0,
    maxThreads: limits.threads,
    idleTimeout: Number.POSITIVE_INFINITY,
    resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb, maxYoungGenerationSizeMb: YOUNG_MB },
  });
  const threads = new ExtractionThreads(pool, limits);
  // A thread that runs out of memory ends with an error event; its task's promise carries the failure.
  pool.on('error', () => undefined);
  return {
    extract: async (task) => {
      const answer = await threads.extract(task);
      if (answer.kind === 'extraction') return answer.extraction;
      const { kind, message, code } = answer;
      throw kind === 'retryableError' ? new RetryableError(message, { code }) : new PermanentError(message, { code });
    },
    close: () => pool.destroy(),
  };
}

interface WaitingPage {
  readonly task: ExtractionTask;
  resolve(answer: ThreadAnswer): void;
  reject(reason: unknown): void;
}

/**
 * Shares pages among threads, first come, first served. A free thread takes its share of the waiting pages as one
 * message; a single page is sent at once. Every page has its own deadline, which starts when a thread is ready. If a
 * message takes longer than that, or ends its thread, its pages are read again one by one, so that a page that hangs
 * affects only itself.
 */
class ExtractionThreads {
  #free: number;
  #started: number;
  #timer: NodeJS.Timeout | undefined;
  /** Pages that are read by themselves come first. */
  readonly #alone: WaitingPage[] = [];
  readonly #waiting: WaitingPage[] = [];
  /** A thread that was ended with its page is replaced by one that has to load first. */
  #isStarting = true;

  constructor(
    private readonly pool: Pool,
    private readonly limits: ExtractionLimits,
  ) {
    this.#started = limits.isBulk === true ? limits.threads : 1;
    this.#free = this.#started;
  }

  extract(task: ExtractionTask): Promise<ThreadAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ task, resolve, reject });
      // Requests of the same turn of the event loop are sent together.
      queueMicrotask(() => {
        this.#useFreeThreads();
      });
    });
  }

  #useFreeThreads(): void {
    while (this.#free > 0) {
      const pages = this.#alone.splice(0, 1);
      const share = Math.min(MESSAGE_PAGES_MAX, Math.ceil(this.#waiting.length / this.#free));
      if (pages.length === 0) pages.push(...this.#waiting.splice(0, share));
      if (pages.length === 0) return;
      this.#free -= 1;
      void this.#read(pages).then(() => {
        this.#free += 1;
        this.#useFreeThreads();
      });
    }
    this.#watchWaiting();
  }

  /** Sees to it that nobody waits too long while another thread might be started. While one loads, a second would only load as well. */
  #watchWaiting(): void {
    const [oldest] = this.#waiting;
    if (oldest === undefined || this.#timer !== undefined || this.#started >= this.limits.threads) return;
    if (this.#isStarting) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#waiting[0] === oldest) this.#startThread();
      else this.#watchWaiting();
    }, WAIT_MS_MAX).unref();
  }

  #startThread(): void {
    this.#started += 1;
    this.#free += 1;
    // It has to load first: the time of that is not the page's.
    this.#isStarting = true;
    this.#useFreeThreads();
  }

  /** Never rejects. */
  async #read(pages: readonly WaitingPage[]): Promise<void> {
    try {
      if (this.#isStarting) await this.pool.run([]);
      this.#isStarting = false;
      this.#watchWaiting();
      const tasks = pages.map(({ task }) => task);
      const answers = await runUnderDeadline(this.pool, tasks, this.limits.deadlineMs);
      for (const [index, page] of pages.entries()) {
        const answer = answers[index];
        if (answer === undefined) page.reject(new Error('a thread gave no answer to a page'));
        else page.resolve(answer);
      }
    } catch (error) {
      this.#isStarting = true;
      if (pages.length > 1) this.#alone.push(...pages);
      else pages[0]?.reject(error);
    }
  }
}

async function runUnderDeadline(
  pool: Pool,
  tasks: readonly ExtractionTask[],
  deadlineMs: number,
): Promise<readonly ThreadAnswer[]> {
  const abort = new AbortController();
  const run = pool.run(tasks, { signal: abort.signal });
  const stopWaiting = afterRunningFor(deadlineMs, () => {
    abort.abort();
  });
  try {
    return await run;
  } catch (error) {
    const what = tasks.map(({ url, capture }) => `${url.url} (${capture.file} at ${capture.offset})`).join(', ');
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
    stopWaiting();
  }
}

function extractorOnThisThread(settings: ExtractorSettings): Extractor {
  const world = createExtractionWorld(settings);
  return {
    extract: (task) =>
      new Promise((resolve) => {
        resolve(extractCapture(task, settings, world));
      }),
    close: () => Promise.resolve(),
  };
}
