import { EXIT, type ExitCode } from './exit-codes.js';

/** The stop signals of one process: the first asks for an orderly stop, the second forces it. */
export interface StopSignals {
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Exit code of the signal that came, null while none came. */
  exitCode(): ExitCode | null;
  /** Gives the signals back to the process's defaults. */
  release(): void;
}

/** Takes SIGINT and SIGTERM; on the second one the process exits at once with the signal's code. */
export function takeStopSignals(onFirst?: (name: string) => void): StopSignals {
  const controller = new AbortController();
  let code: ExitCode | null = null;
  const listener = (name: NodeJS.Signals): void => {
    const next = name === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
    if (code !== null) process.exit(next);
    code = next;
    controller.abort();
    onFirst?.(name);
  };
  process.on('SIGINT', listener);
  process.on('SIGTERM', listener);
  return {
    signal: controller.signal,
    exitCode: () => code,
    release: () => {
      process.off('SIGINT', listener);
      process.off('SIGTERM', listener);
    },
  };
}
