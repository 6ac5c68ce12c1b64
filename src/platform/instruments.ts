import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';

/** One request to a site is over. */
interface RequestTold {
  /** Host and port as they stand in the URL. */
  readonly host: string;
  /** Class of the status (`2xx`, `3xx` …), or the reason why nothing usable came (`timeout`, `http5xx` …). */
  readonly result: string;
  readonly seconds: number;
  /** Whether the same page had been asked for before in this run. */
  readonly isRetry: boolean;
}

/**
 * Publishes what a process does to subscribers in the same process, which count it. Costs nothing without subscribers.
 */
const REQUESTS = 'sputnik.request';
const requests = channel(REQUESTS);

export function tellRequest(told: RequestTold): void {
  if (requests.hasSubscribers) requests.publish(told);
}

/** @returns what ends it. */
export function onRequest(listener: (told: RequestTold) => void): () => void {
  const subscriber = (message: unknown): void => {
    listener(message as RequestTold);
  };
  subscribe(REQUESTS, subscriber);
  return () => {
    unsubscribe(REQUESTS, subscriber);
  };
}
