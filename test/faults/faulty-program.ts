import { finished, type Finished, type Workplace } from '../integration/program/run-sputnik.js';
import { processTree, sendSignal } from './process-tree.js';

/** Longest that anything may take to end by itself, whatever happens to it: the limit that stands in docs/faults.md. */
export const HANG_LIMIT_MS = 90_000;

export interface RunningProgram {
  readonly pid: number;
  readonly ended: Promise<Finished & { readonly signal: NodeJS.Signals | null }>;
  readonly hasEnded: () => boolean;
}

/** Starts a command of the built program and follows it. */
export function startProgram(workplace: Workplace, words: readonly string[]): RunningProgram {
  return follow(workplace.start(words));
}

export function follow(child: ReturnType<Workplace['start']>): RunningProgram {
  if (child.pid === undefined) throw new Error('the program did not start');
  let over = false;
  let signal: NodeJS.Signals | null = null;
  child.on('exit', (_code, by) => {
    over = true;
    signal = by;
  });
  child.stdin.end();
  return {
    pid: child.pid,
    ended: finished(child).then((end) => ({ ...end, signal })),
    hasEnded: () => over,
  };
}

/** @returns how the program ended; @throws, having ended it, if it does not within the limit. */
export async function endOf(
  program: RunningProgram,
  limitMs = HANG_LIMIT_MS,
): Promise<Awaited<RunningProgram['ended']>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, limitMs, null);
  });
  const end = await Promise.race([program.ended, late]);
  clearTimeout(timer);
  if (end !== null) return end;
  for (const { pid } of processTree(program.pid)) sendSignal(pid, 'SIGKILL');
  const { stderr } = await program.ended;
  throw new Error(`the program hung for ${limitMs} ms:\n${stderr.slice(-4000)}`);
}

/** Looks every few ms until the claim holds, the program has ended or the time is over. @returns whether it holds. */
export async function until(claim: () => boolean, program: RunningProgram, limitMs = 30_000): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (!claim()) {
    if (program.hasEnded() || performance.now() > deadline) return false;
    await pause(3);
  }
  return true;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
