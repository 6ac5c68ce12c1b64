/** Words, and single ideographs and kana, of a text; punctuation and blanks do not count. */
function tokensOf(text: string): string[] {
  return text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{M}\p{N}]+/gu) ?? [];
}

/** Harmonic mean of precision and recall over tokens, each counted as often as it stands there: 0 to 1. */
export function textF1(actual: string, expected: string): number {
  const [found, wanted] = [tokensOf(actual), tokensOf(expected)];
  const left = new Map<string, number>();
  for (const token of wanted) left.set(token, (left.get(token) ?? 0) + 1);
  let shared = 0;
  for (const token of found) {
    const count = left.get(token) ?? 0;
    if (count === 0) continue;
    left.set(token, count - 1);
    shared += 1;
  }
  return found.length + wanted.length === 0 ? 1 : (2 * shared) / (found.length + wanted.length);
}
