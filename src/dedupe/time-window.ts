const DAY_MS = 86_400_000;

/**
 * @param a, b        UTC instants, or null where the time is not known.
 * @param windowDays  Greatest distance in days, both ends included.
 * @returns           Whether the two lie so close together; false if either is not known.
 */
export function isWithinWindow(a: string | null, b: string | null, windowDays: number): boolean {
  if (a === null || b === null) return false;
  return Math.abs(Date.parse(a) - Date.parse(b)) <= windowDays * DAY_MS;
}
