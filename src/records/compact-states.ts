/** What of a state decides whether it is kept. */
interface StateWords {
  readonly title: string;
  readonly lead: string | null;
  readonly body: readonly { readonly text: string }[];
}

/** Newest states that are kept whatever changed. */
export const NEWEST_STATES_MAX = 50;
/** Earlier states that are kept beside the first: those that differ from the one kept before them in more than numbers. */
export const EARLIER_STATES_MAX = 150;
/** Characters of the newest states together, and of the earlier ones. */
const CHARACTERS_MAX = 2_000_000;

/**
 * Bounds what a page that changes at every fetch adds to its record. The captures keep every state.
 *
 * @param states  Of one edition, oldest first; at least one.
 * @returns       The first state; of the earlier ones those that differ from the one kept before in more than numbers, the oldest of them where
 *                they are too many; and the newest. Nearly always all of them.
 *
 * Pure. Compacting what was compacted before with newer states behind it gives the same as compacting all of them at once.
 */
export function compactStates<State extends StateWords>(states: readonly State[]): State[] {
  const from = firstOfNewest(states);
  const kept: State[] = [];
  let characters = 0;
  for (const state of states.slice(0, from)) {
    const before = kept.at(-1);
    const length = charactersOf(state);
    const isKept =
      before === undefined ||
      (kept.length <= EARLIER_STATES_MAX &&
        characters + length <= CHARACTERS_MAX &&
        wordsOf(state) !== wordsOf(before));
    if (!isKept) continue;
    if (before !== undefined) characters += length;
    kept.push(state);
  }
  return [...kept, ...states.slice(from)];
}

function firstOfNewest(states: readonly StateWords[]): number {
  let from = states.length - 1;
  let characters = 0;
  while (from > 0 && states.length - from < NEWEST_STATES_MAX) {
    characters += charactersOf(states[from - 1]);
    if (characters > CHARACTERS_MAX) break;
    from -= 1;
  }
  return from;
}

function charactersOf(state: StateWords | undefined): number {
  if (state === undefined) return 0;
  return state.body.reduce((sum, { text }) => sum + text.length, state.title.length + (state.lead?.length ?? 0));
}

/** The text without its numbers: counters and times alone make no state worth keeping for good. */
function wordsOf({ title, lead, body }: StateWords): string {
  return [title, lead ?? '', ...body.map(({ text }) => text)].join('\n').replace(/\d+/g, '');
}
