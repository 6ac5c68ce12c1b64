import type { CaptureReference } from '../domain/article.js';
import type { ExtractedArticle } from '../domain/extraction.js';
import { stateKey } from './state-key.js';

/** An article as one page showed it at one moment, and the capture that says so. */
export interface Observation {
  readonly article: ExtractedArticle;
  readonly capture: CaptureReference;
}

/** One observation of a page, as much of it as tells where a further one belongs. */
export interface TimelineEntry {
  readonly fetchedAt: string;
  /** Hex digest of the page; only its first sixteen digits count, so that a catalogue may keep no more. */
  readonly sha256: string;
  readonly file: string;
  readonly offset: number;
  /** See {@link stateKey}. */
  readonly stateKey: string;
  readonly onTopic: boolean;
}

const DIGITS_COMPARED = 16;

/** Every observation of one page that is folded already, in the order of {@link compareEntries}. */
export type Timeline = readonly TimelineEntry[];

export function entryOf({ article, capture }: Observation): TimelineEntry {
  const { fetchedAt, file, offset } = capture;
  const sha256 = capture.sha256.slice(0, DIGITS_COMPARED);
  return { fetchedAt, sha256, file, offset, stateKey: stateKey(article), onTopic: article.topics.length > 0 };
}

/** The one order of observations: by time, then by the digest of the page, then by place. Total over distinct captures. */
export function compareEntries(a: TimelineEntry, b: TimelineEntry): number {
  return (
    compare(a.fetchedAt, b.fetchedAt) || compare(a.sha256, b.sha256) || compare(a.file, b.file) || a.offset - b.offset
  );
}

/** Where an observation belongs among those that are known. */
export interface Place {
  /** Nearest earlier observation that counts; null: none, or only off-topic ones before the first on-topic one. */
  readonly before: TimelineEntry | null;
  /** Nearest later observation; null: the observation is the newest. */
  readonly after: TimelineEntry | null;
  /** Another capture of the same second is known. */
  readonly tied: boolean;
  /** The first observation that counts, null: none does. */
  readonly first: TimelineEntry | null;
}

/** @param timeline  Must not hold the entry itself; one of the same file and offset is passed over. */
export function placeIn(timeline: Timeline, entry: TimelineEntry): Place {
  const others = timeline.filter((other) => other.file !== entry.file || other.offset !== entry.offset);
  const firstIndex = others.findIndex((other) => other.onTopic);
  const first = others[firstIndex] ?? null;
  const index = others.findIndex((other) => compareEntries(other, entry) > 0);
  const after = index < 0 ? null : (others[index] ?? null);
  const previous = others[(index < 0 ? others.length : index) - 1] ?? null;
  const counts = first !== null && previous !== null && compareEntries(previous, first) >= 0;
  return {
    before: counts ? previous : null,
    after,
    tied: others.some((other) => other.fetchedAt === entry.fetchedAt),
    first,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
