import { foldText } from '../normalise/fold-text.js';
import { facetsOf, type FacetSource } from './facets.js';
import { splitWords, type Piece } from './split-words.js';
import { stemWord } from './stem-word.js';

/** A term of a text, and the part of the text that it stands for. */
interface Term {
  readonly term: string;
  /** See {@link Stemmed.unaccented}. */
  readonly unaccented: string | null;
  /** In UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

const NOT_MADE = { term: '', unaccented: null };

/**
 * The terms of a text, in order: the stem of each word. For a run of characters without spaces, each pair, and then the last character, so
 * that a single character is found as the beginning of a term.
 *
 * @param isSought  If it says no, the term of a word is left empty, which saves the stemming.
 *
 * Pure. The same text gives the same terms wherever it stands, if the language is the same.
 */
export function termsOfText(text: string, language: string, isSought?: (word: string) => boolean): Term[] {
  const terms: Term[] = [];
  for (const piece of splitWords(text)) {
    const { text: word, start, isGrams } = piece;
    if (isGrams) {
      for (const term of gramsOf(piece)) terms.push(term);
      continue;
    }
    const { term, unaccented } = isSought?.(word) === false ? NOT_MADE : stemWord(word, language);
    terms.push({ term, unaccented, start, end: start + word.length });
  }
  return terms;
}

/** Separates paragraphs, so that no phrase matches across them. */
export const BREAK = ' ¶ ';

/** UTF-16 units of a text that are processed in one step. A hundred steps of words that are not cached take about 300 ms. */
const STEP_LENGTH = 4_096;
/** A character before which a text may be cut: it is not part of a word, of a run, or of another character. */
const GAP = /[^\p{L}\p{N}\p{M}\p{Cf}\p{Cs}'’ʼ\u055a-\u055f]/u;

/**
 * @returns the terms of {@link termsOfText} for the full text, separated by blanks. Terms of words without accents follow at the end, because
 *          a phrase cannot have two terms in one place. It is done in steps, since a text may be long.
 */
export function* termColumn(text: string, language: string): Generator<undefined, string> {
  const unaccented = new Set<string>();
  const inOrder: string[] = [];
  for (let start = 0; start < text.length;) {
    const end = endOfStep(text, start);
    for (const piece of splitWords(text.slice(start, end))) {
      if (piece.isGrams) {
        const grams = gramColumn(piece);
        if (grams !== '') inOrder.push(grams);
        continue;
      }
      const stemmed = stemWord(piece.text, language);
      inOrder.push(stemmed.term);
      if (stemmed.unaccented !== null) unaccented.add(stemmed.unaccented);
    }
    start = end;
    if (start < text.length) yield;
  }
  return [inOrder.join(' '), ...unaccented].join(BREAK);
}

/** The first place for a cut after the length of a step; without one, the text is a single step. */
function endOfStep(text: string, start: number): number {
  let end = Math.min(text.length, start + STEP_LENGTH);
  while (end < text.length && !GAP.test(text.charAt(end))) end += 1;
  return end;
}

/** A buffer for the pairs of a run of usual length. */
const shortUnits = new Uint16Array(6_144);
const shortBytes = Buffer.from(shortUnits.buffer);
const PAIR_UNITS = 3;
const BLANK = 0x20;

/** The terms of {@link gramsOf}, separated by blanks. */
function gramColumn(piece: Piece): string {
  const folded = foldText(piece.text);
  if (/[\ud800-\udfff]/.test(folded)) {
    return gramsOf(piece)
      .map(({ term }) => term)
      .join(' ');
  }
  const length = folded.length * PAIR_UNITS;
  const pairUnits = length <= shortUnits.length ? shortUnits : new Uint16Array(length);
  let end = 0;
  for (let at = 0; at < folded.length; at += 1) {
    if (at > 0) {
      pairUnits[end] = folded.charCodeAt(at);
      pairUnits[end + 1] = BLANK;
      end += 2;
    }
    pairUnits[end] = folded.charCodeAt(at);
    end += 1;
  }
  const bytes = pairUnits === shortUnits ? shortBytes : Buffer.from(pairUnits.buffer);
  return bytes.toString('utf16le', 0, 2 * end);
}

function gramsOf({ text, start }: Piece): Term[] {
  const original = Array.from(text);
  const folded = Array.from(foldText(text));
  const isOneToOne = original.length === folded.length;
  const offsets = [0];
  for (const character of original) offsets.push((offsets.at(-1) ?? 0) + character.length);
  return folded.map((character, at) => ({
    term: character + (folded[at + 1] ?? ''),
    unaccented: null,
    start: isOneToOne ? start + (offsets[at] ?? 0) : start,
    end: isOneToOne ? start + (offsets[Math.min(at + 2, original.length)] ?? 0) : start + text.length,
  }));
}

/** @returns the term under which an article with a tag of this name is found, if its text is of the language; null for no name. */
export function tagTermOf(name: string, language: string): string | null {
  const terms = termsOfText(name, language);
  return terms.length === 0 ? null : `tag=${terms.map(({ term }) => term).join('_')}`;
}

/** Terms that must follow each other. */
export interface SoughtTerms {
  readonly terms: readonly string[];
  /** The last one is the beginning of a term. */
  readonly isOpen: boolean;
}

/**
 * @param text  Words that are looked for next to each other.
 * @returns     The terms that a text of this language then has; null if there is nothing to look for.
 */
export function soughtTerms(text: string, language: string): SoughtTerms | null {
  const pieces = splitWords(text);
  const last = pieces.at(-1);
  const terms = termsOfText(text, language).map(({ term }) => term);
  if (last === undefined || terms.length === 0) return null;
  if (!last.isGrams) return { terms, isOpen: false };
  // In a text the run may continue, so its last character need not be at the end.
  const length = Array.from(foldText(last.text)).length;
  return length === 1 ? { terms, isOpen: true } : { terms: terms.slice(0, -1), isOpen: false };
}

/** What the full text holds of an article: terms separated by blanks. */
interface WordColumns {
  readonly title: string;
  readonly tags: string;
  readonly text: string;
}

/** UTF-16 units of an article's text that are indexed. */
const TEXT_LENGTH_MAX = 1_000_000;
/** Short paragraphs in one step. */
const STEP_TEXTS = 32;

/** Pure. Takes about 0.2 ms for 300 words, in steps, since a text may have 60,000. */
export function* wordColumns(article: FacetSource['article']): Generator<undefined, WordColumns> {
  const { title, tags, lead, body, language } = article;
  const names = tags.map(({ name }) => name);
  let left = TEXT_LENGTH_MAX;
  const paragraphs = [lead ?? '', ...body.map((block) => block.text)].map((text) => {
    const taken = text.slice(0, left);
    left -= taken.length;
    return taken;
  });
  function* columnOf(texts: readonly string[]): Generator<undefined, string> {
    const terms: string[] = [];
    for (const [index, text] of texts.entries()) {
      terms.push(yield* termColumn(text, language));
      if (index % STEP_TEXTS === STEP_TEXTS - 1) yield;
    }
    return terms.join(BREAK);
  }
  return {
    title: yield* columnOf([title]),
    tags: yield* columnOf(names),
    text: yield* columnOf(paragraphs),
  };
}

/** The facets, and the terms of the tags. */
export function facetColumn(source: FacetSource): string {
  const { tags, language } = source.article;
  return [...facetsOf(source), ...tags.flatMap(({ name }) => tagTermOf(name, language) ?? [])].join(' ');
}
