import type { ComparableText } from './comparable-text.js';
import { SHORT_TEXT_LETTERS } from './fingerprint.js';
import { containment, jaccard, preparedTextOf, titleSimilarity, type PreparedText } from './prepared-text.js';
import { leastSimilarity, type DedupeSettings } from './neighbour-index.js';
import { tellApartByClaim, tellApartByNumbers } from './tell-apart.js';

/** Raised whenever a comparison may decide otherwise than before: stored links of another version are decided again. */
export const COMPARISON_VERSION = 5;

/** Why two texts were linked or kept apart. The closed list. */
type ComparisonReason =
  'sameText' | 'similar' | 'tooShort' | 'belowThreshold' | 'otherNews' | 'otherNumbers' | 'otherDay' | 'otherClaim';

export interface Comparison {
  readonly kind: 'exact' | 'near' | 'distinct';
  /** Jaccard similarity of the shingles of title and text, 0 to 1, four decimals. */
  readonly similarity: number;
  readonly reason: ComparisonReason;
}

/** Both heads must be found in the other text to this share … */
const HEAD_SHARED = 0.5;
/** … or one to this share, and the titles agree: a beginning was cut off or put in front. */
const HEAD_CONTAINED = 0.75;
const TITLES_AGREE = 0.5;
/** A text was cut out of another that has it to this share. */
const CUT_CONTAINED = 0.85;
/** … and is longer by so much; texts of one length are edits of one another or strangers. */
const CUT_LONGER = 1.25;
/** A paragraph is new when less than this share of it is found in the other text … */
const PARAGRAPH_FOUND = 0.5;
/** … and it has at least so many letters: about seven ideographs, the shortest of sentences. */
const NEW_LETTERS_MIN = 20;

/** What a text says that another does not. */
interface Novelty {
  /** Letters in new paragraphs. */
  readonly letters: number;
  /** The first paragraph that says anything is among them. */
  readonly opensWithNews: boolean;
}

function noveltyOf(text: PreparedText, other: PreparedText): Novelty {
  let letters = 0;
  let opensWithNews: boolean | null = null;
  for (const paragraph of text.paragraphs) {
    if (paragraph.letters < NEW_LETTERS_MIN) continue;
    const isNew = containment(paragraph.shingles, other.whole) < PARAGRAPH_FOUND;
    if (isNew) letters += paragraph.letters;
    opensWithNews ??= isNew;
  }
  return { letters, opensWithNews: opensWithNews ?? false };
}

/**
 * The guard against pasted backgrounders: the same news must be told, not only the same history repeated under it.
 * Paragraphs that recur below the news make two texts similar, not the same. So not both may open with something of their
 * own; under different titles neither may, nor may both say something of their own further down.
 */
function tellsSameNews(a: PreparedText, b: PreparedText): boolean {
  const [fromA, fromB] = [noveltyOf(a, b), noveltyOf(b, a)];
  if (fromA.opensWithNews && fromB.opensWithNews) return false;
  const shared = [containment(a.head, b.whole), containment(b.head, a.whole)];
  if (titleSimilarity(a.form.title, b.form.title) >= TITLES_AGREE) {
    return Math.max(...shared) >= HEAD_CONTAINED || Math.min(...shared) >= HEAD_SHARED;
  }
  if (fromA.opensWithNews || fromB.opensWithNews) return false;
  return Math.min(...shared) >= HEAD_SHARED && Math.min(fromA.letters, fromB.letters) === 0;
}

/** One is the other cut short, or lengthened: under a like headline the other has all of it. */
function isCut(a: PreparedText, b: PreparedText, similarity: number, settings: DedupeSettings): boolean {
  if (similarity < leastSimilarity(settings) || titleSimilarity(a.form.title, b.form.title) < TITLES_AGREE)
    return false;
  const [short, long] = a.whole.size <= b.whole.size ? [a, b] : [b, a];
  return long.whole.size >= short.whole.size * CUT_LONGER && containment(short.whole, long.whole) >= CUT_CONTAINED;
}

function judge(a: PreparedText, b: PreparedText, similarity: number, settings: DedupeSettings): ComparisonReason {
  const isAlike = a.form.title === b.form.title && a.form.text === b.form.text;
  if (isAlike) return a.article.isCut === true || b.article.isCut === true ? 'similar' : 'sameText';
  if (Math.min(a.letters, b.letters) < SHORT_TEXT_LETTERS) return 'tooShort';
  if (similarity < settings.threshold && !isCut(a, b, similarity, settings)) return 'belowThreshold';
  if (!tellsSameNews(a, b)) return 'otherNews';
  const numbers = tellApartByNumbers(a.article, b.article);
  if (numbers !== null) return numbers === 'day' ? 'otherDay' : 'otherNumbers';
  return tellApartByClaim(a, b) ? 'otherClaim' : 'similar';
}

/**
 * Decides whether two articles are one text.
 *
 * @param a, b      The compared parts of two articles with different ids.
 * @param settings  `threshold` is used.
 * @returns         `exact`: same folded title and text, of texts of at most 20,000 characters; `near`: similar, and telling the same news; `distinct` otherwise.
 *
 * Pure and symmetric, and a function of the two texts alone: no statistics of the corpus enter, so that links depend on
 * the set of articles only, never on the order in which they came. Errs towards `distinct`: a link that is missing shows
 * an article twice, a wrong one hides it from `export --unique`.
 */
export function compareTexts(a: ComparableText, b: ComparableText, settings: DedupeSettings): Comparison {
  const [x, y] = [preparedTextOf(a), preparedTextOf(b)];
  const similarity = jaccard(x.whole, y.whole);
  const reason = judge(x, y, similarity, settings);
  const kind = reason === 'sameText' ? 'exact' : reason === 'similar' ? 'near' : 'distinct';
  return { kind, similarity: kind === 'exact' ? 1 : Math.round(similarity * 10_000) / 10_000, reason };
}
