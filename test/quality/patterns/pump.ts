/** Characters of every kind that patterns tell apart. */
const COMMON = [
  ' ',
  '\n',
  '\t',
  'a',
  'A',
  'я',
  '中',
  'ا',
  '1',
  '٣',
  '.',
  ',',
  ':',
  '-',
  '/',
  '<',
  '>',
  '"',
  '(',
  '[',
  '%',
  '\u2028',
  '\u0301',
];
const SCREENED_CHARACTERS = 4_000;
/** So few already take long where the time doubles with each character: such a pattern would never come back from more. */
const FEW_CHARACTERS = [16, 20, 24, 28];
/** A linear pattern takes some ten microseconds for so many characters, a quadratic one milliseconds. */
const SUSPICIOUS_MS = 2;
/** Twice the text takes twice the time if the pattern is linear, four times if it is quadratic. */
const GROWTH_MAX = 3;

/**
 * Looks for a text that makes a pattern take more than linear time: a piece repeated many times, something before it, something behind it.
 *
 * @param random  Numbers from 0 up to 1.
 * @param timeMs  Time for the search.
 * @returns       How to build such a text; null: none was found.
 */
export function findPump(pattern: RegExp, random: () => number, timeMs: number): string | null {
  const pieces = [...COMMON, ...piecesOf(pattern)];
  const pick = (most: number): string =>
    Array.from({ length: Math.floor(random() * (most + 1)) }, () => pieces[Math.floor(random() * pieces.length)]).join(
      '',
    );
  const endsAt = performance.now() + timeMs;
  do {
    const [before, behind] = [pick(2), pick(1)];
    const pump = pick(3) || ' ';
    const text = (characters: number): string => before + pump.repeat(Math.ceil(characters / pump.length)) + behind;
    if (FEW_CHARACTERS.some((few) => worstTimeMs(pattern, text(few)) > SUSPICIOUS_MS)) {
      return JSON.stringify({ before, pump, behind });
    }
    if (growsFasterThanText(pattern, text)) return JSON.stringify({ before, pump, behind });
  } while (performance.now() < endsAt);
  return null;
}

/** @param text  Makes a text of so many characters. @returns whether twice the text takes far more than twice the time. */
export function growsFasterThanText(pattern: RegExp, text: (characters: number) => string): boolean {
  if (timeMsOf(pattern, text(SCREENED_CHARACTERS)) < SUSPICIOUS_MS) return false;
  // What grows does so each time that one looks; what a busy machine holds up does not.
  return [1, 2, 3].every(() => {
    const [half = 0, whole = 0, twice = 0] = [0.5, 1, 2].map((share) =>
      worstTimeMs(pattern, text(share * SCREENED_CHARACTERS)),
    );
    return whole > half * GROWTH_MAX && twice > whole * GROWTH_MAX;
  });
}

/** @returns the time for all matches in a text: the best of three tries, lest another process be measured. */
function worstTimeMs(pattern: RegExp, text: string): number {
  return Math.min(...[1, 2, 3].map(() => timeMsOf(pattern, text)));
}

function timeMsOf(pattern: RegExp, text: string): number {
  const startedAt = performance.now();
  if (pattern.sticky) matchEverywhere(pattern, text);
  else text.replace(pattern, '');
  return performance.now() - startedAt;
}

/** As scanners use such patterns: where one matches it goes on behind the match, else one character further. */
function matchEverywhere(pattern: RegExp, text: string): void {
  for (let at = 0; at < text.length;) {
    pattern.lastIndex = at;
    at += Math.max(1, pattern.exec(text)?.[0].length ?? 1);
  }
}

/** Words and single characters that stand in the pattern itself. */
function piecesOf({ source }: RegExp): string[] {
  const plain = source.replace(/\\[pP]\{[^}]*\}|\\u[0-9a-f]{4}|\(\?<?[:=!]|\\[dDsSwWbB]/gi, ' ');
  const words = plain.match(/[\p{L}\p{M}\p{N}_<>/!:=-]{2,}/gu) ?? [];
  return [...new Set([...words, ...Array.from(plain.replace(/\\/g, ''))])].slice(0, 400);
}
