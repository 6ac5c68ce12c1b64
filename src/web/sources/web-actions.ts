import type { QuarantinedPage } from '../../store/catalogue/quarantine-table.js';

/** Where Bull Board is, if it is switched on. */
export const BOARD_PATH = '/queues/board/';

/** What became of the pages that somebody decided about. */
export interface Decided {
  /** Read, or given up. */
  readonly done: number;
  /** In quarantine still: they could not be read this time either. */
  readonly kept: number;
  /** Queued: it had not come to them when the answer was due. */
  readonly queued: number;
}

/** What can be asked for from a page. Each goes through the queues of the service; where none is at work it is refused (`web.noService`). */
export interface WebActions {
  decide(action: 'retry' | 'drop', pages: readonly QuarantinedPage[]): Promise<Decided>;
  /** Has undelivered messages sent again, or given up. @param ids  Null: all. @returns how many. */
  decideMessages(action: 'retry' | 'drop', ids: readonly string[] | null): Promise<number>;
  /** Has the lists and pages of one day read again. @returns how many crawls were queued. */
  fill(edition: string, day: string): Promise<number>;
}

/** A job of a queue, as people look at it. */
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

/** The states of jobs that a queue's counts tell. */
export const JOB_COUNTS = ['waiting', 'active', 'delayed', 'failed'] as const;

/** Some jobs of one queue in one state. */
export interface JobsAsked {
  readonly queue: string;
  readonly state: (typeof JOB_COUNTS)[number];
  /** How many are passed over. */
  readonly from: number;
  readonly limit: number;
}

export interface JobList {
  readonly jobs: readonly JobView[];
  /** All of the queue in this state. */
  readonly total: number;
}

/** Which days of an edition its lists told whole. */
export interface ListDays {
  /** Days of which a list could not be had. */
  readonly gaps: readonly {
    readonly day: string;
    readonly route: string;
    readonly reason: string;
    readonly failedAt: string;
  }[];
  /** Days of which no whole list was read after they had ended. */
  readonly unreadDays: readonly string[];
}
