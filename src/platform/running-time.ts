const STEPS = 10;

/**
 * Acts after so much time in which this process ran: one that was stopped or slept with its machine for a minute has not worked for a
 * minute, and no page is to blame. A step that comes late counts for one step.
 *
 * @returns what takes it back.
 */
export function afterRunningFor(ms: number, act: () => void): () => void {
  let left = STEPS;
  const timer = setInterval(() => {
    left -= 1;
    if (left > 0) return;
    clearInterval(timer);
    act();
  }, ms / STEPS);
  return () => {
    clearInterval(timer);
  };
}
