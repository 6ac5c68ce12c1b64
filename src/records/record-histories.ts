import type { ArticleKey } from '../domain/page.js';
import type { Article, ArticleImage, PictureState, Rendition, Revision } from '../domain/article.js';
import type { ExtractedArticle } from '../domain/extraction.js';
import type { Observation } from './timeline.js';

/** One state of an article in one edition. */
export type HistoryState = Omit<Revision, 'revision'>;

/** What one edition has shown. */
export interface EditionHistory {
  readonly edition: string;
  /** URL of the newest observation. */
  readonly url: string;
  readonly language: string;
  readonly publishedAt: string | null;
  /** Oldest first; never empty. */
  readonly states: readonly HistoryState[];
}

/** Where the fields stand that only the newest state of the primary edition tells. */
interface Newest {
  readonly article: ExtractedArticle | Article;
  readonly capture: Article['capture'];
}

/** What one edition's pictures were, oldest first; never empty. Kept apart from revisions: other pictures alone make no revision. */
type PictureHistory = readonly PictureState[];

type PlainFields = 'id' | 'family' | 'publishedAt' | 'firstSeenAt' | 'lastSeenAt' | 'goneAt' | 'duplicateOf';

/** A record taken apart into the histories of its editions. */
export interface RecordHistories extends Readonly<Pick<Article, PlainFields>> {
  readonly primary: string;
  readonly editions: ReadonlyMap<string, EditionHistory>;
  readonly newest: Newest;
  /** Of the primary edition. */
  readonly pictures: PictureHistory;
  /** Every URL under which it was seen. */
  readonly urls: ReadonlySet<string>;
  readonly duplicates: readonly ArticleKey[];
}

/** Takes a record apart. A rendition's newest state comes without tags, since the record keeps none for it. */
export function openRecord(record: Article): RecordHistories {
  const { id, family, edition, url, language, modifiedAt, publishedAt, firstSeenAt, lastSeenAt, goneAt } = record;
  const seenAt = record.capture?.fetchedAt ?? firstSeenAt ?? '';
  const newest = { seenAt, modifiedAt, ...textOf(record) };
  const states = [...record.revisions.map(revisionState), newest];
  const renditions = record.renditions.map((rendition) => renditionHistory(rendition, firstSeenAt ?? ''));
  const histories = [{ edition, url, language, publishedAt, states }, ...renditions];
  return {
    id,
    family,
    primary: edition,
    editions: new Map(histories.map((history) => [history.edition, history])),
    newest: { article: record, capture: record.capture },
    pictures: record.pictures ?? [{ seenAt: record.revisions[0]?.seenAt ?? seenAt, images: record.images }],
    urls: new Set([url, ...record.aliases, ...renditions.map((rendition) => rendition.url)]),
    publishedAt,
    firstSeenAt,
    lastSeenAt,
    goneAt,
    duplicates: record.duplicates,
    duplicateOf: record.duplicateOf,
  };
}

/** Puts a record together again, keys in the order of the contract. The inverse of {@link openRecord}. */
export function closeRecord(open: RecordHistories): Article {
  const primary = open.editions.get(open.primary);
  const text = primary?.states.at(-1);
  if (!primary || !text) throw new Error(`No history of the primary edition ${open.primary} of ${open.id}`);
  const others = [...open.editions.values()]
    .filter((history) => history.edition !== open.primary)
    .sort((a, b) => (a.edition < b.edition ? -1 : 1));
  const shown = new Set([primary.url, ...others.map((history) => history.url)]);
  const { article, capture } = open.newest;
  return {
    schemaVersion: 2,
    id: open.id,
    url: primary.url,
    aliases: [...open.urls].filter((url) => !shown.has(url)).sort(),
    edition: primary.edition,
    family: open.family,
    language: primary.language,
    title: text.title,
    lead: text.lead,
    body: text.body,
    dateline: article.dateline,
    publishedAt: open.publishedAt,
    modifiedAt: article.modifiedAt,
    tags: text.tags,
    ...fieldsOfPage(article),
    images: picturesOnTop(open),
    contentHash: text.contentHash,
    renditions: others.map(closeRendition),
    revisions: earlierStates(primary.states),
    ...(open.pictures.length > 1 ? { pictures: [...open.pictures] } : {}),
    duplicates: [...open.duplicates],
    duplicateOf: open.duplicateOf,
    goneAt: open.goneAt,
    firstSeenAt: open.firstSeenAt,
    lastSeenAt: open.lastSeenAt,
    capture,
    provenance: { ...article.provenance },
    extractor: { ...article.extractor },
  };
}

