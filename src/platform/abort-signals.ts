import { setMaxListeners } from 'node:events';

/**
 * Does work under a signal that is aborted as soon as one of several is, with the same reason. Once the work has ended, the signals keep
 * nothing of it. `AbortSignal.any` would: on Node 20 it leaves some bytes with each source for as long as that lives, and its listeners too.
 */
export async function underAny<T>(
  signals: readonly AbortSignal[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const abort = (): void => {
    controller.abort(signals.find(({ aborted }) => aborted)?.reason);
  };
  // Each crawl under way listens to the service's signal: Node's warning of a leak would be wrong.
  setMaxListeners(0, ...signals);
  for (const signal of signals) signal.addEventListener('abort', abort, { once: true });
  if (signals.some(({ aborted }) => aborted)) abort();
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', abort);
  }
}

/** Waits for work until a signal is aborted. @throws the signal's reason; the work goes on unheard then. */
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
