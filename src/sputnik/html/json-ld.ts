import type { PageTree } from './page-tree.js';
import { ARTICLE_TYPE, PEOPLE, PERSON_TYPE, PICTURE_URLS, PICTURES } from './microdata.js';
import { parseArticlePath } from '../urls/url-grammar.js';
import { select } from './select.js';

const JSON_LD_SCRIPTS_MAX = 50;
const JSON_LD_LENGTH_MAX = 2_000_000;
const GRAPH_DEPTH_MAX = 4;
const OBJECTS_MAX = 500;

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The JSON-LD objects whose `@type` is an article, the one about `articleId` first; those that say to be other articles are left out.
 *
 * Broken JSON is no error: a site's script is as trustworthy as its text.
 */
export function readJsonLdArticles(tree: PageTree, articleId: string | null): readonly JsonObject[] {
  const scripts = select(tree, 'script[type*="ld+json" i]');
  if (scripts.length === 0) return [];
  const articles = scripts
    .slice(0, JSON_LD_SCRIPTS_MAX)
    .map((script) => script.children.filter((child) => typeof child === 'string').join(''))
    .filter((source) => source.length <= JSON_LD_LENGTH_MAX && /Article|Posting|Report/.test(source))
    .flatMap((source) => articlesIn(parseJsonLd(source)));
  if (articleId === null) return articles;
  const named = articles.map((article) => ({ article, urls: OWN_URLS.flatMap((path) => readJsonLd(article, path)) }));
  const isAbout = ({ urls }: (typeof named)[number]): boolean => urls.some((url) => url.includes(articleId));
  return named
    .filter((one) => isAbout(one) || !one.urls.some(isOfArticle))
    .sort((a, b) => Number(isAbout(b)) - Number(isAbout(a)))
    .map(({ article }) => article);
}

/** Where an article says its own URL. */
const OWN_URLS = ['mainEntityOfPage', 'mainEntityOfPage/@id', 'url', '@id'];

function isOfArticle(url: string): boolean {
  return URL.canParse(url) && parseArticlePath(new URL(url).pathname) !== null;
}

/**
 * @param path  A key, or keys separated by `/`.
 *
 * @returns Texts and numbers found there, with lists flattened. An object gives its `url` or `name`, a picture its URL,
 * and people only names written as plain text; `author/name` gives all names, however written.
 */
export function readJsonLd(article: JsonObject, path: string): readonly string[] {
  const keys = path.split('/');
  let values: unknown[] = [article];
  let people = false;
  for (const key of keys) {
    const isNameOfPeople = people && key === 'name';
    values = values
      .flat(GRAPH_DEPTH_MAX)
      .filter((value) => isObject(value) || (isNameOfPeople && typeof value === 'string'))
      .map((value) => (isObject(value) ? value[key] : value));
    people = PEOPLE.has(key);
    if (PEOPLE.has(key)) values = values.flat(GRAPH_DEPTH_MAX).filter((value) => !isOrganisation(value));
  }
  const last = keys.at(-1) ?? '';
  return values
    .flat(GRAPH_DEPTH_MAX)
    .slice(0, OBJECTS_MAX)
    .map((value) => (isObject(value) ? textOfObject(value, last) : textOf(value)))
    .filter((text) => text !== '');
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' ? String(value) : '';
}

function textOfObject(value: JsonObject, key: string): string {
  if (PEOPLE.has(key)) return '';
  const names = PICTURES.has(key) ? PICTURE_URLS : ['url', 'name', '@id'];
  const inner = names.map((name) => value[name]).find((found) => found !== undefined && found !== null);
  return textOf([inner].flat(GRAPH_DEPTH_MAX)[0]);
}

/** Typed as anything but a person. */
function isOrganisation(value: unknown): boolean {
  if (!isObject(value)) return false;
  const types = [value['@type']].flat().filter((type) => typeof type === 'string');
  return types.length > 0 && !types.some((type) => PERSON_TYPE.test(type));
}

function articlesIn(values: readonly unknown[]): JsonObject[] {
  const known: JsonObject[] = [];
  let level: unknown[] = [...values];
  for (let depth = 0; depth < GRAPH_DEPTH_MAX && level.length > 0; depth += 1) {
    const objects = level.flat(GRAPH_DEPTH_MAX).filter(isObject).slice(0, OBJECTS_MAX);
    known.push(...objects);
    level = objects
      .filter((object) => !isArticle(object))
      .flatMap((object) => [object['@graph'], object['mainEntity']]);
  }
  const byId = new Map(known.map((object) => [object['@id'], object]));
  return known.filter(isArticle).map((article) => withReferences(article, byId));
}

