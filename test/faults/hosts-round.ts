import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { readDataDirIdentity } from '../../src/platform/data-dir-id.js';
import { eventually, type Workplace } from '../integration/program/run-sputnik.js';
import type { RunningProgram } from './faulty-program.js';
import { sendSignal } from './process-tree.js';
import { type Crash, startService } from './service-process.js';

const DAY_MS = 86_400_000;
/** With every process killed once or twice, and twenty seconds until the crawl of a dead one is taken up. */
const ROUND_MS = 100_000;

/** A writer and its crawl hosts, by name. */
export interface Hosts {
  readonly workplaces: ReadonlyMap<string, Workplace>;
  /** Environment of a process. */
  readonly variablesOf: (name: string) => Readonly<Record<string, string>>;
  /** What a process is started by; empty: nothing. */
  readonly prefixOf: (name: string) => readonly string[];
  readonly admin: Redis;
  readonly editions: readonly string[];
  readonly days: number;
}

/** One process after another: each is killed at its moment, the last one lives. */
export type Lives = Readonly<Record<string, readonly (Crash | undefined)[]>>;

/**
 * Runs the writer and its crawl hosts until everything is crawled, kills them meanwhile, and stops them in order.
 *
 * @param round  Makes the crawls of this call new ones; after the first they fetch everything again.
 */
export async function liveRound(hosts: Hosts, lives: Lives, round: number): Promise<void> {
  const { workplaces, variablesOf, prefixOf, admin } = hosts;
  const programs = new Map<string, RunningProgram>();
  let stopped = false;
  const isOver = (): boolean => stopped;
  const live = async (name: string): Promise<void> => {
    for (const crash of lives[name] ?? []) {
      if (isOver()) return;
      const program = startService(
        ...([workplaces.get(name)!, [partOf(name)], variablesOf(name), crash, prefixOf(name)] as const),
      );
      programs.set(name, program);
      const { code, signal, stderr } = await program.ended;
      if (crash !== undefined && !isOver()) expect(signal, `${name}: ${code} ${stderr.slice(-3000)}`).toBe('SIGKILL');
      if (crash === undefined) expect(isOver(), `${name} ended with ${code}: ${stderr.slice(-3000)}`).toBe(true);
    }
  };
  const all = Object.keys(lives).map(live);
  // Whoever fails ends the wait below.
  for (const one of all) one.catch(() => undefined);
  try {
    await Promise.race([untilCrawled(hosts, round), Promise.all(all)]);
    stopped = true;
    for (const name of [...programs.keys()].sort((one, other) => (partOf(one) < partOf(other) ? -1 : 1))) {
      sendSignal(programs.get(name)!.pid, 'SIGTERM');
      await programs.get(name)!.ended;
    }
    await Promise.all(all);
  } finally {
    stopped = true;
    for (const program of programs.values()) if (!program.hasEnded()) sendSignal(program.pid, 'SIGKILL');
    await Promise.allSettled(all);
  }
  expect(await piecesLeft(admin)).toEqual([]);
}

const partOf = (name: string): string => (name === 'writer' ? 'page' : 'crawl');

async function untilCrawled(hosts: Hosts, round: number): Promise<void> {
  await queueCrawls(hosts, round);
  const queues = ['crawl', 'page'].map((name) => queueOf(hosts, name));
  try {
    const isDone = async (): Promise<true | null> => {
      const open = await Promise.all(
        queues.map((queue) => queue.getJobCountByTypes('waiting', 'active', 'delayed', 'prioritized')),
      );
      return open.every((count) => count === 0) ? true : null;
    };
    await eventually(isDone, ROUND_MS);
  } finally {
    for (const queue of queues) await queue.close();
  }
}

function queueOf({ workplaces, admin }: Hosts, name: string): Queue {
  const { id } = readDataDirIdentity(workplaces.get('writer')!.dataDir)!;
  return new Queue(name, { connection: admin, prefix: `sputnik-${id}` });
}

/** Once the writer is there: a crawl for each edition and two days, so that each crawl host has something in hand. */
export async function queueCrawls(hosts: Hosts, round: number): Promise<void> {
  const { workplaces, editions, days } = hosts;
  const catalogue = join(workplaces.get('writer')!.dataDir, 'catalogue.db');
  await eventually(() => (existsSync(catalogue) ? true : null), 30_000);
  const queue = queueOf(hosts, 'crawl');
  // From tomorrow on: east of here it may have begun.
  for (let ago = -1; ago <= days + 1; ago += 2) {
    const [since, until] = [ago + 1, ago].map((day) => new Date(Date.now() - day * DAY_MS).toISOString().slice(0, 10));
    for (const edition of editions) {
      const runId = `${edition}-${round}-${ago}`;
      const job = {
        ...{ v: 1, runId, requestedBy: 'test', editions: [edition], topics: null, since, until, via: ['sitemap'] },
        ...{ urls: [], limit: null, refetch: round > 0, revisitOnly: false, attached: true },
      };
      await queue.add('crawl', job, { jobId: `run-${runId}`, removeOnComplete: true });
    }
  }
  await queue.close();
}

async function piecesLeft(redis: Redis): Promise<string[]> {
  const keys = await redis.keys('*:pieces:bytes');
  const bytes = await Promise.all(keys.map((key) => redis.get(key)));
  return bytes.filter((text): text is string => text !== null && text !== '0');
}
