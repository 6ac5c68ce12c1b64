import type { Article } from '../../domain/article.js';
import { articlePath, type RecordPlace } from '../article-files.js';
import { toInstantOrNull } from '../catalogue/instants.js';
import type { Database } from '../catalogue/open-database.js';
import type { FaultList } from './fault.js';

interface Row {
  readonly folder: string;
  readonly month: number;
  readonly edition: string;
  readonly content_hash: Uint8Array;
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

/** @returns a function that compares a record with its row in the catalogue, and names what differs. */
export function rowComparer(database: Database, faults: FaultList): (record: Article, place: RecordPlace) => void {
  const find = database.prepare(`
    SELECT a.*, e.name AS edition, o.key AS original FROM articles a
    JOIN editions e ON e.id = a.edition LEFT JOIN articles o ON o.id = a.duplicate_of WHERE a.key = ?`);
  return (record, place) => {
    const path = articlePath(place);
    const row = find.get(record.id) as Row | undefined;
    if (!row) {
      faults.add('record.notInCatalogue', path, 'its captures are about to be settled, or the catalogue is old');
      return;
    }
    const [inRow, inRecord] = [rowFacts(row), recordFacts(record, place)];
    const differing = Object.keys(inRecord).filter((name) => inRow[name] !== inRecord[name]);
    if (differing.length > 0) faults.add('catalogue.differs', path, `in ${differing.join(', ')}`);
  };
}

type Facts = Readonly<Record<string, string | number | null>>;

function recordFacts(record: Article, place: RecordPlace): Facts {
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
    contentHash: `sha256:${Buffer.from(row.content_hash).toString('hex')}`,
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
