/**
 * The three classes of error, named by what happens next. docs/errors.md lists every code.
 */
interface ErrorDetails {
  /** Stable dotted code, e.g. `fetch.timeout`. */
  readonly code: string;
  /** One line that says how to mend it, when there is one. */
  readonly hint?: string;
  readonly cause?: unknown;
}

abstract class HarvesterError extends Error {
  readonly code: string;
  readonly hint: string | null;

  constructor(message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.hint = details.hint ?? null;
  }
}

/** Tried again with back-off: the cause is expected to pass. */
export class RetryableError extends HarvesterError {}

/** Trying again gives the same result: the page is quarantined at once. */
export class PermanentError extends HarvesterError {}

/** The caller's words or settings are wrong, or name nothing that is known; the command ends with exit code 2. */
export class UsageError extends HarvesterError {}

/** The process cannot go on (Redis, disk, browser, lock); it stops with a hint and exit code 4. */
export class FatalError extends HarvesterError {}

/** @returns what the work gives; null where it ends with a {@link PermanentError}. */
export function unlessPermanent<Result>(work: () => Result): Result | null {
  try {
    return work();
  } catch (error) {
    return nullIfPermanent(error);
  }
}

/** The same for a promise: `.catch(nullIfPermanent)`. */
export function nullIfPermanent(error: unknown): null {
  if (error instanceof PermanentError) return null;
  throw error;
}
