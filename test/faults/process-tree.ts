import { readdirSync, readFileSync } from 'node:fs';

interface ProcessLine {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly residentBytes: number;
  /** Of these, what it shares with nobody. */
  readonly ownBytes: number;
}

const PAGE_BYTES = 4096;
/** Between two looks at the memory of a tree. */
const LOOK_MS = 50;

function readProcess(pid: number): ProcessLine | null {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = line.lastIndexOf(')');
    const fields = line.slice(end + 2).split(' ');
    const [, resident = 0, shared = 0] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ').map(Number);
    return {
      pid,
      name: line.slice(line.indexOf('(') + 1, end),
      parent: Number(fields[1]),
      residentBytes: resident * PAGE_BYTES,
      ownBytes: (resident - shared) * PAGE_BYTES,
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

/**
 * Samples the memory of a program and of everything it has started. What processes of one name share, as those of a browser do, counts once:
 * their part of it (PSS) is asked of the kernel. Of the program itself all that is resident counts, whoever else runs Node on the machine.
 */
export function watchMemory(root: number): {
  readonly peakBytes: () => number;
  /** What each process had at the peak. */
  readonly peak: () => string;
  stop(): void;
} {
  let [peak, parts] = [0, ''];
  const timer = setInterval(() => {
    const tree = processTree(root);
    // No part is more than what is resident: a sum that is below the peak need not be looked at closely.
    if (sumOf(tree) <= peak) return;
    const names = tree.map(({ name }) => name);
    const counted = tree.map((line) => {
      // Two of the program's name: it is just about to start something, and the other shares all with it.
      const isOne = names.indexOf(line.name) === names.lastIndexOf(line.name);
      return line.pid === root && isOne ? line : { ...line, residentBytes: partBytes(line) };
    });
    if (sumOf(counted) <= peak) return;
    peak = sumOf(counted);
    parts = counted.map(({ name, residentBytes }) => `${name} ${Math.round(residentBytes / 1e6)}`).join(', ');
  }, LOOK_MS);
  return {
    peakBytes: () => peak,
    peak: () => parts,
    stop: () => {
      clearInterval(timer);
    },
  };
}

function sumOf(tree: readonly ProcessLine[]): number {
  return tree.reduce((sum, { residentBytes }) => sum + residentBytes, 0);
}

/** Of one that ended between the two looks what it had for itself counts: the others were there too, but not with what it shared. */
function partBytes({ pid, ownBytes }: ProcessLine): number {
  try {
    const part = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
    return part === undefined ? ownBytes : Number(part) * 1_024;
  } catch {
    return ownBytes;
  }
}
