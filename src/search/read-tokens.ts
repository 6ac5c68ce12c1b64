import { QueryError } from './query-tree.js';

/** A token of a query. `text` is the content of a phrase, or the name of a field in small letters. */
export interface Token {
  readonly kind: 'word' | 'phrase' | 'field' | 'open' | 'close' | 'not' | 'and' | 'or';
  readonly text: string;
  /** In UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/** Opening mark → what may close it. */
const QUOTES: Readonly<Record<string, string>> = {
  '"': '"＂”“',
  '＂': '"＂',
  '“': '”"“',
  '”': '”"',
  '„': '“”"',
  '«': '»',
  '「': '」',
  '『': '』',
};
const OPEN = '(（';
const CLOSE = ')）';
const MINUS = '-－−';
const FIELD = /^([a-z]+)[:：]/i;
const OPERATORS: Readonly<Record<string, 'and' | 'or' | 'not'>> = { AND: 'and', OR: 'or', NOT: 'not' };

/**
 * Divides a query into its pieces: brackets, phrases, words, fields, operators.
 *
 * @throws {QueryError} `search.syntax`: a phrase that is not closed, a minus before nothing, an asterisk.
 */
export function readTokens(query: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < query.length) {
    const token = tokenAt(query, at, tokens.at(-1));
    // A dash or another sign between words is no word.
    if (token !== null && (token.kind !== 'word' || /[\p{L}\p{N}]/u.test(token.text))) tokens.push(token);
    at = token?.end ?? at + 1;
  }
  return tokens;
}

function tokenAt(query: string, at: number, before: Token | undefined): Token | null {
  const character = query.charAt(at);
  if (/\s/u.test(character)) return null;
  if (OPEN.includes(character)) return { kind: 'open', text: character, start: at, end: at + 1 };
  if (CLOSE.includes(character)) return { kind: 'close', text: character, start: at, end: at + 1 };
  const isValue = before?.kind === 'field' && before.end === at;
  if (QUOTES[character] !== undefined) return phraseAt(query, at, QUOTES[character]);
  if (MINUS.includes(character) && !isValue) return minusAt(query, at);
  return wordAt(query, at, isValue);
}

function phraseAt(query: string, start: number, closing: string): Token {
  let end = start + 1;
  while (end < query.length && !closing.includes(query.charAt(end))) end += 1;
  if (end === query.length) throw new QueryError('a quotation mark that is not closed', query, start);
  return { kind: 'phrase', text: query.slice(start + 1, end), start, end: end + 1 };
}

function minusAt(query: string, start: number): Token {
  const next = query.charAt(start + 1);
  if (next === '' || /\s/u.test(next) || CLOSE.includes(next) || MINUS.includes(next)) {
    throw new QueryError('a minus stands directly before what it excludes', query, start);
  }
  return { kind: 'not', text: '-', start, end: start + 1 };
}

function wordAt(query: string, start: number, isValue: boolean): Token {
  let end = start;
  while (end < query.length && !isBoundary(query.charAt(end))) end += 1;
  const text = query.slice(start, end);
  const field = isValue ? null : FIELD.exec(text);
  if (field !== null) {
    return { kind: 'field', text: field[1]?.toLowerCase() ?? '', start, end: start + field[0].length };
  }
  const asterisk = text.search(/[*＊]/);
  if (asterisk >= 0) {
    throw new QueryError('no asterisk is needed: a word finds its other forms', query, start + asterisk);
  }
  return { kind: (isValue ? undefined : OPERATORS[text]) ?? 'word', text, start, end };
}

function isBoundary(character: string): boolean {
  return /\s/u.test(character) || OPEN.includes(character) || CLOSE.includes(character) || character in QUOTES;
}
