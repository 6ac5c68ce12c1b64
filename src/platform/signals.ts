import { EXIT, type ExitCode } from './exit-codes.js';

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
