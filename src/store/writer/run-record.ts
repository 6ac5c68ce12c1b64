/** The sum of a finished run, as the contract's `crawl --json` prints it. */
export interface RunRecord {
  readonly runId: string;
  /** UTC instant. */
  readonly startedAt: string;
  readonly [key: string]: unknown;
}
