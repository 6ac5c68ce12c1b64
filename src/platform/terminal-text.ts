/**
 * Control characters, those that turn the direction of what follows or end a line, and halves of characters: a terminal would obey them,
 * whoever wrote the text. And what stands there unseen: two words that look the same are not. Joiners and direction marks stay, since
 * Persian, Arabic and emoji need them.
 */
const NOT_FOR_TERMINALS =
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u180e\u200b\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\p{Cs}]/gu;

/** @returns the text with `�` for whatever a terminal would obey or would not show. */
export function forTerminal(text: string): string {
  return text.replace(NOT_FOR_TERMINALS, '\ufffd');
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
