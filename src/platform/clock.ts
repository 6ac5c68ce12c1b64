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
