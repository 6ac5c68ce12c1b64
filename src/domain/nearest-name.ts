import { UsageError } from './errors.js';

/** Longer words are compared by their beginnings. */
const LETTERS_MAX = 64;

/**
 * Finds the name that a misspelt word was most likely meant to be.
 *
 * @returns the nearest of the names by letters left out, added, replaced or swapped with their neighbour, without
 * regard to case; null if more than a third of the letters would have to change. If two names are equally near, the
 * first one is returned.
 *
 * Pure. Errs towards silence. Source: optimal string alignment distance.
 */
export function nearestName<T extends string>(word: string, names: readonly T[]): T | null {
  const asked = word.slice(0, LETTERS_MAX).toLowerCase();
  let nearest: T | null = null;
  let least = Infinity;
  for (const name of names) {
    const edits = editsBetween(asked, name.slice(0, LETTERS_MAX).toLowerCase());
    if (edits >= least || edits * 3 > Math.max(asked.length, name.length)) continue;
    [nearest, least] = [name, edits];
  }
  return nearest;
}

function editsBetween(a: string, b: string): number {
  let [before, last]: number[][] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1];
      const edits = [at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (isSame ? 0 : 1)];
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) edits.push(at(before, j - 2) + 1);
      row.push(Math.min(...edits));
    }
    [before, last] = [last, row];
  }
  return at(last, b.length);
}

function at(row: readonly number[] | undefined, index: number): number {
  return row?.[index] ?? Infinity;
}

/** Names listed beside the one that was most likely meant; more would hide it. */
const NAMES_LISTED_MAX = 20;

/**
 * @param what  What was named, in users' words: `--edition`, `schedule`, `rule`.
 * @param hint  The hint if no name is near.
 * @returns     The error for an unknown name, with the known name that was most likely meant.
 */
export function unknownName(what: string, word: string, allowed: readonly string[], hint?: string): UsageError {
  const meant = nearestName(word, allowed);
  const listed = meant !== null && allowed.length > NAMES_LISTED_MAX ? `${allowed.length} names` : allowed.join(', ');
  const advice = meant === null ? hint : `did you mean ${meant}?`;
  return new UsageError(`${what} ${word}: expected one of ${listed}`, {
    code: 'usage.unknown',
    ...(advice === undefined ? {} : { hint: advice }),
  });
}
