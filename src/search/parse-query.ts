import { ARTICLE_FORMATS } from '../domain/page.js';
import { facetsOfDays, lastDayOf } from './facets.js';
import { QueryError, type QueryNode } from './query-tree.js';
import { readTokens, type Token } from './read-tokens.js';
import { splitWords } from './split-words.js';

/** In UTF-16 units. */
export const QUERY_LENGTH_MAX = 500;
const TERMS_MAX = 32;
const DEPTH_MAX = 10;
/** A single character of a script without spaces matches every pair that begins with it, which costs more than a word. */
const SINGLE_CHARACTERS_MAX = 3;

/** Ids that fields may name; a field whose ids are not given takes any. */
export interface KnownIds {
  readonly topics?: readonly string[];
  readonly editions?: readonly string[];
}

/** @returns the ids of a configuration that queries may name. */
export function knownIdsOf({
  topics,
  editions,
}: Record<'topics' | 'editions', readonly { readonly id: string }[]>): KnownIds {
  return { topics: topics.map(({ id }) => id), editions: editions.map(({ id }) => id) };
}

/**
 * Reads a query.
 *
 *     query  = either { "OR" either }
 *     either = part { ["AND"] part }
 *     part   = [ "-" | "NOT" ] ( "(" query ")" | phrase | word | field ":" value )
 *
 * Full-width punctuation and the quotation marks of all our languages count as the plain ones. docs/search.md describes it for people.
 *
 * @param text  As typed.
 * @returns     null if it is empty or white space.
 * @throws {QueryError} `search.syntax` with the position.
 *
 * Pure; bounded by {@link QUERY_LENGTH_MAX}, 32 terms and ten brackets in each other.
 */
export function parseQuery(text: string, known: KnownIds = {}): QueryNode | null {
  if (text.length > QUERY_LENGTH_MAX) {
    throw new QueryError(`a query has at most ${QUERY_LENGTH_MAX} characters`, text, QUERY_LENGTH_MAX);
  }
  const parser = new Parser(text, readTokens(text), known);
  return parser.query();
}

type FieldReader = (value: Token, known: KnownIds, fail: (problem: string) => never) => QueryNode;

const FIELDS: Readonly<Record<string, FieldReader>> = {
  tag: ({ text }, _known, fail) => {
    return splitWords(text).length > 0 ? { kind: 'tag', name: text } : fail('a tag needs a letter or a digit');
  },
  topic: (value, { topics }, fail) => listed('topic', value, topics, fail),
  edition: (value, { editions }, fail) => listed('edition', value, editions, fail),
  lang: (value, _known, fail) => {
    const isOfForm = (language: string): boolean => /^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/.test(language);
    const node = listed('lang', value, undefined, fail);
    return value.text.toLowerCase().split(',').every(isOfForm)
      ? node
      : fail('lang: expects a language such as ru or zh-Hans');
  },
  format: (value, _known, fail) => listed('format', value, ARTICLE_FORMATS, fail),
  since: ({ text }, _known, fail) => ({ kind: 'facet', facets: facetsOfDays(firstDay(text, fail), null) }),
  until: ({ text }, _known, fail) => ({ kind: 'facet', facets: facetsOfDays(null, lastDay(text, fail)) }),
  edited: (value, _known, fail) => yesOrNo('edited', value, fail),
  gone: (value, _known, fail) => yesOrNo('gone', value, fail),
};

function listed(
  field: string,
  { text }: Token,
  allowed: readonly string[] | undefined,
  fail: (problem: string) => never,
): QueryNode {
  const values = text
    .toLowerCase()
    .split(',')
    .filter((value) => value !== '');
  const unknown = values.find((value) => allowed !== undefined && !allowed.includes(value));
  if (values.length === 0) fail(`${field}: expects a value`);
  if (unknown !== undefined) fail(`${field}:${unknown} is none of ${allowed?.join(', ') ?? ''}`);
  return { kind: 'facet', facets: values.map((value) => `${field}=${value}`) };
}

function yesOrNo(field: string, { text }: Token, fail: (problem: string) => never): QueryNode {
  const isYes = /^(?:yes|true)$/i.test(text);
  if (!isYes && !/^(?:no|false)$/i.test(text)) fail(`${field}: expects yes or no`);
  const node: QueryNode = { kind: 'facet', facets: [`${field}=yes`] };
  return isYes ? node : { kind: 'not', node };
}

function firstDay(text: string, fail: (problem: string) => never): string {
  return dayOf(text, `${text}${'-01-01'.slice(text.length === 4 ? 0 : 3)}`, fail);
}