/** The pictures of today, also where they alone have changed since the text did. */
function picturesOnTop({ pictures, newest: { article, capture } }: RecordHistories): ArticleImage[] {
  const last = pictures.at(-1);
  const isLater = last !== undefined && last.seenAt > (capture?.fetchedAt ?? '');
  return [...(isLater ? last.images : article.images)];
}

/** What a record says as one page does, whatever was seen before; keys in the order of the contract. */
export function fieldsOfPage({
  topics,
  section,
  authors,
  format,
  images,
  related,
  copyrightHolder,
}: ExtractedArticle | Article) {
  return {
    topics: [...topics],
    section,
    authors: [...authors],
    format,
    images: [...images],
    related: [...related],
    copyrightHolder,
  };
}

export function stateOf(article: ExtractedArticle, seenAt: string): HistoryState {
  return { seenAt, modifiedAt: article.modifiedAt, ...textOf(article) };
}

type StateText = Pick<Revision, 'title' | 'lead' | 'body' | 'tags' | 'contentHash'>;

function textOf({ title, lead, body, tags, contentHash }: ExtractedArticle | Article): StateText {
  return { title, lead, body: [...body], tags: [...tags], contentHash };
}

function revisionState({ revision: _, ...state }: Revision): HistoryState {
  return state;
}

function earlierStates(states: readonly HistoryState[]): Revision[] {
  return compactStates(states)
    .slice(0, -1)
    .map(({ seenAt, modifiedAt, title, lead, body, tags, contentHash }, index) => {
      return { revision: index + 1, seenAt, modifiedAt, title, lead, body, tags, contentHash };
    });
}

function renditionHistory(rendition: Rendition, firstSeenAt: string): EditionHistory {
  const { edition, url, language, publishedAt, title, lead, body, contentHash, seenAt = firstSeenAt } = rendition;
  const newest = { seenAt, modifiedAt: null, title, lead, body, tags: [], contentHash };
  const states = [...(rendition.revisions ?? []).map(revisionState), newest];
  return { edition, url, language, publishedAt, states };
}

function closeRendition({ edition, url, language, publishedAt, states }: EditionHistory): Rendition {
  const { title, lead, body, contentHash, seenAt } = states.at(-1) as HistoryState;
  const rendition: Rendition = { edition, url, language, title, lead, body, publishedAt, contentHash };
  return states.length === 1 ? rendition : { ...rendition, seenAt, revisions: earlierStates(states) };
}

/** Later changes of one article's pictures are not kept: picture URLs that change with every fetch must not grow a record without end. */
const PICTURE_STATES_MAX = 50;

/** @param observations  Of one edition, in order, those that do not count left out; at least one. */
export function picturesSeen(observations: readonly Observation[]): PictureHistory {
  return observations.reduce<PictureHistory>(appendPictures, []);
}

/** Adds an observation that is newer than all others. */
export function appendPictures(history: PictureHistory, { article, capture }: Observation): PictureHistory {
  const { images } = article;
  const newest = history.at(-1);
  const isKnown = newest !== undefined && areSame(newest.images, images);
  if (isKnown || history.length >= PICTURE_STATES_MAX) return history;
  return [...history, { seenAt: capture.fetchedAt, images: [...images] }];
}

/** Whether an observation between others shows the pictures that are known to have been in force then. */
export function showsPicturesInForce(history: PictureHistory, { article, capture }: Observation): boolean {
  const inForce = history.findLast((state) => state.seenAt <= capture.fetchedAt);
  return inForce !== undefined && areSame(inForce.images, article.images);
}

function areSame(a: readonly ArticleImage[], b: readonly ArticleImage[]): boolean {
  const words = (images: readonly ArticleImage[]): string =>
    JSON.stringify(images.map(({ url, caption, credit }) => [url, caption, credit]));
  return words(a) === words(b);
}

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
const CHARACTERS_MAX = 1_000_000;

/**
 * Limits the states that a record keeps of a page that changes at every fetch. The captures keep every state.
 *
 * @param states  States of one edition, oldest first; at least one.
 *
 * @returns The first state, the newest states, and of those in between the ones that differ from the last kept one in
 * more than numbers (the oldest of these if there are too many). Nearly always this is all of them. Pure. Compacting an
 * already compacted list with newer states appended gives the same as compacting all states at once.
 */
export function compactStates<State extends StateWords>(states: readonly State[]): State[] {
  const from = firstOfNewest(states);
  const kept: State[] = [];
  let wordsBefore = '';
  let characters = 0;
  for (const state of states.slice(0, from)) {
    const isFirst = kept.length === 0;
    const length = charactersOf(state);
    if (!isFirst && (kept.length > EARLIER_STATES_MAX || characters + length > CHARACTERS_MAX)) continue;
    const words = wordsOf(state);
    if (!isFirst && words === wordsBefore) continue;
    if (!isFirst) characters += length;
    wordsBefore = words;
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
