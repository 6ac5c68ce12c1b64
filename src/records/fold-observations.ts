import type { Article } from '../domain/article.js';
import { closeRecord, picturesSeen, stateOf, openRecord, type EditionHistory } from './record-histories.js';
import { compareEntries, entryOf, type Observation, type TimelineEntry } from './timeline.js';

/**
 * The record that a set of observations of one article amounts to: the definition by which {@link foldObservation} is measured.
 *
 * - Per edition, observations stand in the order of {@link compareEntries}; those before the first on-topic one do not count; runs of
 *   equal states are one state, first seen when its first observation was made.
 * - The primary edition is the one named like the family if it counts, else the first by name. Its newest state is on top, with every
 *   field as its first capture shows it; its earlier states are `revisions`; the other editions are `renditions`.
 * - `url` is the URL of the edition's newest observation, `aliases` all others; `publishedAt` is the earliest of any edition.
 *
 * @param observations  Of one article, in any order, repeats allowed.
 * @returns             null if none counts. `goneAt`, `duplicates` and `duplicateOf` are left empty: they are not told by observations.
 *
 * Pure; a function of the set.
 */
export function foldObservations(observations: readonly Observation[]): Article | null {
  const counted = [...groupByEdition(observations).values()].map(countedOf).filter((group) => group.length > 0);
  const all = counted.flat().map((item) => item.observation);
  const sample = all[0]?.article;
  if (!sample) return null;
  const editions = new Map(counted.map((group) => historyOf(group)).map((history) => [history.edition, history]));
  const primary = primaryEdition(sample.family, [...editions.keys()]);
  const group = counted.find((items) => items[0]?.observation.article.edition === primary) ?? [];
  const seen = all.map(({ capture }) => capture.fetchedAt).sort();
  return closeRecord({
    id: `${sample.family}/${sample.articleId}`,
    family: sample.family,
    primary,
    editions,
    newest: firstOfNewestState(group),
    pictures: picturesSeen(group.map(({ observation }) => observation)),
    urls: new Set(all.map(({ article }) => article.url)),
    publishedAt: earliest(all.map(({ article }) => article.publishedAt)),
    firstSeenAt: seen[0] ?? null,
    lastSeenAt: seen.at(-1) ?? null,
    goneAt: null,
    duplicates: [],
    duplicateOf: null,
  });
}

/** @returns the edition whose text is the record's own: the one named like the family once seen, else the first by name. */
export function primaryEdition(family: string, editions: readonly string[]): string {
  return editions.includes(family) ? family : ([...editions].sort()[0] ?? family);
}

/** @returns the least of the instants that are known; null if none is. */
export function earliest(instants: readonly (string | null)[]): string | null {
  return instants.filter((instant) => instant !== null).sort()[0] ?? null;
}

interface Item {
  readonly entry: TimelineEntry;
  readonly observation: Observation;
}

function groupByEdition(observations: readonly Observation[]): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const observation of observations) {
    const { edition } = observation.article;
    const group = groups.get(edition) ?? [];
    group.push({ entry: entryOf(observation), observation });
    groups.set(edition, group);
  }
  return groups;
}

/** In order, each capture once, from the first on-topic one. */
function countedOf(items: readonly Item[]): Item[] {
  const sorted = [...items].sort((a, b) => compareEntries(a.entry, b.entry));
  const distinct = sorted.filter((item, index) => {
    const previous = sorted[index - 1];
    return previous === undefined || compareEntries(previous.entry, item.entry) !== 0;
  });
  const first = distinct.findIndex((item) => item.entry.onTopic);
  return first < 0 ? [] : distinct.slice(first);
}

function historyOf(group: readonly Item[]): EditionHistory {
  const states = group
    .filter(({ entry }, index) => group[index - 1]?.entry.stateKey !== entry.stateKey)
    .map(({ entry, observation }) => stateOf(observation.article, entry.fetchedAt));
  const newest = (group.at(-1) as Item).observation.article;
  return {
    edition: newest.edition,
    url: newest.url,
    language: newest.language,
    publishedAt: earliest(group.map(({ observation }) => observation.article.publishedAt)),
    states,
  };
}

function firstOfNewestState(group: readonly Item[]): Observation {
  const newestKey = group.at(-1)?.entry.stateKey;
  const before = group.findLastIndex((item) => item.entry.stateKey !== newestKey);
  return (group[before + 1] as Item).observation;
}

/**
 * Whether every state of a record was seen at one of the moments that are known: else a record that is folded again would lose text.
 *
 * @param momentsOf  When captures of the article in an edition were made, as UTC instants.
 */
export function tellsEveryState(record: Article, momentsOf: (edition: string) => ReadonlySet<string>): boolean {
  for (const [edition, history] of openRecord(record).editions) {
    const moments = momentsOf(edition);
    // A rendition that has not changed does not say when it was first seen.
    const isUntimed = edition !== record.edition && history.states.length === 1;
    if (isUntimed ? moments.size === 0 : !history.states.every(({ seenAt }) => moments.has(seenAt))) return false;
  }
  return true;
}

/** What captures of pages with a text do not tell: a 304 is a sight too, and withdrawal and links are told by other things. */
export function withWhatOthersTell(folded: Article, stored: Article | null): Article {
  if (stored === null) return folded;
  const { goneAt, lastSeenAt, duplicates, duplicateOf } = stored;
  return { ...folded, goneAt, lastSeenAt, duplicates, duplicateOf };
}
