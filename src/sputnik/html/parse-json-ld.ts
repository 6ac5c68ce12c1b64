/** Comments and CDATA marks that sites wrap around a script, for readers that know no scripts. */
const WRAPPERS =
  /<!--\/\/-->|\/\/\s*<!\[CDATA\[(?:\/\/>)?|\/\*\s*<!\[CDATA\[\s*\*\/|<!\[CDATA\[|<!--|-->|(?:\/\/|\/\*)?\s*\]\]>(?:\s*\*\/)?/y;
const COMMENT = /\/\*[\s\S]{0,20000}?\*\/|\/\/[^\n]{0,2000}/y;
const VALUES_MAX = 100;

/**
 * Reads the source of a JSON-LD script: strictly, and where that fails as people meant it. Then comments, CDATA marks,
 * commas before a closing bracket, what stands between and behind several values, line breaks within strings, and
 * quotation marks written as entities are forgiven.
 *
 * @returns  The values found; what cannot be read is left out.
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
  for (let at = 0; at < source.length && values.length < VALUES_MAX;) {
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
