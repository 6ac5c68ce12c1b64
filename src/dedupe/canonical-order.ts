/** What decides which of two articles is the original. */
export interface Ordered {
  /** `<family>/<articleId>`. */
  readonly key: string;
  /** UTC instant to the second, or null. */
  readonly publishedAt: string | null;
}

function compareStrings(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Ids of up to 19 digits do not fit a double: compared by length, then digit by digit. */
function compareIds(a: string, b: string): number {
  const [x, y] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return x.length - y.length || compareStrings(x, y);
}

function idOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/**
 * Orders articles by the rule that names a group's original: published first (an unknown time comes last), then the
 * smaller numeric id, then the key.
 *
 * @returns  Negative if `a` comes first, positive if `b` does, 0 only for one and the same key.
 *
 * Pure; a total order.
 */
export function compareCanonically(a: Ordered, b: Ordered): number {
  if (a.publishedAt !== b.publishedAt) {
    if (a.publishedAt === null) return 1;
    if (b.publishedAt === null) return -1;
    return compareStrings(a.publishedAt, b.publishedAt);
  }
  return compareIds(idOf(a.key), idOf(b.key)) || compareStrings(a.key, b.key);
}
