import type { ArticleImage, BodyBlock, Tag } from '../domain/article.js';
import { foldText } from '../normalise/fold-text.js';
import { alignBlocks, type BlockPair } from './align-blocks.js';
import type { Edit, EditType } from './edit.js';
import { listDetails, type Place } from './list-details.js';
import { compactText } from '../dedupe/compact-text.js';

/** One state of an article: a revision, a rendition's state, or the record's own top. */
export interface EditedState {
  readonly title: string;
  readonly lead: string | null;
  readonly body: readonly BodyBlock[];
  readonly tags: readonly Tag[];
  /** Compared only where both states have them. */
  readonly images?: readonly ArticleImage[];
}

const TITLE: Place = { place: 'title', blockBefore: null, blockAfter: null };
const LEAD: Place = { place: 'lead', blockBefore: null, blockAfter: null };
const TAGS: Place = { place: 'tags', blockBefore: null, blockAfter: null };
const IMAGES: Place = { place: 'images', blockBefore: null, blockAfter: null };

function weigh(before: string | null, after: string | null): Edit['weight'] {
  return compactText(before ?? '') === compactText(after ?? '') ? 'trivial' : 'substantive';
}

/** The change of a passage, followed by the numbers, names and quotations that differ in it. */
function passage(type: EditType, before: string | null, after: string | null, place: Place): Edit[] {
  if (before === after) return [];
  const weight = weigh(before, after);
  const change: Edit = { type, weight, before, after, ...place };
  const isReworded = weight === 'substantive' && before !== null && after !== null;
  return isReworded ? [change, ...listDetails(before, after, place)] : [change];
}

function pairEdits(before: BodyBlock, after: BodyBlock, pair: BlockPair): Edit[] {
  const place: Place = { place: 'body', blockBefore: pair.before, blockAfter: pair.after };
  const [was, is] = [before.text, after.text];
  const changed = passage('paragraphChanged', was, is, place);
  if (changed.length === 0 && before.type !== after.type) {
    changed.push({ type: 'paragraphChanged', weight: 'trivial', before: was, after: is, ...place });
  }
  if (pair.moved) changed.push({ type: 'paragraphMoved', weight: 'trivial', before: was, after: is, ...place });
  return changed;
}

function bodyEdits(before: readonly BodyBlock[], after: readonly BodyBlock[]): Edit[] {
  const pairs = alignBlocks(before, after);
  const edits: Edit[] = [];
  const byAfter = new Map(pairs.map((pair) => [pair.after, pair]));
  const kept = new Set(pairs.map((pair) => pair.before));
  for (const [index, { text }] of before.entries()) {
    if (kept.has(index)) continue;
    const place: Place = { place: 'body', blockBefore: index, blockAfter: null };
    edits.push({ type: 'paragraphRemoved', weight: weigh(text, null), before: text, after: null, ...place });
  }
  for (const [index, block] of after.entries()) {
    const pair = byAfter.get(index);
    const was = pair === undefined ? undefined : before[pair.before];
    if (pair !== undefined && was !== undefined) {
      edits.push(...pairEdits(was, block, pair));
      continue;
    }
    const place: Place = { place: 'body', blockBefore: null, blockAfter: index };
    edits.push({ type: 'paragraphAdded', weight: weigh(null, block.text), before: null, after: block.text, ...place });
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
  place: Place,
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
    edits.push({ type, weight: fresh === null ? 'substantive' : 'trivial', before: old, after: fresh, ...place });
  }
  for (const [key, thing] of is) {
    if (was.has(key)) continue;
    edits.push({ type, weight: 'substantive', before: null, after: wordingOf(thing), ...place });
  }
  return edits;
}

/** A picture's number on the site's image host; its crops and sizes share it. Elsewhere the address itself. */
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
 * Lists what was edited between two states of one article.
 *
 * @param before, after  The earlier and the later state.
 * @returns              Edits in the order headline, lead, paragraphs removed, paragraphs by their later place (each
 *                       change followed by the numbers, names and quotations in it), tags, pictures; both wordings as
 *                       they stood. Empty if nothing differs.
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
