import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Histogram, Registry } from 'prom-client';
import { onRequest } from '../platform/logger.js';

interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  /** Null: there is no value. */
  readonly value: number | null;
}

/** One family of values, read again for each scrape. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  readonly samples: readonly Sample[];
}

/** Upper bounds in seconds. A request is given up after `politeness.totalTimeoutMs`. */
const REQUEST_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Counts the requests of this process from now on. */
export function countRequests(): { readonly registry: Registry; readonly stop: () => void } {
  const registry = new Registry();
  const registers = [registry];
  const seconds = new Histogram({
    name: 'sputnik_request_seconds',
    help: 'Requests to the sites by this process, by host and by status class or reason of the failure',
    labelNames: ['host', 'result'] as const,
    buckets: REQUEST_BUCKETS,
    registers,
  });
  const retries = new Counter({
    name: 'sputnik_request_retries_total',
    help: 'Of those, requests that tried a page again within a run',
    labelNames: ['host'] as const,
    registers,
  });
  const stop = onRequest(({ host, result, seconds: took, isRetry }) => {
    seconds.observe({ host, result }, took);
    if (isRetry) retries.inc({ host });
  });
  return { registry, stop };
}

/** Watches memory and CPU time of this process, including its threads. Each reading has the longest delay since the last one. */
export function watchProcess(): { readonly read: () => Metric[]; readonly stop: () => void } {
  const delay = monitorEventLoopDelay();
  delay.enable();
  const read = (): Metric[] => {
    const { rss, heapUsed } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    const delayed = delay.max / 1e9;
    delay.reset();
    return [
      gauge('sputnik_process_resident_memory_bytes', 'Memory of this process', [{ value: rss }]),
      gauge('sputnik_process_heap_used_bytes', 'Heap of the main thread', [{ value: heapUsed }]),
      gauge('sputnik_process_event_loop_delay_max_seconds', 'Longest delay of the event loop since the last scrape', [
        { value: delayed },
      ]),
      gauge('sputnik_process_start_time_seconds', 'Start of this process', [{ value: performance.timeOrigin / 1e3 }]),
      counter('sputnik_process_cpu_seconds_total', 'CPU time of this process', [{ value: (user + system) / 1e6 }]),
    ];
  };
  return { read, stop: () => delay.disable() };
}

export function gauge(name: string, help: string, samples: Metric['samples']): Metric {
  return { name, help, type: 'gauge', samples };
}

export function counter(name: string, help: string, samples: Metric['samples']): Metric {
  return { name, help, type: 'counter', samples };
}
