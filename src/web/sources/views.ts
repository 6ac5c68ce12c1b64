import type { NotifyStatus } from '../../notify/outbox/read-notify.js';
import type { CrawlSummary } from '../../queue/crawl-jobs.js';
import type { HostPace } from '../../redis/redis-host-throttle.js';
import type { FailingPage } from '../../store/catalogue/failed-pages.js';
import type { Freshness } from '../../store/catalogue/judge-freshness.js';
import type { DriftReport } from '../../store/drift/drift-report.js';
import type { QuarantinedPage } from '../../store/catalogue/quarantine-table.js';

/** How many jobs a queue holds. */
export interface QueueCounts {
  readonly name: string;
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
  /** Age of the oldest waiting job, in milliseconds; 0: none waits. */
  readonly oldestWaitingMs?: number;
}

/** The part of `status --json` that the pages show. What is left out is not shown. */
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

/** Where Bull Board is, if it is switched on. */
export const BOARD_PATH = '/queues/board/';

/** The result of a decision about pages. */
export interface Decided {
  /** Pages that were read, or given up. */
  readonly done: number;
  /** Pages that could not be read this time either, and stay in quarantine. */
  readonly kept: number;
  /** Pages that were not processed in time for the answer, and stay queued. */
  readonly queued: number;
}

/** What the forms of the pages can do. Each action goes through the queues of the service. Without a service it is refused (`web.noService`). */
export interface WebActions {
  decide(action: 'retry' | 'drop', pages: readonly QuarantinedPage[]): Promise<Decided>;
  /** Sends undelivered messages again, or gives them up. @param ids  Null: all. @returns how many. */
  decideMessages(action: 'retry' | 'drop', ids: readonly string[] | null): Promise<number>;
  /** Fetches the missing lists and pages of one day. @returns how many crawls were queued. */
  fill(edition: string, day: string): Promise<number>;
}

/** A job of a queue, for people. */
export interface JobView {
  readonly queue: string;
  readonly id: string;
  /** `active`, `waiting`, `delayed`, `failed`. */
  readonly state: string;
  /** What it is about. */
  readonly name: string;
  readonly attempts: number;
  /** UTC instant. */
  readonly addedAt: string;
  /** Why it failed; null: it has not. */
  readonly failure: string | null;
}

/** The states in which jobs are counted. */
export const JOB_COUNTS = ['waiting', 'active', 'delayed', 'failed'] as const;

/** Some jobs of one queue in one state. */
export interface JobsAsked {
  readonly queue: string;
  readonly state: (typeof JOB_COUNTS)[number];
  /** Number of jobs before the first one. */
  readonly from: number;
  readonly limit: number;
}

export interface JobList {
  readonly jobs: readonly JobView[];
  /** Number of all jobs of the queue in this state. */
  readonly total: number;
}

/** Days of an edition whose lists are missing. */
export interface ListDays {
  /** Days of which a list could not be read. */
  readonly gaps: readonly {
    readonly day: string;
    readonly route: string;
    readonly reason: string;
    readonly failedAt: string;
  }[];
  /** Days of which no complete list was read after they ended. */
  readonly unreadDays: readonly string[];
}
