import { EXIT, type ExitCode } from './exit-codes.js';

/** The stop signals of one process: the first asks for an orderly stop, the second forces it. */
export interface StopSignals {
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Exit code of the signal that came, null while none came. */
  exitCode(): ExitCode | null;
  /** The work is done: a signal that comes now ends the process at once, with its code. */
  finish(): void;
}

/** Takes SIGINT and SIGTERM for good, and lets SIGUSR1 do nothing; on the second one the process exits at once with the signal's code. */
export function takeStopSignals(onFirst?: (name: string) => void): StopSignals {
  const controller = new AbortController();
  let code: ExitCode | null = null;
  let isFinished = false;
  const listener = (name: NodeJS.Signals): void => {
    const next = name === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
    if (isFinished || code !== null) process.exit(next);
    code = next;
    controller.abort();
    onFirst?.(name);
  };
  process.on('SIGINT', listener);
  process.on('SIGTERM', listener);
  // Left alone it opens the port of Node's debugger.
  process.on('SIGUSR1', () => undefined);
  return {
    signal: controller.signal,
    exitCode: () => code,
    finish: () => {
      isFinished = true;
    },
  };
}
