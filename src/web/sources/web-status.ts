import type { NotifyStatus } from '../../notify/outbox/read-notify.js';
import type { CrawlSummary } from '../../queue/crawl-jobs.js';
import type { HostPace } from '../../redis/redis-host-throttle.js';
import type { FailingPage } from '../../store/catalogue/failed-pages.js';
import type { Freshness } from '../../store/catalogue/judge-freshness.js';
import type { DriftReport } from '../../store/drift/drift-report.js';

/** How many jobs a queue holds. */
export interface QueueCounts {
  readonly name: string;
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
  /** Age of the job that has waited longest, in milliseconds; 0: none waits. */
  readonly oldestWaitingMs?: number;
}

/** How things stand, as the pages show it: the part of `status --json` that is not in the catalogue. What is not given is not shown. */
export interface WebStatus {
  /** Null: no Redis answers. */
  readonly queues: readonly QueueCounts[] | null;
  /** How fast hosts are asked. */
  readonly hosts?: readonly HostPace[];
  readonly freshness: readonly Freshness[];
  readonly failingPages: { readonly count: number; readonly pages: readonly FailingPage[] };
  readonly runCounts: readonly {
    readonly schedule: string;
    readonly edition: string;
    readonly skipped: number;
    readonly overlong: number;
  }[];
  readonly schedules?: readonly {
    readonly name: string;
    readonly cron: string;
    readonly timeZone: string;
    readonly state: string;
    readonly nextAt: string | null;
  }[];
  readonly runs?: readonly CrawlSummary[];
  /** Back-fills under way. */
  readonly orders?: readonly {
    readonly runId: string;
    readonly editions: readonly string[];
    readonly since: string | null;
    readonly until: string;
    readonly done: number;
    readonly parts: number;
    readonly isPaused: boolean;
    readonly day: string | null;
    readonly pagesPerHour: number | null;
    readonly pagesToGo: number | null;
    readonly etaAt: string | null;
  }[];
  readonly notify?: Pick<NotifyStatus, 'rules' | 'troubles' | 'undelivered'>;
  readonly reading?: Pick<DriftReport, 'alarms'>;
}
