/** Which end tags may be left out, and what they end, by the HTML standard. */

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
