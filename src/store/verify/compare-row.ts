import type { Article } from '../../domain/article.js';
import { articlePath, type RecordLocation } from '../files/article-files.js';
import { toInstantOrNull } from '../catalogue/instants.js';
import type { Database } from '../catalogue/open-database.js';
import type { FaultList } from './fault.js';

interface Row {
  readonly key: string;
  readonly folder: string;
  readonly month: number;
  readonly edition: string;
  /** Hex digits. */
  readonly content_hash: string;
  readonly published_at: number | null;
  readonly topics: string;
  readonly revisions: number;
  readonly renditions: number;
  readonly original: string | null;
  readonly duplicate_kind: string | null;
  readonly similarity: number | null;
  readonly first_seen_at: number | null;
  readonly last_seen_at: number | null;
  readonly gone_at: number | null;
}

/** A record with the place where its file stands. */
export interface PlacedRecord {
  readonly record: Article;
  readonly place: RecordLocation;
}

/** @returns a function that compares records with their rows in the catalogue, many at a time, and names what differs. */
export function rowComparer(database: Database, faults: FaultList): (records: readonly PlacedRecord[]) => void {
  const find = database.prepare(`
    SELECT a.key, a.folder, a.month, e.name AS edition, lower(hex(a.content_hash)) AS content_hash, a.published_at, a.topics,
      a.revisions, a.renditions, o.key AS original, a.duplicate_kind, a.similarity, a.first_seen_at, a.last_seen_at, a.gone_at
    FROM json_each(?) wanted JOIN articles a ON a.key = wanted.value
    JOIN editions e ON e.id = a.edition LEFT JOIN articles o ON o.id = a.duplicate_of`);
  return (records) => {
    const rows = find.all(JSON.stringify(records.map(({ record }) => record.id))) as unknown as Row[];
    const byKey = new Map(rows.map((row) => [row.key, row]));
    for (const { record, place } of records) {
      const row = byKey.get(record.id);
      const path = articlePath(place);
      if (row) compare(row, record, place, faults);
      else faults.add('record.notInCatalogue', path, 'its captures are about to be settled, or the catalogue is old');
    }
  };
}

function compare(row: Row, record: Article, place: RecordLocation, faults: FaultList): void {
  const [inRow, inRecord] = [rowFacts(row), recordFacts(record, place)];
  const differing = Object.keys(inRecord).filter((name) => inRow[name] !== inRecord[name]);
  if (differing.length > 0) faults.add('catalogue.differs', articlePath(place), `in ${differing.join(', ')}`);
}

type Facts = Readonly<Record<string, string | number | null>>;

function recordFacts(record: Article, place: RecordLocation): Facts {
  const { duplicateOf } = record;
  return {
    place: `${place.folder}/${place.month}`,
    edition: record.edition,
    contentHash: record.contentHash,
    publishedAt: record.publishedAt,
    topics: record.topics.join(' '),
    revisions: record.revisions.length,
    renditions: record.renditions.length,
    duplicateOf: duplicateOf && `${duplicateOf.kind} ${duplicateOf.id} ${duplicateOf.similarity}`,
    firstSeenAt: record.firstSeenAt,
    lastSeenAt: record.lastSeenAt,
    goneAt: record.goneAt,
  };
}

function rowFacts(row: Row): Facts {
  return {
    place: `${row.folder}/${row.month}`,
    edition: row.edition,
    contentHash: `sha256:${row.content_hash}`,
    publishedAt: toInstantOrNull(row.published_at),
    topics: row.topics,
    revisions: row.revisions,
    renditions: row.renditions,
    duplicateOf: row.original === null ? null : `${row.duplicate_kind ?? ''} ${row.original} ${row.similarity ?? 0}`,
    firstSeenAt: toInstantOrNull(row.first_seen_at),
    lastSeenAt: toInstantOrNull(row.last_seen_at),
    goneAt: toInstantOrNull(row.gone_at),
  };
}
