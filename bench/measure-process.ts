import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** One command that was run to its end. */
export interface Measured {
  readonly seconds: number;
  /** User and system, of the command and of everything that it started and waited for. */
  readonly cpuSeconds: number;
  /** Highest sum of the resident memory of the command and its descendants; 0 where there is no /proc. */
  readonly peakMb: number;
  readonly stdout: string;
}

const SAMPLE_MS = 100;
const PAGE_BYTES = 4_096;
const STDERR_SHOWN = 2_000;

/**
 * Runs a command under the shell's own stopwatch.
 *
 * @param codes  Exit codes that are no failure.
 */
export function measure(words: readonly string[], codes: readonly number[] = [0]): Promise<Measured> {
  const startedAt = performance.now();
  const child = spawn('bash', ['-c', 'TIMEFORMAT="cpu %U %S"; time "$@"', 'bash', ...words]);
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  let peakMb = 0;
  const timer = setInterval(() => {
    peakMb = Math.max(peakMb, residentMb(child.pid ?? 0));
  }, SAMPLE_MS);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(timer);
      const seconds = (performance.now() - startedAt) / 1000;
      const said = Buffer.concat(err).toString();
      const [, user = '0', system = '0'] = /cpu ([\d.]+) ([\d.]+)\s*$/.exec(said) ?? [];
      const cpuSeconds = Number(user) + Number(system);
      if (codes.includes(code ?? -1)) resolve({ seconds, cpuSeconds, peakMb, stdout: Buffer.concat(out).toString() });
      else reject(new Error(`${words.join(' ')} ended with ${String(code)}: ${said.slice(-STDERR_SHOWN)}`));
    });
  });
}

/** Resident memory of a process and its descendants. Pages that they share are counted for each. */
function residentMb(root: number): number {
  const children = new Map<number, { pid: number; bytes: number }[]>();
  for (const name of namesIn('/proc')) {
    const pid = Number(name);
    const stat = Number.isInteger(pid) ? fieldsOf(pid) : null;
    if (stat === null) continue;
    const [parent, bytes] = stat;
    children.set(parent, [...(children.get(parent) ?? []), { pid, bytes }]);
  }
  const sum = (pid: number): number =>
    (children.get(pid) ?? []).reduce((total, child) => total + child.bytes + sum(child.pid), 0);
  return sum(root) / 2 ** 20;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // a system without /proc
  }
}

/** @returns parent and resident bytes, null of a process that has ended. */
function fieldsOf(pid: number): [parent: number, bytes: number] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name stands in brackets and may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return [Number(fields[1]), Number(fields[21]) * PAGE_BYTES];
  } catch {
    return null;
  }
}
