/** A repeatable stream of chances: the same seed always gives the same site. */
export interface SeededRandom {
  /** @returns a number in [0, 1). */
  next(): number;
  /** @returns a whole number in [min, max], both included. */
  whole(min: number, max: number): number;
  /** @returns true with the given probability. */
  chance(probability: number): boolean;
  /** @returns one of the items, all equally likely. */
  pick<T>(items: readonly T[]): T;
  /** @returns `count` different items (fewer if there are not so many), in drawn order. */
  sample<T>(items: readonly T[], count: number): T[];
  /** @returns an independent stream named by a label: drawing from it does not move this one. */
  fork(label: string): SeededRandom;
}

/** FNV-1a over UTF-16 units, 32 bits. */
function hashLabel(label: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < label.length; i += 1) {
    hash = Math.imul(hash ^ label.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}

/**
 * @param label  Any text; the whole stream follows from it.
 * @returns      A stream of 32-bit steps (mulberry32, public domain). Not for secrets.
 */
export function seededRandom(label: string): SeededRandom {
  let state = hashLabel(label);
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const whole = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  const pick = <T>(items: readonly T[]): T => {
    const item = items[whole(0, items.length - 1)];
    if (item === undefined) throw new RangeError('pick: nothing to pick from');
    return item;
  };
  const sample = <T>(items: readonly T[], count: number): T[] => {
    const rest = [...items];
    const drawn: T[] = [];
    while (drawn.length < count && rest.length > 0) drawn.push(...rest.splice(whole(0, rest.length - 1), 1));
    return drawn;
  };
  return {
    next,
    whole,
    pick,
    sample,
    chance: (probability) => next() < probability,
    fork: (inner) => seededRandom(`${label}/${inner}`),
  };
}
