import type { Disagreement } from '../domain/extraction.js';

/** One field of an article: its value, where on the page it stood, and which other places said otherwise. */
export interface Field<T> {
  readonly value: T;
  /** Written into `provenance`; null where the page says nothing. */
  readonly source: string | null;
  readonly disagreements: readonly Disagreement[];
}

const EXCERPT_LENGTH_MAX = 200;

/** @returns a disagreement, its values cut to what a log line bears. */
export function disagreement(field: string, chosen: string, rejected: string, reason: string): Disagreement {
  return { field, chosen: excerpt(chosen), rejected: excerpt(rejected), reason };
}

function excerpt(text: string): string {
  return text.length <= EXCERPT_LENGTH_MAX ? text : `${text.slice(0, EXCERPT_LENGTH_MAX)}…`;
}
