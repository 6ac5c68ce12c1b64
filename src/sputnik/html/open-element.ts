/** An element while its tree is built; read as a `TreeElement`. */
export interface OpenElement {
  readonly name: string;
  readonly attributes: string[];
  readonly parent: OpenElement | null;
  readonly children: (OpenElement | string)[];
  readonly classes: readonly string[];
  readonly order: number;
  lastOrder: number;
}

const NO_CLASSES: readonly string[] = [];

/** Pure. */
export function openElement(
  name: string,
  attributes: string[],
  parent: OpenElement | null,
  order: number,
): OpenElement {
  let classes = NO_CLASSES;
  for (let at = 0; at < attributes.length; at += 2) {
    if (attributes[at] !== 'class') continue;
    classes = classesIn(attributes[at + 1] ?? '');
    break;
  }
  return { name, attributes, parent, children: [], classes, order, lastOrder: order };
}

function classesIn(value: string): readonly string[] {
  if (value === '') return NO_CLASSES;
  return /[ \t\n\f\r]/.test(value) ? value.split(/[ \t\n\f\r]+/) : [value];
}

/** Cache of names, by a hash of their spelling; a later name replaces an earlier one. */
const names: string[] = Array.from({ length: 1024 }, () => '');
const PLAIN_NAME = /^[a-z][a-z0-9:-]{0,31}$/;

/** @returns the name in small letters; a usual one without making it again. */
export function nameAt(html: string, start: number, end: number): string {
  let hash = end - start;
  for (let at = start; at < end; at += 1) hash = (Math.imul(hash, 31) + html.charCodeAt(at)) | 0;
  const slot = hash & 1023;
  const known = names[slot] ?? '';
  if (known.length === end - start && html.startsWith(known, start)) return known;
  const name = html.slice(start, end).toLowerCase();
  // Copied, so that it does not hold the page.
  if (PLAIN_NAME.test(name)) names[slot] = Buffer.from(name).toString('latin1');
  return name;
}

// End tags that may be omitted, and the elements that they end, by the HTML standard.

/** Opening one of these ends an open paragraph. */
export const PARAGRAPH_CLOSERS = (
  'address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 ' +
  'header hgroup hr main menu nav ol p pre search section summary table ul'
).split(' ');

/** End tags and implied ends do not reach beyond these. */
const SCOPE = 'html table td th caption template object marquee button'.split(' ');
export const SCOPE_ELEMENTS: ReadonlySet<string> = new Set(SCOPE);

/** What ends where an element opens, the nearest of `ends` that none of `scope` stands around: a paragraph before a block, an item before an item. */
interface ImpliedEnd {
  readonly ends: readonly string[];
  readonly scope: ReadonlySet<string>;
}

export const IMPLIED_ENDS: ReadonlyMap<string, ImpliedEnd> = new Map([
  ...PARAGRAPH_CLOSERS.map((name) => impliedEnd(name, ['p'], SCOPE)),
  ...[['li'], ['dt', 'dd']].flatMap((names) => mutualEnds(names, [...SCOPE, 'ul', 'ol', 'dl'])),
  ...mutualEnds(['td', 'th'], ['tr', 'table', 'tbody', 'thead', 'tfoot']),
  ...mutualEnds(['tr'], ['table', 'tbody', 'thead', 'tfoot']),
  ...mutualEnds(['rt', 'rp'], [...SCOPE, 'ruby']),
  ...mutualEnds(['option'], SCOPE),
]);

function impliedEnd(name: string, ends: readonly string[], scope: readonly string[]): [string, ImpliedEnd] {
  return [name, { ends, scope: new Set(scope) }];
}

function mutualEnds(names: readonly string[], scope: readonly string[]): [string, ImpliedEnd][] {
  return names.map((name) => impliedEnd(name, names, scope));
}
