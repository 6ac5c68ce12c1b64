import { BasicCrawler, Configuration, EventManager, Request, type RequestQueue } from '@crawlee/basic';
import type { Logger } from '../platform/logger.js';
import { createCrawleeLog } from './crawlee-log.js';

/** Where the loop takes its work from; it keeps the order and the pace itself. */
export interface WorkSource<Work> {
  /** Whether `next` would give something now; where not, `wake` is called later. */
  hasReady(): boolean;
  next(): Promise<Work | null>;
  /** Whether nothing waits, nothing is under way and nothing will be added. */
  isFinished(): boolean;
  /** Real address of the work, for Crawlee's own records. */
  urlOf(work: Work): string;
}

export interface CrawleeLoop {
  /** Resolves when the source is finished; rejects with the first error of `handle`. */
  readonly done: Promise<void>;
  /** Says that work may be ready. */
  wake(): void;
}

/** The longest time Crawlee can measure; our own deadlines are far shorter and act alone. */
const NEVER_SECS = 1_000_000;
/** Crawlee asks for this before it sizes itself by running `ps`; with a fixed concurrency it decides nothing. */
const MEMORY_MBYTES = 4_096;

/**
 * Runs a Crawlee `BasicCrawler` over a work source of our own: Crawlee drives the concurrency, the source decides what
 * is next. Nothing of Crawlee's storage, sessions, retries, robots handling, pacing or system probing is in use, and its
 * SIGINT handler is taken off, because signals belong to the application (decisions 15 and 16).
 *
 * @param concurrency  Works under way at a time, fixed from the start.
 * @param handle       Does one work; it settles every expected failure itself.
 */
export function startCrawleeLoop<Work>(
  source: WorkSource<Work>,
  handle: (work: Work) => Promise<void>,
  options: { readonly concurrency: number; readonly log: Logger },
): CrawleeLoop {
  const works = new Map<string, Work>();
  const failure: { error: unknown } = { error: null };
  const configuration = quietConfiguration();
  const signals = interruptListeners();
  const crawler = new SteadyCrawler(
    {
      requestQueue: requestManager(source, works, signals.restore) as unknown as RequestQueue,
      requestHandler: async ({ request }) => {
        const work = works.get(request.uniqueKey);
        works.delete(request.uniqueKey);
        if (work === undefined) return;
        try {
          await handle(work);
        } catch (error) {
          failure.error ??= error;
          crawler.stop('a page could not be handed on');
        }
      },
      minConcurrency: options.concurrency,
      maxConcurrency: options.concurrency,
      maxRequestRetries: 0,
      useSessionPool: false,
      requestHandlerTimeoutSecs: NEVER_SECS,
      statusMessageLoggingInterval: NEVER_SECS,
      statisticsOptions: { logIntervalSecs: NEVER_SECS, persistenceOptions: { enable: false } },
      autoscaledPoolOptions: { loggingIntervalSecs: null },
      log: createCrawleeLog(options.log),
    },
    configuration,
  );
  return {
    done: crawler.run().then(() => {
      if (failure.error !== null) throw failure.error instanceof Error ? failure.error : new Error('the crawl failed');
    }),
    wake: () => void crawler.autoscaledPool?.notify(),
  };
}

/** Without Crawlee's per-domain delay, which a clock that jumps back turns into an hour of silence. */
class SteadyCrawler extends BasicCrawler {
  protected override delayRequest(): boolean {
    return false;
  }
}

/** Emits nothing: no memory and processor readings (each runs `ps`), no state to persist. */
class SilentEvents extends EventManager {
  override init(): Promise<void> {
    this.initialized = true;
    return Promise.resolve();
  }
}

function quietConfiguration(): Configuration {
  const configuration = new Configuration({ persistStorage: false, memoryMbytes: MEMORY_MBYTES, purgeOnStart: false });
  configuration.useEventManager(new SilentEvents(configuration));
  return configuration;
}

/** The request manager that Crawlee sees; the documented `requestManager` option is refused by 3.18.1. */
function requestManager<Work>(source: WorkSource<Work>, works: Map<string, Work>, onFirstUse: () => void): object {
  let handled = 0;
  let given = 0;
  const refuse = (): never => {
    throw new Error('requests are added to the work source only');
  };
  return {
    isEmpty: () => {
      if (given === 0) onFirstUse();
      return Promise.resolve(!source.hasReady());
    },
    isFinished: () => Promise.resolve(source.isFinished()),
    fetchNextRequest: async () => {
      const work = await source.next();
      if (work === null) return null;
      const uniqueKey = String((given += 1));
      works.set(uniqueKey, work);
      return new Request({ url: source.urlOf(work), uniqueKey });
    },
    markRequestHandled: () => {
      handled += 1;
      return Promise.resolve(null);
    },
    reclaimRequest: () => Promise.resolve(null),
    handledCount: () => Promise.resolve(handled),
    getTotalCount: () => given,
    getPendingCount: () => works.size,
    addRequest: refuse,
    addRequestsBatched: refuse,
  };
}

/** Takes off the SIGINT listener that `run()` adds, and no other. */
function interruptListeners(): { readonly restore: () => void } {
  const before = new Set(process.listeners('SIGINT'));
  return {
    restore: () => {
      for (const listener of process.listeners('SIGINT')) {
        if (!before.has(listener) && listener.name === 'sigintHandler') process.off('SIGINT', listener);
      }
    },
  };
}
