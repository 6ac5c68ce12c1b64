import { readdirSync, readFileSync } from 'node:fs';

interface ProcessLine {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly residentBytes: number;
}

const PAGE_BYTES = 4096;

function readProcess(pid: number): ProcessLine | null {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = line.lastIndexOf(')');
    const fields = line.slice(end + 2).split(' ');
    return {
      pid,
      name: line.slice(line.indexOf('(') + 1, end),
      parent: Number(fields[1]),
      residentBytes: Number(fields[21]) * PAGE_BYTES,
    };
  } catch {
    // It ended between the listing and the look.
    return null;
  }
}

/** A process and everything it has started, itself first. Linux only. */
export function processTree(root: number): readonly ProcessLine[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? []);
  const tree = all.filter(({ pid }) => pid === root);
  for (let index = 0; index < tree.length; index += 1) {
    tree.push(...all.filter(({ parent }) => parent === tree[index]?.pid));
  }
  return tree;
}

/** The Redis server among what a program has started, null if there is none now. */
export function redisOf(root: number): number | null {
  return processTree(root).find(({ name }) => /^(redis|valkey)-server/.test(name))?.pid ?? null;
}

/** Sends a signal to one process; does nothing where there is none, or none any more. Never to a group. */
export function sendSignal(pid: number | null, signal: NodeJS.Signals): void {
  if (pid === null || pid <= 1) return;
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Ends a program and everything it has started, all at once as far as one process can. */
export function killTree(root: number): void {
  for (const { pid } of processTree(root)) sendSignal(pid, 'SIGKILL');
}

/** Samples the resident memory of a program and of everything it has started; RSS, so that shared pages count twice. */
export function watchMemory(root: number): { readonly peakBytes: () => number; stop(): void } {
  let peak = 0;
  const timer = setInterval(() => {
    const bytes = processTree(root).reduce((sum, { residentBytes }) => sum + residentBytes, 0);
    peak = Math.max(peak, bytes);
  }, 50);
  return {
    peakBytes: () => peak,
    stop: () => {
      clearInterval(timer);
    },
  };
}
