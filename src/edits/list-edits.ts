import type { ArticleImage, BodyBlock } from '../domain/article.js';
import type { ExtractedArticle } from '../domain/extraction.js';
import { compactText } from '../dedupe/comparable-text.js';
import { namesOf, numberMentionsOf, quotationsOf, type Mention } from '../dedupe/mentions.js';
import { foldText } from '../normalise/fold-text.js';
import { alignBlocks, type BlockPair } from './align-blocks.js';

/** What kind of thing was edited, in words for people. The closed list. */
export const EDIT_NAMES = {
  headline: 'headline',
  lead: 'lead',
  paragraphAdded: 'paragraph added',
  paragraphRemoved: 'paragraph removed',
  paragraphChanged: 'paragraph changed',
  paragraphMoved: 'paragraph moved',
  number: 'number',
  name: 'name',
  quotation: 'quotation',
  tag: 'tag',
  picture: 'picture',
} as const;

export type EditType = keyof typeof EDIT_NAMES;

/** One edit between two states of an article, with both wordings. */
export interface Edit {
  readonly type: EditType;
  /** `trivial`: white space, punctuation, case, script or width only, a moved paragraph, a picture cut otherwise. */
  readonly weight: 'trivial' | 'substantive';
  /** The wording that went; null where something was only added. */
  readonly before: string | null;
  /** The wording that came; null where something was only removed. */
  readonly after: string | null;
  readonly place: 'title' | 'lead' | 'body' | 'tags' | 'images';
  /** Indexes of the blocks in the two bodies, counted from 0; null outside the body. */
  readonly blockBefore: number | null;
  readonly blockAfter: number | null;
}

/** Details are looked for in so many characters of a passage: several times the longest paragraph. */
const DETAILED_CHARACTERS_MAX = 20_000;

/** Where a changed wording stands. */
type EditLocation = Pick<Edit, 'place' | 'blockBefore' | 'blockAfter'>;

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

/** Pairs what went with what came, first with first; what remains stands alone. */
function replacements(
  type: EditType,
  before: readonly Mention[],
  after: readonly Mention[],
  where: EditLocation,
): Edit[] {
  const [gone, come] = [missing(before, after), missing(after, before)];
  return Array.from({ length: Math.max(gone.length, come.length) }, (_, i) => ({
    type,
    weight: 'substantive' as const,
    before: gone[i]?.wording ?? null,
    after: come[i]?.wording ?? null,
    ...where,
  }));
}

/**
 * Lists the numbers, names and quotations that differ between two wordings of one passage.
 *
 * @returns  Edits of type `number`, `name` and `quotation`, in this order, always substantive.
 */
function listDetails(before: string, after: string, where: EditLocation): Edit[] {
  const [was, is] = [before.slice(0, DETAILED_CHARACTERS_MAX), after.slice(0, DETAILED_CHARACTERS_MAX)];
  return [
    ...replacements('number', numberMentionsOf(was), numberMentionsOf(is), where),
    ...replacements('name', namesOf(was), namesOf(is), where),
    ...replacements('quotation', quotationsOf(was), quotationsOf(is), where),
  ];
}

/** One state of an article: a revision, a rendition's state, or the record's own top. */
export interface EditedState extends Pick<ExtractedArticle, 'title' | 'lead' | 'body' | 'tags'> {
  /** Compared only where both states have them. */
  readonly images?: readonly ArticleImage[];
}

const TITLE: EditLocation = { place: 'title', blockBefore: null, blockAfter: null };
const LEAD: EditLocation = { place: 'lead', blockBefore: null, blockAfter: null };
const TAGS: EditLocation = { place: 'tags', blockBefore: null, blockAfter: null };
const IMAGES: EditLocation = { place: 'images', blockBefore: null, blockAfter: null };

function weigh(before: string | null, after: string | null): Edit['weight'] {
  return compactText(before ?? '') === compactText(after ?? '') ? 'trivial' : 'substantive';
}

/** The change of a passage, followed by the numbers, names and quotations that differ in it. */
function passage(type: EditType, before: string | null, after: string | null, where: EditLocation): Edit[] {
  if (before === after) return [];
  const weight = weigh(before, after);
  const change: Edit = { type, weight, before, after, ...where };
  const isReworded = weight === 'substantive' && before !== null && after !== null;
  return isReworded ? [change, ...listDetails(before, after, where)] : [change];
}

