import { shownTerms } from './match-expression.js';
import type { QueryNode } from './query-tree.js';
import { firstLetterOf, mayBegin } from './stem-word.js';
import { termsOfText, type SoughtTerms } from './terms-of-text.js';

/** A part of a text, and whether it matches the query. Joined together, the parts are the text. */
export interface MarkedPart {
  readonly text: string;
  readonly isMatch: boolean;
}

interface Range {
  readonly start: number;
  readonly end: number;
  /** Index of the word that matches. */
  readonly word: number;
}

/** In UTF-16 units, without the ellipses. */
const PASSAGE_LENGTH = 220;
/** UTF-16 units of the passage before the first match. */
const LEADING_LENGTH = 60;
/** UTF-16 units of a text that are searched for the passage. */
const SEARCHED_LENGTH_MAX = 100_000;

/** @returns the whole text with its matches marked. Pure. */
export function markText(text: string, language: string, query: QueryNode | null): MarkedPart[] {
  return cut(text, rangesOf(text, language, soughtIn(query, language)), 0, text.length);
}

/**
 * Chooses the paragraph with the most words of the query, and the part of it around the first of them.
 *
 * @returns at most some 220 characters; the beginning of the first paragraph if no paragraph has such a word. Pure.
 */
export function markPassage(paragraphs: readonly string[], language: string, query: QueryNode | null): MarkedPart[] {
  const sought = soughtIn(query, language);
  let best: { readonly text: string; readonly ranges: readonly Range[]; readonly words: number } = {
    text: paragraphs[0] ?? '',
    ranges: [],
    words: 0,
  };
  let searched = 0;
  for (const text of sought.length === 0 ? [] : paragraphs) {
    const ranges = rangesOf(text, language, sought);
    const words = new Set(ranges.map(({ word }) => word)).size;
    if (words > best.words) best = { text, ranges, words };
    searched += text.length;
    if (words === sought.length || searched > SEARCHED_LENGTH_MAX) break;
  }
  const first = Math.max(0, (best.ranges[0]?.start ?? 0) - LEADING_LENGTH);
  const start = first === 0 ? 0 : boundaryAfter(best.text, first);
  const end = Math.min(best.text.length, start + PASSAGE_LENGTH);
  return cut(best.text, best.ranges, start, end < best.text.length ? boundaryBefore(best.text, end, start) : end);
}

function soughtIn(query: QueryNode | null, language: string): SoughtTerms[] {
  return query === null ? [] : shownTerms(query, language);
}

function rangesOf(text: string, language: string, sought: readonly SoughtTerms[]): Range[] {
  if (sought.length === 0) return [];
  const letters = new Set(sought.flatMap(({ terms: wanted }) => wanted.map(firstLetterOf)));
  const terms = termsOfText(text, language, (word) => mayBegin(word, language, letters));
  const ranges: Range[] = [];
  for (let at = 0; at < terms.length; at += 1) {
    sought.forEach(({ terms: wanted, isOpen }, word) => {
      const isHere = wanted.every((term, index) => {
        const found = terms[at + index];
        if (isOpen && index === wanted.length - 1) return found?.term.startsWith(term) === true;
        return found?.term === term || found?.unaccented === term;
      });
      const [first, last] = [terms[at], terms[at + wanted.length - 1]];
      if (!isHere || first === undefined || last === undefined) return;
      // For an open term, only the first character of the pair is a match.
      const end = isOpen ? last.start + String.fromCodePoint(text.codePointAt(last.start) ?? 0).length : last.end;
      ranges.push({ start: first.start, end, word });
    });
  }
  return ranges.sort((a, b) => a.start - b.start || b.end - a.end);
}

function cut(text: string, ranges: readonly Range[], start: number, end: number): MarkedPart[] {
  const parts: MarkedPart[] = [];
  const add = (from: number, to: number, isMatch: boolean): void => {
    const piece = text.slice(Math.max(from, start), Math.min(to, end));
    if (piece !== '') parts.push({ text: piece, isMatch });
  };
  if (start > 0) parts.push({ text: '… ', isMatch: false });
  let at = start;
  for (const range of ranges) {
    if (range.end <= at || range.start >= end) continue;
    add(at, range.start, false);
    add(Math.max(at, range.start), range.end, true);
    at = Math.max(at, range.end);
  }
  add(at, end, false);
  if (end < text.length) parts.push({ text: ' …', isMatch: false });
  return parts;
}

const SPACE = /\s/u;
/** How far a cut moves to stand between words; scripts without spaces are cut between characters. */
const BOUNDARY_MAX = 30;

function boundaryAfter(text: string, at: number): number {
  for (let offset = 0; offset < BOUNDARY_MAX; offset += 1)
    if (SPACE.test(text.charAt(at + offset))) return at + offset + 1;
  return isInPair(text, at) ? at + 1 : at;
}

function boundaryBefore(text: string, at: number, least: number): number {
  for (let offset = 0; offset < BOUNDARY_MAX && at - offset > least; offset += 1) {
    if (SPACE.test(text.charAt(at - offset))) return at - offset;
  }
  return isInPair(text, at) ? at - 1 : at;
}

function isInPair(text: string, at: number): boolean {
  return /[\udc00-\udfff]/.test(text.charAt(at));
}
