/** Pairs of neighbouring characters, as a multiset would be overkill for a line of text. */
function pairsOf(title: string): Set<string> {
  const pairs = new Set<string>();
  for (let i = 0; i + 1 < title.length; i += 1) pairs.add(title.slice(i, i + 2));
  return pairs;
}

/**
 * @param a, b  Squeezed titles.
 * @returns     Dice coefficient of their character pairs, 0 to 1.
 *
 * Pure and symmetric. Titles are too short for long shingles: one edited word would leave nothing.
 */
export function titleSimilarity(a: string, b: string): number {
  if (a === b) return 1;
  const [x, y] = [pairsOf(a), pairsOf(b)];
  if (x.size + y.size === 0) return 0;
  let shared = 0;
  for (const pair of x) if (y.has(pair)) shared += 1;
  return (2 * shared) / (x.size + y.size);
}
