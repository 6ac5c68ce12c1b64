const SPACES = /[\p{Cc}\p{Zs}\p{Zl}\p{Zp}]+/gu;
/** Direction marks and overrides, invisible separators, tags, halves of characters. */
const HIDDEN =
  /[\p{Cs}\u{AD}\u{61C}\u{180E}\u{200B}\u{200E}\u{200F}\u{202A}-\u{202E}\u{2060}-\u{206F}\u{FEFF}\u{E0000}-\u{E007F}]/gu;

/**
 * Makes text of a page safe to stand in a message: on one line, nothing that hides or turns it.
 *
 * @param lengthMax  In UTF-16 units; a longer one ends with `…`.
 *
 * Pure. Joiners (U+200C, U+200D) stay: Persian and emoji need them.
 */
export function plainText(text: string, lengthMax: number): string {
  const plain = text
    .slice(0, 4 * lengthMax)
    .replace(HIDDEN, '')
    .replace(SPACES, ' ')
    .trim();
  return shorten(plain, lengthMax);
}

/** Cuts at the end of a character, not inside of one. Pure. */
export function shorten(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  const cut = text.slice(0, Math.max(0, lengthMax - 1));
  return `${cut.replace(/[\uD800-\uDBFF]$/, '').trimEnd()}…`;
}
