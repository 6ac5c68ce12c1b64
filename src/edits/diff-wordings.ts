import { diffArrays } from 'diff';

/** A stretch of text that both wordings have, or only the earlier, or only the later one. */
interface WordingPart {
  readonly kind: 'kept' | 'removed' | 'added';
  readonly text: string;
}

/** Wordings further apart than this were rewritten: word by word nobody could read the difference, and finding it takes the square of this. */
const EDITED_WORDS_MAX = 500;
/** Longer passages are told whole. Several times the longest paragraph. */
const CHARACTERS_MAX = 20_000;

/** Words of any script, separated by Unicode's rules; the characters between words are tokens too. */
const segmenter = new Intl.Segmenter('und', { granularity: 'word' });
/** Chinese writes no spaces, and a dictionary does not know every name: there each character is a token, and the segmenter's dictionary, which is slow, is not asked. */
const HAN_OR_OTHERS = /\p{Script=Han}|\P{Script=Han}+/gu;

/**
 * Shows people where two wordings of one passage differ, word by word; in Chinese character by character.
 *
 * @returns  The parts in reading order. Without the added ones they are the earlier wording, without the removed ones the later one.
 *           Wordings that have too little in common come as one part removed and one added.
 *
 * Pure. At most 500 edited words are looked for, in at most 20,000 characters.
 */
export function diffWordings(before: string, after: string): WordingPart[] {
  if (Math.max(before.length, after.length) > CHARACTERS_MAX) return rewritten(before, after);
  const changes = diffArrays(wordsOf(before), wordsOf(after), { maxEditLength: EDITED_WORDS_MAX });
  if (changes === undefined) return rewritten(before, after);
  return changes.map(({ value, added, removed }) => ({
    kind: added ? 'added' : removed ? 'removed' : 'kept',
    text: value.join(''),
  }));
}

/** Wordings that share less than this are shown one after the other: mixed word by word, nobody could read them. */
const SHARED_MIN = 0.5;

/** @returns the parts, if there are two wordings and they share enough to be shown mixed; else null. Pure. */
export function mixedWordings(before: string | null, after: string | null): WordingPart[] | null {
  if (before === null || after === null) return null;
  const parts = diffWordings(before, after);
  const kept = parts.reduce((sum, { kind, text }) => sum + (kind === 'kept' ? text.length : 0), 0);
  return kept < SHARED_MIN * Math.max(1, before.length, after.length) ? null : parts;
}

function wordsOf(text: string): string[] {
  return (text.match(HAN_OR_OTHERS) ?? []).flatMap((run) =>
    run.length === 1 ? run : Array.from(segmenter.segment(run), ({ segment }) => segment),
  );
}

function rewritten(before: string, after: string): WordingPart[] {
  const parts: WordingPart[] = [
    { kind: 'removed', text: before },
    { kind: 'added', text: after },
  ];
  return before === after ? [{ kind: 'kept', text: after }] : parts.filter(({ text }) => text !== '');
}
