import type { DiscoveryRoute, Edition, Topic } from '../domain/edition.js';
import type { LogLevel } from '../platform/logger.js';

/**
 * The settings in force: one frozen object, made once at the start by `loadConfig`. config-schema.ts and
 * docs/configuration.md say what each setting does and which values it allows.
 */
export interface Config {
  /** Absolute. */
  readonly dataDir: string;
  readonly redis: { readonly url: string | null; readonly prefix: string | null };
  readonly politeness: {
    readonly delayMs: number;
    readonly concurrencyPerHost: number;
    readonly obeyRobots: boolean;
    readonly userAgent: string;
    readonly timeoutMs: number;
    readonly bodyBytesMax: number;
    readonly retries: number;
  };
  readonly proxy: { readonly urls: readonly string[] };
  readonly browser: {
    readonly mode: 'never' | 'fallback' | 'always';
    readonly executablePath: string | null;
    readonly pagesMax: number;
    readonly deadlineMs: number;
  };
  readonly schedules: Readonly<Record<ScheduleName, ScheduleSettings>>;
  readonly crawl: {
    readonly via: readonly DiscoveryRoute[];
    readonly recheck: readonly { readonly ageHoursMax: number; readonly everyMinutes: number }[];
    readonly retryMinutes: readonly number[];
    readonly itemsMax: number;
    readonly listPagesMax: number;
    readonly sitemapDays: number;
  };
  readonly extract: { readonly threads: number; readonly deadlineMs: number; readonly memoryMb: number };
  readonly dedupe: { readonly windowDays: number; readonly threshold: number };
  readonly lateness: { readonly gaps: number; readonly hoursMin: number; readonly unreadHours: number };
  readonly captures: { readonly fileBytesMax: number };
  readonly web: {
    readonly host: string;
    readonly port: number;
    readonly token: string | null;
    readonly requestsPerMinute: number;
  };
  readonly log: { readonly level: LogLevel };
  readonly queueBoard: { readonly enabled: boolean };
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

type ScheduleName = 'newest' | 'revisit' | 'retry' | 'reconcile' | 'maintenance';

interface ScheduleSettings {
  readonly cron: string;
  readonly timeZone: string;
  readonly enabled: boolean;
  /** For the run of one edition; `maintenance`, which crawls nothing, has none. */
  readonly deadlineMinutes?: number;
}

/** What a message is written as: JSON of our own, the form of a chat service, or an e-mail. */
export const TARGET_FORMS = ['json', 'slack', 'mattermost', 'discord', 'telegram', 'ntfy', 'email'] as const;

export type TargetForm = (typeof TARGET_FORMS)[number];

/** Where messages go; secrets as they stand in the settings: see `readSecret`. */
export interface NotifyTarget {
  readonly name: string;
  readonly form: TargetForm;
  readonly url: string;
  readonly secret: string | null;
  readonly token: string | null;
  readonly chat: string | null;
  readonly from: string | null;
  readonly to: readonly string[];
  readonly allowPrivate: boolean;
}

/** Who is told of what, and when. */
export interface NotifyRule {
  readonly name: string;
  readonly on: readonly NoticeKind[];
  readonly to: readonly string[];
  readonly query: string | null;
  readonly editions: readonly string[];
  readonly newsDays: number;
  readonly quarantineMin: number;
  readonly editionAfterMinutes: number;
  readonly quietMinutes: number;
  readonly quietHours: string | null;
  readonly digest: string | null;
  readonly timeZone: string;
  readonly perHourMax: number;
  readonly enabled: boolean;
}

export interface NotifySettings {
  readonly publicUrl: string | null;
  readonly retrySeconds: readonly number[];
  /** In the order of their names. */
  readonly targets: readonly NotifyTarget[];
  readonly rules: readonly NotifyRule[];
}

/** What people can be told of. */
export const NOTICE_KINDS = ['article', 'edit', 'withdrawal', 'edition', 'quarantine', 'drift'] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];
