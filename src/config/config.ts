import type { DiscoveryRoute, Edition, Topic } from '../domain/edition.js';
import type { LogLevel } from '../platform/logger.js';
import type { NotifySettings } from './notify-settings.js';

/**
 * The settings in force: one frozen object, made once at start by `loadConfig`. What each setting does, and what may stand there, is said in
 * config-schema.ts and in docs/configuration.md.
 */
export interface Config {
  /** Absolute. */
  readonly dataDir: string;
  readonly redis: { readonly url: string | null; readonly prefix: string | null };
  readonly politeness: PolitenessSettings;
  readonly proxy: { readonly urls: readonly string[] };
  readonly browser: BrowserSettings;
  readonly schedules: Readonly<Record<ScheduleName, ScheduleSettings>>;
  readonly crawl: CrawlSettings;
  readonly extract: { readonly threads: number; readonly deadlineMs: number; readonly memoryMb: number };
  readonly dedupe: { readonly windowDays: number; readonly threshold: number };
  readonly lateness: { readonly gaps: number; readonly hoursMin: number; readonly unreadHours: number };
  readonly captures: { readonly fileBytesMax: number };
  readonly web: WebSettings;
  readonly log: { readonly level: LogLevel };
  readonly tracing: { readonly enabled: boolean };
  readonly workers: {
    readonly pageConcurrency: number;
    readonly crawlConcurrency: number;
    readonly backfillConcurrency: number;
  };
  readonly notify: NotifySettings;
  /** Complete, in the order of their ids; disabled ones among them. */
  readonly editions: readonly Edition[];
  /** In the order of their ids; disabled ones among them. */
  readonly topics: readonly Topic[];
  /** Where each value came from: dotted key → `config/default.yaml:12`, `environment REDIS_URL`, `flag --data-dir`. */
  readonly origins: Readonly<Record<string, string>>;
}

interface PolitenessSettings {
  readonly delayMs: number;
  readonly concurrencyPerHost: number;
  readonly obeyRobots: boolean;
  readonly userAgent: string;
  readonly timeoutMs: number;
  readonly bodyBytesMax: number;
  readonly retries: number;
}

interface BrowserSettings {
  readonly mode: 'never' | 'fallback' | 'always';
  readonly executablePath: string | null;
  readonly pagesMax: number;
  readonly deadlineMs: number;
}

type ScheduleName = 'newest' | 'revisit' | 'retry' | 'reconcile' | 'maintenance';

interface ScheduleSettings {
  readonly cron: string;
  readonly timeZone: string;
  readonly enabled: boolean;
  /** Of one edition's run; not of `maintenance`, which crawls nothing. */
  readonly deadlineMinutes?: number;
}

interface CrawlSettings {
  readonly via: readonly DiscoveryRoute[];
  readonly recheck: readonly { readonly ageHoursMax: number; readonly everyMinutes: number }[];
  readonly retryMinutes: readonly number[];
  readonly itemsMax: number;
  readonly listPagesMax: number;
  readonly sitemapDays: number;
}

interface WebSettings {
  readonly host: string;
  readonly port: number;
  readonly token: string | null;
  readonly requestsPerMinute: number;
}
