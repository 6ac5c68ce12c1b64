import { FatalError } from '../domain/errors.js';

/** The only source of "now"; tests pass one that they set. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/**
 * @param epochMs  Milliseconds since the epoch.
 * @returns        UTC instant to the second, `2023-04-12T11:40:00Z`; fractions are cut off.
 */
export function toUtcInstant(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** Sputnik has published since the first; its URLs have no days from the second on. */
const CLOCK_RANGE = [Date.UTC(2014, 10, 10), Date.UTC(2100, 0, 1)] as const;

/**
 * Refuses to work with a clock that is far off, because what is fetched is stored under its time for good.
 *
 * @throws {FatalError} `clock.wrong`
 */
export function refuseWrongClock(clock: Clock): void {
  const now = clock.now();
  if (now >= CLOCK_RANGE[0] && now < CLOCK_RANGE[1]) return;
  const [from, to] = CLOCK_RANGE.map((at) => toUtcInstant(at).slice(0, 4));
  throw new FatalError(`Expected the clock of this machine between ${from} and ${to}, found ${toUtcInstant(now)}`, {
    code: 'clock.wrong',
    hint: 'Set the clock of this machine (timedatectl set-ntp true); nothing was touched',
  });
}
