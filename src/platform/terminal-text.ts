/** Marks on one letter beyond these cover the lines above and below. No script stacks as many. */
const MARKS_BEYOND = /(?<=\p{M}{8})\p{M}/gu;

/**
 * Control characters, characters that change the direction of the text or end a line, and half characters, because a
 * terminal would obey them. Also invisible characters such as fillers and selectors, which make different words look
 * the same. Joiners and direction marks stay, since Persian, Arabic and emoji need them, and so do the selectors of an
 * emoji's or a Han character's form.
 */
const NOT_FOR_TERMINALS = new RegExp(
  [
    /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\ufff9-\ufffb\p{Cs}]/u,
    /(?![\u00ad\u061c\u200c-\u200f\ufe00-\ufe0f\u{e0100}-\u{e01ef}])\p{Default_Ignorable_Code_Point}/u,
    /(?<!\p{Emoji})[\ufe0e\ufe0f]/u,
    /(?<!\p{Script=Han})[\ufe00-\ufe0d\u{e0100}-\u{e01ef}]/u,
    MARKS_BEYOND,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gu',
);
const MARKS_IN_A_ROW = new RegExp(`(?:${MARKS_BEYOND.source})+`, 'gu');

/** @returns the text with `�` for whatever a terminal would obey or would not show, one for all marks too many, and a space for a tab. */
export function forTerminal(text: string): string {
  return text.replace(MARKS_IN_A_ROW, '\ufffd').replace(NOT_FOR_TERMINALS, '\ufffd').replaceAll('\t', ' ');
}

/** @returns the JSON with the same characters as escapes: its value stays what it is. */
export function escapedForTerminal(json: string): string {
  return json.replace(NOT_FOR_TERMINALS, (found) =>
    [...Array(found.length).keys()].map((at) => escapeOf(found.charCodeAt(at))).join(''),
  );
}

function escapeOf(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
