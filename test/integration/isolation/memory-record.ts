import { Redis } from 'ioredis';
import { readFileSync } from 'node:fs';
import { readLockHolder } from '../../../src/platform/data-dir-lock.js';

/** What a service held at one moment. */
interface MemorySample {
  /** Pages that it had processed since it began. */
  readonly pages: number;
  readonly residentBytes: number;
  readonly redisBytes: number;
}

/** Watches the memory of a service with a Redis of its own. */
export interface MemoryRecord {
  readonly samples: readonly MemorySample[];
  take(): Promise<void>;
  close(): void;
}

/** @param origin  At which it answers `/metrics`. */
export function watchMemory(pid: number, origin: string, dataDir: string): MemoryRecord {
  const redis = new Redis(readLockHolder(dataDir)?.redisUrl ?? '');
  const samples: MemorySample[] = [];
  return {
    samples,
    take: async () => {
      const metrics = await (await fetch(`${origin}/metrics`)).text();
      const outcomes = [...metrics.matchAll(/^sputnik_outcomes_total\{[^}]*\} (\d+)$/gm)];
      samples.push({
        pages: outcomes.reduce((sum, [, count]) => sum + Number(count), 0),
        residentBytes: 1024 * Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]),
        redisBytes: Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]),
      });
    },
    close: () => {
      redis.disconnect();
    },
  };
}

/** @returns by how many bytes it grew with each page: the line through the samples after the first third, by least squares. */
export function growthPerPage({ samples }: Pick<MemoryRecord, 'samples'>): number {
  const later = samples.slice(Math.ceil(samples.length / 3));
  const mean = (of: (sample: MemorySample) => number): number =>
    later.reduce((sum, sample) => sum + of(sample), 0) / later.length;
  const [pages, bytes] = [mean((sample) => sample.pages), mean((sample) => sample.residentBytes)];
  const covariance = mean((sample) => (sample.pages - pages) * (sample.residentBytes - bytes));
  return covariance / mean((sample) => (sample.pages - pages) ** 2);
}

/** @returns the record in a line, for people. */
export function describeMemory(record: Pick<MemoryRecord, 'samples'>): string {
  const { samples } = record;
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  const most = (key: 'residentBytes' | 'redisBytes'): string =>
    megabytes(Math.max(...samples.map((sample) => sample[key])));
  const [first, last] = [samples[Math.ceil(samples.length / 3)], samples.at(-1)];
  return [
    `${last?.pages ?? 0} pages`,
    `${megabytes(first?.residentBytes ?? 0)} MB resident after a third of the time, ${megabytes(last?.residentBytes ?? 0)} at the end, ${most('residentBytes')} at most`,
    `${(growthPerPage(record) / 1e3).toFixed(2)} MB more for 1,000 pages`,
    `Redis ${most('redisBytes')} MB at most`,
  ].join('; ');
}
