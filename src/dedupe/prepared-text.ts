import {
  comparableFormOf,
  comparedPart,
  type ComparableForm,
  type ComparableText,
  type ComparedPart,
} from './comparable-text.js';
import { lettersOf, SHINGLED_MAX, shinglesOf } from './fingerprint.js';
import type { ArticleKey } from '../domain/page.js';

/** How much of lead and body, in letters, says what the news is. Two or three sentences. */
const HEAD_LETTERS = 240;

/** A text with everything that comparing it needs, worked out once. */
export interface PreparedText {
  readonly article: ComparedPart;
  readonly form: ComparableForm;
  /** Length of title and text in letters. */
  readonly letters: number;
  /** Shingles of title and text. */
  readonly whole: ReadonlySet<string>;
  /** Shingles of the first 240 letters of lead and body. */
  readonly head: ReadonlySet<string>;
  /** Shingles and length in letters of each paragraph, in reading order. */
  readonly paragraphs: readonly { readonly shingles: ReadonlySet<string>; readonly letters: number }[];
}

function headOf(text: string): string {
  let end = 0;
  let letters = 0;
  while (end < text.length && letters < HEAD_LETTERS) {
    letters += lettersOf(text.charAt(end));
    end += 1;
  }
  return text.slice(0, end);
}

/** The paragraphs that begin within the compared length. */
function firstParagraphs(paragraphs: readonly string[]): string[] {
  let before = 0;
  return paragraphs.filter((text) => {
    const begins = before;
    before += text.length;
    return begins < SHINGLED_MAX;
  });
}

function prepare(given: ComparableText): PreparedText {
  const article = comparedPart(given);
  const form = comparableFormOf(article);
  const whole = form.title + form.text;
  return {
    article,
    form,
    letters: lettersOf(whole),
    whole: shinglesOf(whole),
    head: shinglesOf(headOf(form.text)),
    paragraphs: firstParagraphs(form.paragraphs).map((text) => ({
      shingles: shinglesOf(text),
      letters: lettersOf(text),
    })),
  };
}

const prepared = new WeakMap<ComparableText, PreparedText>();

/** @returns the prepared form; the same article object is prepared once. The caller must not change it afterwards. */
export function preparedTextOf(article: ComparableText): PreparedText {
  const known = prepared.get(article);
  if (known !== undefined) return known;
  const made = prepare(article);
  prepared.set(article, made);
  return made;
}

/** @returns how many members two sets share. */
function sharedCount(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  let shared = 0;
  for (const member of small) if (large.has(member)) shared += 1;
  return shared;
}

/** @returns the share of `part` that `whole` contains, 0 to 1; 1 for an empty part. */
export function containment(part: ReadonlySet<string>, whole: ReadonlySet<string>): number {
  return part.size === 0 ? 1 : sharedCount(part, whole) / part.size;
}

/** @returns shared members over all members, 0 to 1; 1 for two empty sets. */
export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const shared = sharedCount(a, b);
  const all = a.size + b.size - shared;
  return all === 0 ? 1 : shared / all;
}

/** Pairs of neighbouring characters, as a multiset would be overkill for a line of text. */
function pairsOf(title: string): Set<string> {
  const pairs = new Set<string>();
  for (let i = 0; i + 1 < title.length; i += 1) pairs.add(title.slice(i, i + 2));
  return pairs;
}

/**
 * @param a, b  Compacted titles.
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

/** Prepared for comparison, a text takes about 150 bytes a character: 40 MB in all. */
const CHARACTERS_MAX = 262_144;

/**
 * Texts that were compared lately, each the same object as before: reading a record costs as much as comparing it, preparing it
 * more, and in a flood of copies it is one original that is asked for again and again. The least recently used go first.
 */
export class RecentTexts {
  private readonly texts = new Map<ArticleKey, { readonly text: ComparableText; readonly characters: number }>();
  private characters = 0;

  constructor(private readonly charactersMax = CHARACTERS_MAX) {}

  /**
   * @param read  Called where the text is not at hand.
   * @returns     As much of it as is compared.
   */
  get(key: ArticleKey, read: () => ComparableText): ComparableText {
    const known = this.texts.get(key);
    if (known !== undefined) {
      this.texts.delete(key);
      this.texts.set(key, known);
      return known.text;
    }
    const text = comparedPart(read());
    const characters = text.body.reduce((sum, block) => sum + block.text.length, text.title.length);
    if (characters > this.charactersMax) return text;
    this.texts.set(key, { text, characters });
    this.characters += characters;
    for (const oldest of this.texts.keys()) {
      if (this.characters <= this.charactersMax) break;
      this.forget(oldest);
    }
    return text;
  }

  /** To be called whenever the article's text may have changed. */
  forget(key: ArticleKey): void {
    this.characters -= this.texts.get(key)?.characters ?? 0;
    this.texts.delete(key);
  }

  clear(): void {
    this.texts.clear();
    this.characters = 0;
  }
}