function pairEdits(before: BodyBlock, after: BodyBlock, pair: BlockPair): Edit[] {
  const where: EditLocation = { place: 'body', blockBefore: pair.before, blockAfter: pair.after };
  const [was, is] = [before.text, after.text];
  const changed = passage('paragraphChanged', was, is, where);
  if (changed.length === 0 && before.type !== after.type) {
    changed.push({ type: 'paragraphChanged', weight: 'trivial', before: was, after: is, ...where });
  }
  if (pair.moved) changed.push({ type: 'paragraphMoved', weight: 'trivial', before: was, after: is, ...where });
  return changed;
}

function bodyEdits(before: readonly BodyBlock[], after: readonly BodyBlock[]): Edit[] {
  const pairs = alignBlocks(before, after);
  const edits: Edit[] = [];
  const byAfter = new Map(pairs.map((pair) => [pair.after, pair]));
  const kept = new Set(pairs.map((pair) => pair.before));
  for (const [index, { text }] of before.entries()) {
    if (kept.has(index)) continue;
    const where: EditLocation = { place: 'body', blockBefore: index, blockAfter: null };
    edits.push({ type: 'paragraphRemoved', weight: weigh(text, null), before: text, after: null, ...where });
  }
  for (const [index, block] of after.entries()) {
    const pair = byAfter.get(index);
    const was = pair === undefined ? undefined : before[pair.before];
    if (pair !== undefined && was !== undefined) {
      edits.push(...pairEdits(was, block, pair));
      continue;
    }
    const where: EditLocation = { place: 'body', blockBefore: null, blockAfter: index };
    edits.push({ type: 'paragraphAdded', weight: weigh(null, block.text), before: null, after: block.text, ...where });
  }
  return edits;
}

/** Things with a key: one that kept its key but not its wording is a trivial edit, the rest came or went. */
function setEdits<T>(
  type: EditType,
  before: readonly T[],
  after: readonly T[],
  keyOf: (thing: T) => string,
  wordingOf: (thing: T) => string,
  where: EditLocation,
): Edit[] {
  const [was, is] = [
    new Map(before.map((thing) => [keyOf(thing), thing])),
    new Map(after.map((thing) => [keyOf(thing), thing])),
  ];
  const edits: Edit[] = [];
  for (const [key, thing] of was) {
    const now = is.get(key);
    const [old, fresh] = [wordingOf(thing), now === undefined ? null : wordingOf(now)];
    if (old === fresh) continue;
    edits.push({ type, weight: fresh === null ? 'substantive' : 'trivial', before: old, after: fresh, ...where });
  }
  for (const [key, thing] of is) {
    if (was.has(key)) continue;
    edits.push({ type, weight: 'substantive', before: null, after: wordingOf(thing), ...where });
  }
  return edits;
}

/** A picture's number on the site's image host; its crops and sizes share it. Elsewhere the URL itself. */
function pictureKey({ url }: ArticleImage): string {
  return /\/(\d{6,})_[^/]*$/.exec(url)?.[1] ?? url;
}

function captionEdits(before: readonly ArticleImage[], after: readonly ArticleImage[]): Edit[] {
  const captions = new Map(before.map((image) => [pictureKey(image), image.caption]));
  return after.flatMap((image) => {
    const was = captions.get(pictureKey(image));
    return was === undefined ? [] : passage('picture', was, image.caption, IMAGES).slice(0, 1);
  });
}

/**
 * Lists the edits between two states of an article.
 *
 * @param before, after  The earlier and the later state.
 * @returns              Edits in the order headline, lead, paragraphs removed, paragraphs by their later position (each
 *                       change followed by the numbers, names and quotations in it), tags, pictures; with both original
 *                       wordings. Empty if nothing differs.
 *
 * Pure. A lead that becomes the first paragraph is a lead removed and a paragraph added. Errs towards `substantive`.
 */
export function listEdits(before: EditedState, after: EditedState): Edit[] {
  const edits = [
    ...passage('headline', before.title, after.title, TITLE),
    ...passage('lead', before.lead, after.lead, LEAD),
    ...bodyEdits(before.body, after.body),
    ...setEdits(
      'tag',
      before.tags,
      after.tags,
      ({ name }) => foldText(name),
      ({ name }) => name,
      TAGS,
    ),
  ];
  if (before.images === undefined || after.images === undefined) return edits;
  return [
    ...edits,
    ...setEdits('picture', before.images, after.images, pictureKey, ({ url }) => url, IMAGES),
    ...captionEdits(before.images, after.images),
  ];
}
