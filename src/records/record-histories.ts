import type { Article, Rendition, Revision } from '../domain/article.js';
import type { ExtractedArticle } from '../domain/extraction.js';
import { picturesOf, type PictureHistory } from './picture-history.js';
import { stateKey } from './state-key.js';

/** One state of an article in one edition. */
export interface HistoryState extends Omit<Revision, 'revision'> {
  readonly key: string;
}

/** What one edition has shown, oldest first; never empty. */
export interface EditionHistory {
  readonly edition: string;
  /** Address of the newest observation. */
  readonly url: string;
  readonly language: string;
  readonly publishedAt: string | null;
  readonly states: readonly HistoryState[];
}

/** What only the newest state of the primary edition tells. */
export type TopFields = Pick<
  Article,
  | 'dateline'
  | 'modifiedAt'
  | 'topics'
  | 'section'
  | 'authors'
  | 'images'
  | 'related'
  | 'copyrightHolder'
  | 'capture'
  | 'provenance'
  | 'extractor'
>;

/** A record taken apart into the histories of its editions. */
export interface RecordHistories {
  readonly id: string;
  readonly family: string;
  readonly primary: string;
  readonly editions: ReadonlyMap<string, EditionHistory>;
  readonly top: TopFields;
  /** Of the primary edition. */
  readonly pictures: PictureHistory;
  /** Every address under which it was seen. */
  readonly urls: ReadonlySet<string>;
  readonly publishedAt: string | null;
  readonly firstSeenAt: string | null;
  readonly lastSeenAt: string | null;
  readonly goneAt: string | null;
  readonly duplicates: readonly string[];
  readonly duplicateOf: Article['duplicateOf'];
}

/** Takes a record apart. A rendition's newest state comes without tags, since the record keeps none for it. */
export function openRecord(record: Article): RecordHistories {
  const seenAt = record.capture?.fetchedAt ?? record.firstSeenAt ?? '';
  const primary: EditionHistory = {
    edition: record.edition,
    url: record.url,
    language: record.language,
    publishedAt: record.publishedAt,
    states: [
      ...record.revisions.map(revisionState),
      withKey({ ...textOf(record), seenAt, modifiedAt: record.modifiedAt }),
    ],
  };
  const renditions = record.renditions.map((rendition): [string, EditionHistory] => [
    rendition.edition,
    renditionHistory(rendition, record.firstSeenAt ?? ''),
  ]);
  return {
    id: record.id,
    family: record.family,
    primary: record.edition,
    editions: new Map([[record.edition, primary], ...renditions]),
    top: topOf(record, record.capture),
    pictures: picturesOf(record),
    urls: new Set([record.url, ...record.aliases, ...record.renditions.map((rendition) => rendition.url)]),
    publishedAt: record.publishedAt,
    firstSeenAt: record.firstSeenAt,
    lastSeenAt: record.lastSeenAt,
    goneAt: record.goneAt,
    duplicates: record.duplicates,
    duplicateOf: record.duplicateOf,
  };
}

/** Puts a record together again, keys in the order of the contract. The inverse of {@link openRecord}. */
export function closeRecord(open: RecordHistories): Article {
  const primary = open.editions.get(open.primary);
  const newest = primary?.states.at(-1);
  if (!primary || !newest) throw new Error(`No history of the primary edition ${open.primary} of ${open.id}`);
  const others = [...open.editions.values()]
    .filter((history) => history.edition !== open.primary)
    .sort((a, b) => (a.edition < b.edition ? -1 : 1));
  const shown = new Set([primary.url, ...others.map((history) => history.url)]);
  const { dateline, modifiedAt, topics, section, authors, images, related, copyrightHolder } = open.top;
  return {
    schemaVersion: 1,
    id: open.id,
    url: primary.url,
    aliases: [...open.urls].filter((url) => !shown.has(url)).sort(),
    edition: primary.edition,
    family: open.family,
    language: primary.language,
    title: newest.title,
    lead: newest.lead,
    body: newest.body,
    dateline,
    publishedAt: open.publishedAt,
    modifiedAt,
    tags: newest.tags,
    topics,
    section,
    authors,
    images,
    related,
    copyrightHolder,
    contentHash: newest.contentHash,
    renditions: others.map(closeRendition),
    revisions: earlierStates(primary.states),
    ...(open.pictures.length > 1 ? { pictures: [...open.pictures] } : {}),
    duplicates: [...open.duplicates],
    duplicateOf: open.duplicateOf,
    goneAt: open.goneAt,
    firstSeenAt: open.firstSeenAt,
    lastSeenAt: open.lastSeenAt,
    capture: open.top.capture,
    provenance: open.top.provenance,
    extractor: open.top.extractor,
  };
}

export function topOf(article: ExtractedArticle | Article, capture: Article['capture']): TopFields {
  return {
    dateline: article.dateline,
    modifiedAt: article.modifiedAt,
    topics: [...article.topics],
    section: article.section,
    authors: [...article.authors],
    images: [...article.images],
    related: [...article.related],
    copyrightHolder: article.copyrightHolder,
    capture,
    provenance: { ...article.provenance },
    extractor: { ...article.extractor },
  };
}

export function stateOf(article: ExtractedArticle, seenAt: string): HistoryState {
  return withKey({ ...textOf(article), seenAt, modifiedAt: article.modifiedAt });
}

type StateFields = Pick<Revision, 'title' | 'lead' | 'body' | 'tags' | 'contentHash'>;

function textOf(source: ExtractedArticle | Article | Revision): StateFields {
  const { title, lead, body, tags, contentHash } = source;
  return { title, lead, body: [...body], tags: [...tags], contentHash };
}

function withKey(state: Omit<HistoryState, 'key'>): HistoryState {
  return { ...state, key: stateKey(state) };
}

function revisionState(revision: Revision): HistoryState {
  return withKey({ ...textOf(revision), seenAt: revision.seenAt, modifiedAt: revision.modifiedAt });
}

function earlierStates(states: readonly HistoryState[]): Revision[] {
  return states.slice(0, -1).map((state, index) => ({
    revision: index + 1,
    seenAt: state.seenAt,
    modifiedAt: state.modifiedAt,
    title: state.title,
    lead: state.lead,
    body: state.body,
    tags: state.tags,
    contentHash: state.contentHash,
  }));
}

function renditionHistory(rendition: Rendition, firstSight: string): EditionHistory {
  const newest = withKey({
    title: rendition.title,
    lead: rendition.lead,
    body: rendition.body,
    tags: [],
    contentHash: rendition.contentHash,
    seenAt: rendition.seenAt ?? firstSight,
    modifiedAt: null,
  });
  return {
    edition: rendition.edition,
    url: rendition.url,
    language: rendition.language,
    publishedAt: rendition.publishedAt,
    states: [...(rendition.revisions ?? []).map(revisionState), newest],
  };
}

function closeRendition(history: EditionHistory): Rendition {
  const newest = history.states.at(-1) as HistoryState;
  const { edition, url, language, publishedAt } = history;
  const { title, lead, body, contentHash, seenAt } = newest;
  const rendition: Rendition = { edition, url, language, title, lead, body, publishedAt, contentHash };
  return history.states.length === 1 ? rendition : { ...rendition, seenAt, revisions: earlierStates(history.states) };
}