function lastDay(text: string, fail: (problem: string) => never): string {
  return dayOf(text, /^\d{4}(?:-\d\d)?$/.test(text) ? lastDayOf(text) : text, fail);
}

/** A day, a month or a year. */
function dayOf(text: string, day: string, fail: (problem: string) => never): string {
  const isOfForm = /^\d{4}(?:-\d\d){0,2}$/.test(text);
  const whole = text.length === 10 ? text : day;
  const time = isOfForm ? Date.parse(whole) : Number.NaN;
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(whole)) {
    fail('since: and until: expect a day, a month or a year, such as 2023-04-12, 2023-04 or 2023');
  }
  return whole;
}

class Parser {
  private at = 0;
  private terms = 0;
  private singleCharacters = 0;
  private depth = 0;

  constructor(
    private readonly text: string,
    private readonly tokens: readonly Token[],
    private readonly known: KnownIds,
  ) {}

  query(): QueryNode | null {
    if (this.text.trim() === '') return null;
    if (this.tokens.length === 0) throw new QueryError('no letter or digit to look for', this.text, 0);
    const node = this.either();
    const left = this.tokens[this.at];
    if (left !== undefined) this.fail('a closing bracket without an opening one', left);
    return node;
  }

  private either(): QueryNode {
    const first = this.all();
    const nodes = [first];
    while (this.take('or')) nodes.push(this.all());
    return nodes.length === 1 ? first : { kind: 'any', nodes };
  }

  private all(): QueryNode {
    const first = this.part();
    const nodes = [first];
    for (;;) {
      const next = this.tokens[this.at];
      if (next === undefined || next.kind === 'or' || next.kind === 'close') break;
      if (next.kind === 'and') this.at += 1;
      nodes.push(this.part());
    }
    return nodes.length === 1 ? first : { kind: 'all', nodes };
  }

  private part(): QueryNode {
    const token = this.tokens[this.at];
    if (token === undefined) return this.fail('something to look for is missing', null);
    this.at += 1;
    switch (token.kind) {
      case 'not':
        return { kind: 'not', node: this.part() };
      case 'open':
        return this.bracket(token);
      case 'field':
        return this.field(token);
      case 'word':
      case 'phrase':
        return this.words(token);
      default:
        return this.fail(`something to look for is missing before ${token.text}`, token);
    }
  }

  private bracket(opening: Token): QueryNode {
    this.depth += 1;
    if (this.depth > DEPTH_MAX) this.fail(`at most ${DEPTH_MAX} brackets in each other`, opening);
    if (this.tokens[this.at]?.kind === 'close') this.fail('nothing between the brackets', opening);
    const node = this.either();
    if (!this.take('close')) this.fail('a bracket that is not closed', opening);
    this.depth -= 1;
    return node;
  }

  private field(token: Token): QueryNode {
    const read = FIELDS[token.text];
    if (read === undefined) return this.fail(`unknown field; there are ${Object.keys(FIELDS).join(', ')}`, token);
    const value = this.tokens[this.at];
    if (value === undefined || (value.kind !== 'word' && value.kind !== 'phrase') || value.start !== token.end) {
      return this.fail(`${token.text}: expects a value right behind it`, token);
    }
    this.at += 1;
    this.count(value);
    return read(value, this.known, (problem) => this.fail(problem, value));
  }

  private words(token: Token): QueryNode {
    this.count(token);
    const pieces = splitWords(token.text);
    if (pieces.length === 0) this.fail('no letter or digit to look for', token);
    if (pieces.length === 1 && pieces[0]?.isGrams === true && Array.from(token.text).length === 1) {
      this.singleCharacters += 1;
      if (this.singleCharacters > SINGLE_CHARACTERS_MAX) {
        this.fail(`at most ${SINGLE_CHARACTERS_MAX} single characters`, token);
      }
    }
    return { kind: 'words', text: token.text };
  }

  private count(token: Token): void {
    this.terms += Math.max(1, splitWords(token.text).length);
    if (this.terms > TERMS_MAX) this.fail(`at most ${TERMS_MAX} words`, token);
  }

  private take(kind: Token['kind']): boolean {
    if (this.tokens[this.at]?.kind !== kind) return false;
    this.at += 1;
    return true;
  }

  /** @param token  null: the end of the query. */
  private fail(problem: string, token: Token | null): never {
    throw new QueryError(problem, this.text, token?.start ?? this.text.length);
  }
}