/** `"author": { "@id": "#a" }` stands for the object that bears this id. */
function withReferences(article: JsonObject, byId: ReadonlyMap<unknown, JsonObject>): JsonObject {
  const resolve = (value: unknown): unknown =>
    isObject(value) && Object.keys(value).length === 1 ? (byId.get(value['@id']) ?? value) : value;
  const entries = Object.entries(article).map(([key, value]): [string, unknown] => [
    key,
    Array.isArray(value) ? value.map(resolve) : resolve(value),
  ]);
  return Object.fromEntries(entries);
}

function isArticle(object: JsonObject): boolean {
  return [object['@type']].flat().some((type) => typeof type === 'string' && ARTICLE_TYPE.test(type));
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Comments and CDATA marks that sites wrap around a script, for readers that know no scripts. */
const WRAPPERS =
  /<!--\/\/-->|\/\/\s*<!\[CDATA\[(?:\/\/>)?|\/\*\s*<!\[CDATA\[\s*\*\/|<!\[CDATA\[|<!--|-->|(?:(?:\/\/|\/\*)\s*)?\]\]>(?:\s*\*\/)?/y;
/** One that is never closed goes to the end, so that no character is looked at twice. */
const COMMENT = /\/\*[^]*?(?:\*\/|$)|\/\/[^\n]{0,2000}/y;
const JSON_VALUES_MAX = 100;

/**
 * Reads the source of a JSON-LD script: strictly at first, and leniently if that fails. The lenient reading tolerates
 * comments, CDATA marks, commas before a closing bracket, text between and after several values, line breaks in
 * strings, and quotation marks written as entities.
 *
 * @returns The values found, without unreadable ones.
 *
 * Pure; nothing is evaluated; time grows linearly with the source.
 */
export function parseJsonLd(source: string): readonly unknown[] {
  const strict = parseStrictly(source);
  if (strict !== undefined) return [strict];
  const lenient = parseLeniently(source);
  if (lenient.length > 0 || !source.includes('&quot;')) return lenient;
  return parseLeniently(source.replaceAll('&quot;', '"').replaceAll('&amp;', '&'));
}

function parseStrictly(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Copies each bracketed value, without what JSON does not allow, and reads the copy. */
function parseLeniently(source: string): readonly unknown[] {
  const values: unknown[] = [];
  let copy: string[] = [];
  let depth = 0;
  for (let at = 0; at < source.length && values.length < JSON_VALUES_MAX;) {
    const skipped = lengthToSkip(source, at);
    const character = source[at] ?? '';
    const piece = depth > 0 && character === '"' ? stringAt(source, at) : character;
    at += skipped > 0 ? skipped : piece.length;
    if (skipped > 0 || character.trim() === '') continue;
    const isClosing = '}]'.includes(character);
    if ('{['.includes(character)) depth += 1;
    if (depth === 0) continue;
    if (isClosing && copy.at(-1) === ',') copy.pop();
    const isNeedless = character === ',' && '{[,'.includes(copy.at(-1) ?? ',');
    if (!isNeedless) copy.push(withoutWrongEscapes(piece));
    if (isClosing) depth -= 1;
    if (depth > 0) continue;
    const value = parseStrictly(copy.join(''));
    if (value !== undefined) values.push(value);
    copy = [];
  }
  return values;
}

/** Line breaks become blanks, a backslash that escapes nothing goes. */
function withoutWrongEscapes(piece: string): string {
  if (piece.length === 1) return piece;
  return piece
    .replace(/[\u0000-\u001f]+/g, ' ')
    .replace(/\\(["\\/bfnrtu])|\\/g, (escape, letter) => (letter === undefined ? '' : escape));
}

/** @returns how many characters of a comment or a CDATA mark begin here. */
function lengthToSkip(source: string, at: number): number {
  if (!'/<-]'.includes(source[at] ?? '')) return 0;
  for (const pattern of [WRAPPERS, COMMENT]) {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match !== null) return match[0].length;
  }
  return 0;
}

/** The string that begins here, its quotation marks included; to the end of the source where it is never closed. */
function stringAt(source: string, start: number): string {
  for (let at = start + 1; at < source.length; at += 1) {
    if (source[at] === '\\') at += 1;
    else if (source[at] === '"') return source.slice(start, at + 1);
  }
  return source.slice(start);
}
