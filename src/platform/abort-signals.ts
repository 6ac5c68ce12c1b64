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

/** @throws the signal's reason once it is aborted; the work is not heard of any more then. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    const result = await Promise.race([work, aborted]);
    signal.throwIfAborted();
    return result;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
