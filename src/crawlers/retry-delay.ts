/** The first retry waits this long, each further one twice as long … */
const FIRST_DELAY_MS = 500;
/** … up to this. */
const DELAY_MS_MAX = 30_000;

/**
 * How long a failed page waits for its next attempt: exponential, with the upper half left to chance, so that pages
 * that failed together do not come back together.
 *
 * @param attempts  Attempts made so far, from 1.
 * @param random    0 to 1.
 * @returns         Milliseconds, at least half of the step and at most the step.
 *
 * Pure but for `random`.
 */
export function retryDelayMs(attempts: number, random: () => number): number {
  const stepMs = Math.min(FIRST_DELAY_MS * 2 ** Math.max(0, attempts - 1), DELAY_MS_MAX);
  return stepMs / 2 + (stepMs / 2) * random();
}
