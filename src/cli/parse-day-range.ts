import { UsageError } from '../domain/errors.js';
import { parseDay } from './parse-options.js';

const DAY_MS = 86_400_000;

/** Days in UTC as instants. */
export interface InstantRange {
  /** Start of the first day, `2023-04-12T00:00:00Z`; null: open. */
  readonly since: string | null;
  /** Start of the day after the last; null: open. */
  readonly until: string | null;
}

/**
 * Reads `--since` and `--until`, both days included.
 *
 * @throws {UsageError} `usage.date` where one is no day, or the first lies after the last.
 */
export function parseDayRange(since: string | undefined, until: string | undefined): InstantRange {
  const first = since === undefined ? null : parseDay(since, '--since');
  const last = until === undefined ? null : parseDay(until, '--until');
  if (first !== null && last !== null && first > last) {
    throw new UsageError(`--since ${first} is after --until ${last}`, { code: 'usage.date' });
  }
  return {
    since: first === null ? null : `${first}T00:00:00Z`,
    until: last === null ? null : `${new Date(Date.parse(last) + DAY_MS).toISOString().slice(0, 10)}T00:00:00Z`,
  };
}
