import { Log, Logger as CrawleeLogger, LogLevel } from '@crawlee/basic';
import type { Logger } from '../platform/logger.js';

/** Crawlee's own words, in our log: its warnings and errors as such, its talk at debug level, no data objects. */
export function createCrawleeLog(log: Logger): Log {
  return new Log({ level: LogLevel.INFO, prefix: 'crawlee', logger: new LogBridge(log) });
}

class LogBridge extends CrawleeLogger {
  constructor(readonly target: Logger) {
    super({});
  }

  override _log(level: LogLevel, message: string, _data?: unknown, exception?: unknown): void {
    const fields = { event: 'crawlee', reason: message, ...(exception === undefined ? {} : { err: exception }) };
    if (level === LogLevel.ERROR) this.target.error(fields, 'crawlee failed');
    else if (level === LogLevel.WARNING || level === LogLevel.SOFT_FAIL) this.target.warn(fields, 'crawlee warned');
    else this.target.debug(fields, 'crawlee said');
  }
}
