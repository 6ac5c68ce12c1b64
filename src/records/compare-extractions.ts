import type { Article } from '../domain/article.js';
import { READ_FIELDS, SAMPLE_CHARACTERS_MAX, type FieldChange } from '../domain/extractor-change.js';

/**
 * Says in which fields two extractions of the same captures differ.
 *
 * @param before  The record as stored.
 * @param after   The record that another extractor makes of the same captures.
 * @returns       The fields in the order of the contract, each with a sample of the first difference. Pure.
 */
export function compareReadings(before: Article, after: Article): FieldChange[] {
  return READ_FIELDS.flatMap((field) => {
    const [was, is] = [before[field], after[field]];
    return sameValue(was, is) ? [] : [{ field, ...sampleOf(was, is) }];
  });
}

type Sample = Pick<FieldChange, 'before' | 'after'>;

/** Of lists the first item that differs: whole bodies would hide it. */
function sampleOf(before: unknown, after: unknown): Sample {
  if (Array.isArray(after) && Array.isArray(before)) {
    const [was, is]: [unknown[], unknown[]] = [before, after];
    const at = Array.from({ length: Math.max(was.length, is.length) }).findIndex(
      (_, index) => !sameValue(was[index], is[index]),
    );
    return { before: shown(was[at]), after: shown(is[at]) };
  }
  return { before: shown(before), after: shown(after) };
}

function shown(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const characters = Array.from(typeof value === 'string' ? value : JSON.stringify(value));
  // Counted in UTF-16 units, as the schema does.
  let text = '';
  for (const character of characters) {
    if (text.length + character.length >= SAMPLE_CHARACTERS_MAX) return `${text}…`;
    text += character;
  }
  return text;
}

/** Keys of objects in any order: a record read from its file has them sorted. */
function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [keys, others] = [definedKeys(a), definedKeys(b)];
  if (Array.isArray(a) !== Array.isArray(b) || keys.length !== others.length) return false;
  return keys.every((key) => sameValue((a as Keyed)[key], (b as Keyed)[key]));
}

type Keyed = Readonly<Record<string, unknown>>;

function definedKeys(value: object): string[] {
  return Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [key]));
}
