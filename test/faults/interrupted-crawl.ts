import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { expect } from 'vitest';
import { createWorkplace, type Workplace } from '../integration/program/run-sputnik.js';
import { differencesFromTruth } from './compare-with-truth.js';
import { endOf, pause, startProgram, until, type RunningProgram } from './faulty-program.js';
import { redisOf } from './process-tree.js';
import { settingsFor } from './site-settings.js';
import { startSite } from './site-process.js';

const REQUESTS_BEFORE = 12;

/** A slow site and a data directory for crawls that something happens to. */
export interface InterruptedCrawl {
  readonly workplace: Workplace;
  /** A crawl in the middle of its pages, with something new among them. */
  readonly midCrawl: () => Promise<{ program: RunningProgram; redis: number | null }>;
  /** Sends words to the Redis server that the program has brought along. */
  readonly tell: (...words: [string, ...string[]]) => Promise<void>;
  /** The next crawl, undisturbed, ends equal to the site. */
  readonly expectNextEqual: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function openInterruptedCrawl(seed: number): Promise<InterruptedCrawl> {
  const editions = ['am.sputniknews.ru', 'az.sputniknews.ru'];
  const site = await startSite({ seed, stories: 24, editions, latencyMs: 40 });
  const workplace = await createWorkplace(await settingsFor(site, { concurrencyPerHost: 2 }));
  return {
    workplace,
    midCrawl: async () => {
      await pause(1_001 - (Date.now() % 1_000));
      await site.publish({});
      await site.clearRequests();
      const program = startProgram(workplace, ['crawl', '--refetch']);
      expect(await until(() => site.requestCount() >= REQUESTS_BEFORE, program)).toBe(true);
      return { program, redis: redisOf(program.pid) };
    },
    tell: async (...words) => {
      const holder = JSON.parse(readFileSync(join(workplace.dataDir, 'lock.json'), 'utf8')) as { redisUrl: string };
      const connection = new Redis(holder.redisUrl);
      await connection.call(...words);
      connection.disconnect();
    },
    expectNextEqual: async () => {
      const next = await endOf(startProgram(workplace, ['crawl', '--refetch']));
      expect(next.code, next.stderr.slice(-3000)).toBe(0);
      expect(await differencesFromTruth(workplace.dataDir, site)).toEqual([]);
    },
    close: async () => {
      await site.stop();
      await workplace.remove();
    },
  };
}
