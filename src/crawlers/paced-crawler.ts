import {
  BasicCrawler,
  Configuration,
  EventManager,
  Log,
  Logger as CrawleeLogger,
  LogLevel,
  Request,
  type BasicCrawlerOptions,
  type CrawlerAddRequestsOptions,
  type CrawlerAddRequestsResult,
  type RequestsLike,
} from '@crawlee/basic';
import type { Logger } from '../platform/logger.js';
import type { PacedRequestManager } from './requests/request-manager.js';

export { createBasicRouter } from '@crawlee/basic';

/** The longest time Crawlee can measure; our own deadlines are far shorter and act alone. */
const NEVER_SECS = 1_000_000;
/** Crawlee asks for this before it sizes itself by running `ps`; with a fixed concurrency it decides nothing. */
const MEMORY_MBYTES = 4_096;

interface PacedCrawlerOptions extends Pick<
  BasicCrawlerOptions,
  'requestHandler' | 'errorHandler' | 'failedRequestHandler' | 'maxRequestRetries'
> {
  readonly requests: PacedRequestManager;
  /** Requests under way at a time, fixed from the start. */
  readonly concurrency: number;
  readonly log: Logger;
}

/**
 * Crawlee's `BasicCrawler` over our request manager, without what stays switched off: sessions, statistics, storage,
 * system probing, the delay per domain, the SIGINT handler. Each has its reason in docs/decisions/0012.
 */
export class PacedCrawler extends BasicCrawler {
  readonly #signalsBefore = new Set(process.listeners('SIGINT'));
  readonly #requests: PacedRequestManager;

  constructor({ requests, concurrency, log, ...options }: PacedCrawlerOptions) {
    super(
      {
        ...options,
        minConcurrency: concurrency,
        maxConcurrency: concurrency,
        useSessionPool: false,
        requestHandlerTimeoutSecs: NEVER_SECS,
        statusMessageLoggingInterval: NEVER_SECS,
        statisticsOptions: { logIntervalSecs: NEVER_SECS, persistenceOptions: { enable: false } },
        autoscaledPoolOptions: { loggingIntervalSecs: null },
        log: new Log({ level: LogLevel.INFO, prefix: 'crawlee', logger: new LogBridge(log) }),
      },
      quietConfiguration(),
    );
    // 3.18.1 documents an option `requestManager` and refuses it; the property is the way that subclasses have.
    this.requestManager = requests;
    this.#requests = requests;
    requests.attach({
      createRequest: (request) => new Request(request),
      wake: () => void this.autoscaledPool?.notify(),
    });
  }

  override async addRequests(
    requests: RequestsLike,
    options?: CrawlerAddRequestsOptions,
  ): Promise<CrawlerAddRequestsResult> {
    return this.#requests.addRequestsBatched(requests, options);
  }

  /** A clock that jumps back turns Crawlee's delay per domain into an hour of silence, also where it is 0. */
  protected override delayRequest(): boolean {
    return false;
  }

  /** Takes off the SIGINT listener that `run()` has added, and no other: signals are the application's. */
  protected override _isTaskReadyFunction(): Promise<boolean> {
    for (const listener of process.listeners('SIGINT')) {
      if (!this.#signalsBefore.has(listener) && listener.name === 'sigintHandler') process.off('SIGINT', listener);
    }
    return super._isTaskReadyFunction();
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

/** Crawlee tells of each failed attempt and request; our handlers do so with more knowledge. */
const TOLD_BY_US = /^(Reclaiming failed request|Request failed and reached maximum retries)/;

/** Crawlee's own words, in our log: its warnings and errors as such, its talk at debug level, no data objects. */
class LogBridge extends CrawleeLogger {
  constructor(readonly target: Logger) {
    super({});
  }

  override _log(level: LogLevel, message: string, _data?: unknown, exception?: unknown): void {
    const fields = { event: 'crawlee', reason: message, ...(exception === undefined ? {} : { err: exception }) };
    const isTold = TOLD_BY_US.test(message);
    if (level === LogLevel.ERROR && !isTold) this.target.error(fields, 'crawlee failed');
    else if (level !== LogLevel.ERROR && level <= LogLevel.WARNING && !isTold)
      this.target.warn(fields, 'crawlee warned');
    else this.target.debug(fields, 'crawlee said');
  }
}
