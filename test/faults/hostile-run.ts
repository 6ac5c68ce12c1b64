import { expect } from 'vitest';
import { endOf, type RunningProgram } from './faulty-program.js';
import { watchMemory } from './process-tree.js';

/** Most resident memory of the whole process tree: node, its threads, Redis (issue: under 800 MB). */
const MEMORY_BYTES_MAX = 800_000_000;

export interface LogLine {
  readonly event?: string;
  readonly edition?: string;
  readonly url?: string;
  readonly reason?: string;
}

export interface HostileRun {
  readonly code: number | null;
  readonly log: readonly LogLine[];
  readonly peakMb: number;
  readonly durationMs: number;
}

/** Crawls under watch: memory is bounded, no stack trace is printed, the run ends by itself within the limit. */
export async function endUnderWatch(program: RunningProgram, limitMs: number): Promise<HostileRun> {
  const startedAt = performance.now();
  const memory = watchMemory(program.pid);
  const end = await endOf(program, limitMs).finally(() => {
    memory.stop();
  });
  const durationMs = Math.round(performance.now() - startedAt);
  const peakMb = Math.round(memory.peakBytes() / 1e6);
  console.info(`hostile crawl: exit ${end.code}, ${peakMb} MB at most, ${durationMs} ms`);
  expect([0, 3], end.stderr.slice(-3000)).toContain(end.code);
  expect(memory.peakBytes()).toBeLessThan(MEMORY_BYTES_MAX);
  return { code: end.code, log: logLines(end.stderr), peakMb, durationMs };
}

function logLines(text: string): LogLine[] {
  return text.split('\n').flatMap((line) => {
    try {
      return line.startsWith('{') ? [JSON.parse(line) as LogLine] : [];
    } catch {
      return [];
    }
  });
}
