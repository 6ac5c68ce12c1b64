import type { Edit, EditType } from './edit.js';
import { namesOf, type Mention } from '../dedupe/names-of.js';
import { numberMentionsOf } from '../dedupe/numbers-of.js';
import { quotationsOf } from '../dedupe/quotations-of.js';

/** Details are looked for in so many characters of a passage: several times the longest paragraph. */
const DETAILED_CHARACTERS_MAX = 20_000;

/** Where a changed wording stands. */
export type Place = Pick<Edit, 'place' | 'blockBefore' | 'blockAfter'>;

/** @returns the mentions of `a` that `b` has fewer of, in order. */
function missing(a: readonly Mention[], b: readonly Mention[]): Mention[] {
  const left = new Map<string, number>();
  for (const { key } of b) left.set(key, (left.get(key) ?? 0) + 1);
  return a.filter(({ key }) => {
    const count = left.get(key) ?? 0;
    if (count > 0) left.set(key, count - 1);
    return count === 0;
  });
}

/** Pairs what went with what came, first with first; leftovers stand alone. */
function replacements(type: EditType, before: readonly Mention[], after: readonly Mention[], place: Place): Edit[] {
  const [gone, come] = [missing(before, after), missing(after, before)];
  return Array.from({ length: Math.max(gone.length, come.length) }, (_, i) => ({
    type,
    weight: 'substantive' as const,
    before: gone[i]?.wording ?? null,
    after: come[i]?.wording ?? null,
    ...place,
  }));
}

/**
 * Lists the numbers, names and quotations that differ between two wordings of one passage.
 *
 * @returns  Edits of type `number`, `name` and `quotation`, in this order, always substantive.
 */
export function listDetails(before: string, after: string, place: Place): Edit[] {
  const [was, is] = [before.slice(0, DETAILED_CHARACTERS_MAX), after.slice(0, DETAILED_CHARACTERS_MAX)];
  return [
    ...replacements('number', numberMentionsOf(was), numberMentionsOf(is), place),
    ...replacements('name', namesOf(was), namesOf(is), place),
    ...replacements('quotation', quotationsOf(was), quotationsOf(is), place),
  ];
}
