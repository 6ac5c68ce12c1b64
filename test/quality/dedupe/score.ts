import { compareTexts, type Comparison } from '../../../src/dedupe/compare-texts.js';
import type { ComparableText } from '../../../src/dedupe/comparable-text.js';
import { fingerprintOf } from '../../../src/dedupe/fingerprint.js';
import { DEFAULT_DEDUPE_SETTINGS } from '../../../src/dedupe/neighbour-index.js';
import type { Label, LabelledPair } from './labelled-set.js';

export type Answer = Comparison['kind'];

/** What the method answers for a pair as the store meets it: by content hash, then by bands, then by comparison. */
export function answerOf(a: ComparableText, b: ComparableText): Answer {
  const [x, y] = [fingerprintOf(a), fingerprintOf(b)];
  const { kind } = compareTexts(a, b, DEFAULT_DEDUPE_SETTINGS);
  if ((x.contentHash === y.contentHash) !== (kind === 'exact')) throw new Error('content hash and comparison disagree');
  return kind === 'near' && !x.bands.some((band) => y.bands.includes(band)) ? 'distinct' : kind;
}

/** How often pairs of a label got each answer. */
export type Tally = Record<Answer, number>;

export interface Scores {
  readonly byClass: ReadonlyMap<string, Tally>;
  readonly byLabel: Readonly<Record<Label, Tally>>;
  /** `class (language)`, for the report. */
  readonly byLanguage: ReadonlyMap<string, Tally>;
}

const emptyTally = (): Tally => ({ exact: 0, near: 0, distinct: 0 });

export function totalOf(tally: Tally): number {
  return tally.exact + tally.near + tally.distinct;
}

export function score(
  pairs: readonly LabelledPair[],
  answer: (a: ComparableText, b: ComparableText) => Answer,
): Scores {
  const byClass = new Map<string, Tally>();
  const byLanguage = new Map<string, Tally>();
  const byLabel = { exact: emptyTally(), near: emptyTally(), changed: emptyTally(), distinct: emptyTally() };
  const tallyIn = (tallies: Map<string, Tally>, key: string): Tally => {
    const known = tallies.get(key) ?? emptyTally();
    tallies.set(key, known);
    return known;
  };
  for (const { name, language, label, a, b } of pairs) {
    const kind = answer(a, b);
    byLabel[label][kind] += 1;
    tallyIn(byClass, name)[kind] += 1;
    tallyIn(byLanguage, `${name} (${language})`)[kind] += 1;
  }
  return { byClass, byLabel, byLanguage };
}

export interface Figures {
  readonly precision: number;
  readonly recall: number;
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole);

export function exactFigures({ byLabel }: Scores): Figures {
  const answered = byLabel.exact.exact + byLabel.near.exact + byLabel.changed.exact + byLabel.distinct.exact;
  return {
    precision: ratio(byLabel.exact.exact, answered),
    recall: ratio(byLabel.exact.exact, totalOf(byLabel.exact)),
  };
}

/** Pairs labelled `changed` are left out: whether they are linked is the method's choice. */
export function nearFigures({ byLabel }: Scores): Figures {
  const answered = byLabel.exact.near + byLabel.near.near + byLabel.distinct.near;
  return { precision: ratio(byLabel.near.near, answered), recall: ratio(byLabel.near.near, totalOf(byLabel.near)) };
}

/** For methods that only tell "one" from "two": linked at all, rightly and of those that should be. */
export function linkFigures({ byLabel }: Scores): Figures {
  const right = byLabel.exact.exact + byLabel.exact.near + byLabel.near.exact + byLabel.near.near;
  const wrong = byLabel.distinct.exact + byLabel.distinct.near;
  return {
    precision: ratio(right, right + wrong),
    recall: ratio(right, totalOf(byLabel.exact) + totalOf(byLabel.near)),
  };
}
