import { FatalError, PermanentError, RetryableError, UsageError } from '../domain/errors.js';

/** The closed list of exit codes (CONTRACT §2). */
export const EXIT = {
  done: 0,
  bug: 1,
  usage: 2,
  incomplete: 3,
  unusable: 4,
  unreachable: 5,
  damaged: 6,
  interrupted: 130,
  terminated: 143,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** @returns the exit code by which a command that failed with `error` ends. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof PermanentError) return EXIT.incomplete;
  if (error instanceof FatalError || error instanceof RetryableError) return EXIT.unusable;
  return EXIT.bug;
}
