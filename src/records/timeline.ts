import { hash } from 'node:crypto';
import type { CaptureReference, Tag } from '../domain/article.js';
import { compareText } from '../domain/page.js';
import type { ExtractedArticle } from '../domain/extraction.js';

/** An article as one page showed it at one moment, and the capture that says so. */
export interface Observation {
  readonly article: ExtractedArticle;
  readonly capture: CaptureReference;
}

/** One observation of a page, as much of it as tells where a further one belongs. */
export interface TimelineEntry extends Readonly<Pick<CaptureReference, 'fetchedAt' | 'file' | 'offset'>> {
  /** First sixteen hex digits of the page's digest: a catalogue keeps no more. */
  readonly sha256: string;
  /** See {@link stateKey}. */
  readonly stateKey: string;
  readonly onTopic: boolean;
}

/** Every observation of one page that is folded already, in the order of {@link compareEntries}. */
export type Timeline = readonly TimelineEntry[];

/** 64 bits: one page has a handful of states. */
const KEY_HEX_LENGTH = 16;

export function entryOf({ article, capture }: Observation): TimelineEntry {
  const { fetchedAt, file, offset } = capture;
  const sha256 = capture.sha256.slice(0, KEY_HEX_LENGTH);
  return { fetchedAt, sha256, file, offset, stateKey: stateKey(article), onTopic: article.topics.length > 0 };
}

/** What makes two states of an article differ. */
interface StateText extends Pick<ExtractedArticle, 'title' | 'lead' | 'body'> {
  readonly tags: readonly Pick<Tag, 'name'>[];
}

/**
 * Tells states of one article apart: two states have the same key if title, lead, body blocks (type and text, in order) and tag names
 * (in order) are equal but for white space. URLs of tags are left out: the older engines show none.
 *
 * @returns 16 hex digits. Pure. Errs towards seeing an edit.
 */
export function stateKey({ title, lead, body, tags }: StateText): string {
  const parts = [
    withoutWhiteSpace(title),
    withoutWhiteSpace(lead ?? ''),
    body.map((block) => [block.type, withoutWhiteSpace(block.text)]),
    tags.map((tag) => withoutWhiteSpace(tag.name)),
  ];
  return hash('sha256', JSON.stringify(parts)).slice(0, KEY_HEX_LENGTH);
}

function withoutWhiteSpace(text: string): string {
  return text.replace(/\s+/gu, '');
}

/** The one order of observations: by time, then by the digest of the page, then by file and offset. Total over distinct captures. */
export function compareEntries(a: TimelineEntry, b: TimelineEntry): number {
  return (
    compareText(a.fetchedAt, b.fetchedAt) ||
    compareText(a.sha256, b.sha256) ||
    compareText(a.file, b.file) ||
    a.offset - b.offset
  );
}

/** Where an observation belongs among those that are known. */
export interface Neighbourhood {
  /** Nearest earlier observation that counts; null: none, or only off-topic ones before the first on-topic one. */
  readonly before: TimelineEntry | null;
  /** Nearest later observation; null: the observation is the newest. */
  readonly after: TimelineEntry | null;
  /** Another capture of the same second is known. */
  readonly tied: boolean;
  /** The first observation that counts, null: none does. */
  readonly first: TimelineEntry | null;
}

/** Finds the neighbours of an entry; an entry of the same file and offset is passed over: it is this observation itself. */
export function neighboursIn(timeline: Timeline, entry: TimelineEntry): Neighbourhood {
  const others = timeline.filter((other) => other.file !== entry.file || other.offset !== entry.offset);
  const first = others.find((other) => other.onTopic) ?? null;
  const after = others.find((other) => compareEntries(other, entry) > 0) ?? null;
  const previous = others.findLast((other) => compareEntries(other, entry) <= 0) ?? null;
  const counts = first !== null && previous !== null && compareEntries(previous, first) >= 0;
  const tied = others.some((other) => other.fetchedAt === entry.fetchedAt);
  return { before: counts ? previous : null, after, tied, first };
}
