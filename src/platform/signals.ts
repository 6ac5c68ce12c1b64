import { readFileSync } from 'node:fs';
import { EXIT, type ExitCode } from './exit-codes.js';
import { systemCodeOf } from './disk-error.js';

/** The stop signals of one process: the first asks for an orderly stop, the second forces it. */
export interface StopSignals {
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal;
  /** Exit code of the signal that came, null while none came. */
  exitCode(): ExitCode | null;
  /** The work is done: a signal that comes now ends the process at once, with its code. */
  finish(): void;
}

/**
 * Takes SIGINT, SIGTERM and SIGHUP (the terminal is gone) for good, and lets SIGUSR1 and SIGUSR2 do nothing; on the second one the process
 * exits at once with the signal's code. SIGHUP counts as SIGTERM, and is never the second one: kernel and shell both send it.
 */
export function takeStopSignals(onFirst?: (name: string) => void): StopSignals {
  const controller = new AbortController();
  let code: ExitCode | null = null;
  let isFinished = false;
  const listener = (name: NodeJS.Signals): void => {
    if (name === 'SIGHUP' && code !== null) return;
    const next = name === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
    if (isFinished || code !== null) process.exit(next);
    code = next;
    controller.abort();
    onFirst?.(name);
  };
  process.on('SIGINT', listener);
  process.on('SIGTERM', listener);
  process.on('SIGHUP', listener);
  // Left alone the one opens the port of Node's debugger, and the other ends the process.
  process.on('SIGUSR1', () => undefined);
  process.on('SIGUSR2', () => undefined);
  return {
    signal: controller.signal,
    exitCode: () => code,
    finish: () => {
      isFinished = true;
    },
  };
}

/** How often it is looked whether npm is still there. */
const LOOK_MS = 1_000;
/** npm starts a shell, which starts the program. */
const LEVELS_MAX = 4;
/** `npm exec …` is how npm and npx name their process; the others are told by the script that they run. */
const PACKAGE_RUNNER = /^np[mx] |\/(?:npm-cli|npx-cli|pnpm|yarn|yarnpkg|bunx?)(?:\.[cm]?js)?(?:\0|$)/;

/**
 * Tells when the npm, npx or alike that started this process is gone. On a SIGTERM npm ends and passes nothing on: the shell
 * between it and the program stays, and so would the program.
 *
 * A process that nobody like that started is not watched, so that one which was left to itself on purpose (nohup, setsid, systemd) goes on.
 * Linux tells who started whom; elsewhere the process that started this one is watched, whatever it is.
 *
 * @param onGone  Called once.
 */
export function watchNpm(onGone: () => void): void {
  const chain = process.platform === 'linux' ? chainToNpm() : [process.ppid];
  if (chain === null || chain[0] === 1) return;
  const timer = setInterval(() => {
    if (isUnbroken(chain)) return;
    clearInterval(timer);
    onGone();
  }, LOOK_MS).unref();
}

/** @returns the pids from the parent of this process up to that of npm; null where it is none of its near ancestors. */
function chainToNpm(): readonly number[] | null {
  const chain: number[] = [];
  for (let pid = process.ppid; pid > 1 && chain.length < LEVELS_MAX; pid = parentOf(pid) ?? 0) {
    chain.push(pid);
    if (PACKAGE_RUNNER.test(readProc(pid, 'cmdline') ?? '')) return chain;
  }
  return null;
}

function isUnbroken([parent, ...ancestors]: readonly number[]): boolean {
  if (process.ppid !== parent) return false;
  let pid = parent;
  for (const ancestor of ancestors) {
    if (parentOf(pid) !== ancestor) return false;
    pid = ancestor;
  }
  return true;
}

function parentOf(pid: number): number | null {
  const status = readProc(pid, 'stat');
  // The program's name stands in parentheses and may hold anything; the parent is the second field behind it.
  return status === null ? null : Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1]);
}

/** @returns null where the process has ended. */
function readProc(pid: number, file: 'cmdline' | 'stat'): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES'].includes(systemCodeOf(error) ?? '')) return null;
    throw error;
  }
}
