import { setMaxListeners } from 'node:events';

/**
 * Does work under a signal that is aborted as soon as one of several is, with its reason. When the work has ended nothing of it is kept by them.
 * `AbortSignal.any` leaves some bytes with each of them for as long as it lives (Node 20), and what listens to it where that is not taken away.
 */
export async function underAny<T>(
  signals: readonly AbortSignal[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const abort = (): void => {
    controller.abort(signals.find(({ aborted }) => aborted)?.reason);
  };
  // Each crawl under way listens to the service's; so many are no leak.
  setMaxListeners(0, ...signals);
  for (const signal of signals) signal.addEventListener('abort', abort, { once: true });
  if (signals.some(({ aborted }) => aborted)) abort();
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', abort);
  }
}
