import type { BodyBlock } from '../domain/article.js';
import { compactText } from '../dedupe/comparable-text.js';
import { lettersOf, shinglesOf } from '../dedupe/fingerprint.js';
import { jaccard, titleSimilarity } from '../dedupe/prepared-text.js';

/** A block of the earlier body and the block of the later one that it became. */
export interface BlockPair {
  readonly before: number;
  readonly after: number;
  /** The pair stands in another order than most: it was moved. */
  readonly moved: boolean;
}

/** From this similarity on, an edited paragraph is the same paragraph: by shingles, or by letter pairs if it is short. */
const SAME_PARAGRAPH = 0.25;
const SAME_SHORT_PARAGRAPH = 0.5;
const SHORT_LETTERS = 60;
/** At most so many pairs of changed blocks are compared: where there are more, those nearest in position. */
const PAIRS_MAX = 10_000;
/** If more blocks have changed, the rest are reported as removed and added without being compared. */
const CHANGED_MAX = PAIRS_MAX / 2;
/** A paragraph is known by so many characters at its beginning, by fewer where many changed: all of them are folded into shingles once … */
const COMPARED_CHARACTERS = { max: 5_000, min: 60 };
const SHINGLED_CHARACTERS_MAX = 500_000;
/** … and looked up in each pair. */
const LOOKED_UP_CHARACTERS_MAX = 2_000_000;

interface Block {
  readonly index: number;
  readonly text: string;
}

function compactBlocks(blocks: readonly BodyBlock[]): Block[] {
  return blocks.map((block, index) => ({ index, text: compactText(block.text) }));
}

/** The first of equal blocks with the first, the second with the second. */
function matchEqual(before: readonly Block[], after: readonly Block[]): Map<number, number> {
  const positions = new Map<string, number[]>();
  for (const { index, text } of after) {
    const known = positions.get(text);
    if (known === undefined) positions.set(text, [index]);
    else known.push(index);
  }
  const used = new Map<string, number>();
  const matched = new Map<number, number>();
  for (const { index, text } of before) {
    const nth = used.get(text) ?? 0;
    const found = positions.get(text)?.[nth];
    if (found === undefined) continue;
    used.set(text, nth + 1);
    matched.set(index, found);
  }
  return matched;
}

interface Likeness {
  readonly before: number;
  readonly after: number;
  readonly similarity: number;
}

function likenesses(before: readonly Block[], after: readonly Block[]): Likeness[] {
  const reach = Math.ceil(PAIRS_MAX / Math.max(1, before.length) / 2);
  const pairs = Math.max(1, before.length * Math.min(after.length, 2 * reach));
  const share = Math.min(SHINGLED_CHARACTERS_MAX / (before.length + after.length), LOOKED_UP_CHARACTERS_MAX / pairs);
  const characters = Math.max(COMPARED_CHARACTERS.min, Math.min(COMPARED_CHARACTERS.max, Math.floor(share)));
  const beginningOf = (text: string): Set<string> => shinglesOf(text.slice(0, characters));
  const shingled = after.map(({ index, text }) => ({ index, text, shingles: beginningOf(text) }));
  const found: Likeness[] = [];
  for (const [rank, { index, text }] of before.entries()) {
    const shingles = beginningOf(text);
    const isShort = lettersOf(text) < SHORT_LETTERS;
    for (const other of shingled.slice(Math.max(0, rank - reach), rank + reach)) {
      const similarity = isShort ? titleSimilarity(text, other.text) : jaccard(shingles, other.shingles);
      if (similarity >= (isShort ? SAME_SHORT_PARAGRAPH : SAME_PARAGRAPH)) {
        found.push({ before: index, after: other.index, similarity });
      }
    }
  }
  const distance = (pair: Likeness): number => Math.abs(pair.before - pair.after);
  return found.sort((a, b) => b.similarity - a.similarity || distance(a) - distance(b) || a.before - b.before);
}

/** Marks what lies outside a longest run of pairs that keep their order (patience sorting). */
function movedIn(positions: readonly number[]): Set<number> {
  const tails: number[] = [];
  const previous: number[] = [];
  for (const [i, position] of positions.entries()) {
    let low = 0;
    for (let high = tails.length; low < high;) {
      const middle = (low + high) >> 1;
      if ((positions[tails[middle] ?? 0] ?? 0) < position) low = middle + 1;
      else high = middle;
    }
    previous[i] = low > 0 ? (tails[low - 1] ?? -1) : -1;
    tails[low] = i;
  }
  const kept = new Set<number>();
  for (let i = tails.at(-1) ?? -1; i >= 0; i = previous[i] ?? -1) kept.add(i);
  return new Set([...positions.keys()].filter((i) => !kept.has(i)));
}

/** How many blocks two bodies have in common at their beginnings, and after these at their ends. */
function commonEnds(before: readonly BodyBlock[], after: readonly BodyBlock[]): { start: number; end: number } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start]?.text === after[start]?.text) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end)?.text === after.at(-1 - end)?.text) end += 1;
  return { start, end };
}

/**
 * Finds what became of each block: those at both ends that are the same, then equal ones, then the most similar.
 *
 * @returns  Pairs by position in the earlier body; blocks in no pair were removed or added.
 *
 * Pure. A paragraph split in two is one changed and one added. Cost: a step per block and its sorting, at most 10,000 comparisons and
 * two million characters looked up in them, whatever the bodies are.
 */
export function alignBlocks(before: readonly BodyBlock[], after: readonly BodyBlock[]): BlockPair[] {
  const { start, end } = commonEnds(before, after);
  const middle = alignMiddle(before.slice(start, before.length - end), after.slice(start, after.length - end));
  const shift = after.length - before.length;
  return before.flatMap((_, index) => {
    if (index < start) return [{ before: index, after: index, moved: false }];
    if (index >= before.length - end) return [{ before: index, after: index + shift, moved: false }];
    const pair = middle.get(index - start);
    return pair === undefined ? [] : [{ before: index, after: pair.after + start, moved: pair.moved }];
  });
}

/** @returns by position in the earlier blocks, the position in the later ones. */
function alignMiddle(
  before: readonly BodyBlock[],
  after: readonly BodyBlock[],
): Map<number, Pick<BlockPair, 'after' | 'moved'>> {
  const [x, y] = [compactBlocks(before), compactBlocks(after)];
  const matched = matchEqual(x, y);
  const taken = new Set(matched.values());
  const [left, right] = [x.filter(({ index }) => !matched.has(index)), y.filter(({ index }) => !taken.has(index))];
  for (const pair of likenesses(left.slice(0, CHANGED_MAX), right.slice(0, 2 * CHANGED_MAX))) {
    if (matched.has(pair.before) || taken.has(pair.after)) continue;
    matched.set(pair.before, pair.after);
    taken.add(pair.after);
  }
  const pairs = [...matched].sort(([a], [b]) => a - b);
  const moved = movedIn(pairs.map(([, position]) => position));
  return new Map(pairs.map(([position, now], i) => [position, { after: now, moved: moved.has(i) }]));
}
