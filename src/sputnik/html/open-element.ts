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

/** Names that were met, by a hash of what is written; a later one takes the place of an earlier. */
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
