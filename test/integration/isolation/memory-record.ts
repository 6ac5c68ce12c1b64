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
  // The service takes it along when it stops; whoever samples it hears of that.
  redis.on('error', () => undefined);
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

/**
 * @returns by how many bytes it grew with each page, from the second third of the time to the last: the least that it held in each, since a
 *          collector lets garbage lie for many megabytes, and then takes it away at once.
 */
export function growthPerPage({ samples }: Pick<MemoryRecord, 'samples'>): number {
  const third = Math.floor(samples.length / 3);
  const [middle, last] = [samples.slice(third, 2 * third), samples.slice(2 * third)].map(leastOf);
  return middle === undefined || last === undefined ? NaN : (last.bytes - middle.bytes) / (last.pages - middle.pages);
}

/** The least that was held, and the pages at the end of that time. */
function leastOf(samples: readonly MemorySample[]): { readonly bytes: number; readonly pages: number } {
  return { bytes: Math.min(...samples.map(({ residentBytes }) => residentBytes)), pages: samples.at(-1)?.pages ?? 0 };
}

/** @returns the record in a line, for people. */
export function describeMemory(record: Pick<MemoryRecord, 'samples'>): string {
  const { samples } = record;
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  const most = (key: 'residentBytes' | 'redisBytes'): string =>
    megabytes(Math.max(...samples.map((sample) => sample[key])));
  const thirds = [1, 2, 3].map((at) => samples.slice(((at - 1) * samples.length) / 3, (at * samples.length) / 3));
  const least = thirds.map((third) => megabytes(leastOf(third).bytes)).join(', ');
  return [
    `${samples.at(-1)?.pages ?? 0} pages`,
    `${least} MB resident at least in each third of the time, ${most('residentBytes')} MB at most`,
    `${(growthPerPage(record) / 1e3).toFixed(2)} MB more for 1,000 pages`,
    `Redis ${most('redisBytes')} MB at most`,
  ].join('; ');
}
