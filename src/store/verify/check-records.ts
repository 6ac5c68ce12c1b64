import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Article, CaptureReference, DuplicateOf } from '../../domain/article.js';
import type { ArticleKey } from '../../domain/page.js';
import { articlePath, entriesBetweenFolders, monthFolders, type RecordLocation } from '../files/article-files.js';
import type { Database } from '../catalogue/open-database.js';
import { checkRecord } from './check-record.js';
import type { FaultList } from './fault.js';
import { rowComparer, type PlacedRecord } from './compare-row.js';

/** What later checks need of all records at once. */
export interface RecordSurvey {
  readonly count: number;
  readonly temporaryFiles: number;
  readonly keys: ReadonlySet<ArticleKey>;
  /** Links as the records state them; only records that have some. */
  readonly links: ReadonlyMap<ArticleKey, StatedLinks>;
  /** Captures that records name, by place, with the record's path. */
  readonly captures: ReadonlyMap<string, { readonly path: string; readonly capture: CaptureReference }>;
}

export interface StatedLinks {
  readonly path: string;
  readonly duplicateOf: DuplicateOf | null;
  readonly duplicates: readonly string[];
}

/** Records are asked for in the catalogue so many at a time. */
const COMPARED_AT_ONCE = 128;
const TEMPORARY = /^\..+\.tmp$/;

/**
 * Reads every record file.
 *
 * @param database  The catalogue to compare each with; null: there is none.
 */
export async function checkRecords(
  dataDir: string,
  database: Database | null,
  faults: FaultList,
): Promise<RecordSurvey> {
  const places = new Map<ArticleKey, string>();
  const links = new Map<ArticleKey, StatedLinks>();
  const captures = new Map<string, { path: string; capture: CaptureReference }>();
  const compareRows = database && rowComparer(database, faults);
  let placed: PlacedRecord[] = [];
  for (const path of await entriesBetweenFolders(dataDir)) faults.add('file.foreign', path, 'left alone; no record');
  let temporaryFiles = 0;
  let count = 0;
  for await (const folder of monthFolders(dataDir)) {
    temporaryFiles += checkNames(dataDir, folder, faults);
    for (const place of folder.places) {
      const path = articlePath(place);
      const earlier = places.get(place.key);
      if (earlier !== undefined) faults.add('record.secondCopy', path, `also stands as ${earlier}`);
      places.set(place.key, path);
      count += 1;
      const record = checkRecord(readFileSync(join(dataDir, path), 'utf8'), place, faults);
      if (record?.id !== place.key) continue;
      survey(record, path, links, captures);
      placed.push({ record, place });
      if (placed.length < COMPARED_AT_ONCE) continue;
      compareRows?.(placed);
      placed = [];
    }
  }
  compareRows?.(placed);
  return { count, temporaryFiles, keys: new Set(places.keys()), links, captures };
}

function survey(
  record: Article,
  path: string,
  links: Map<ArticleKey, StatedLinks>,
  captures: Map<string, { path: string; capture: CaptureReference }>,
): void {
  const { duplicateOf, duplicates, capture } = record;
  if (duplicateOf || duplicates.length > 0) links.set(record.id as ArticleKey, { path, duplicateOf, duplicates });
  if (capture) captures.set(`${capture.file}@${capture.offset}`, { path, capture });
}

/** @returns how many temporary files stand there; they are no fault, the next start removes them. */
function checkNames(
  dataDir: string,
  { path, names, places }: { path: string; names: readonly string[]; places: readonly RecordLocation[] },
  faults: FaultList,
): number {
  if (names.length === places.length) return 0;
  const records = new Set(places.map((place) => `${place.key.split('/')[1] ?? ''}.json`));
  const others = names.filter((name) => !records.has(name));
  const foreign = others.filter((name) => !TEMPORARY.test(name));
  for (const name of foreign) {
    faults.add('file.foreign', relative(dataDir, join(path, name)), 'left alone; only records belong here');
  }
  return others.length - foreign.length;
}

/** Checks that every link stands on both sides. */
export function checkLinks({ keys, links }: RecordSurvey, faults: FaultList): void {
  for (const [key, { path, duplicateOf, duplicates }] of links) {
    if (duplicateOf) {
      const original = links.get(duplicateOf.id as ArticleKey);
      if (!keys.has(duplicateOf.id as ArticleKey)) {
        faults.add('record.brokenLink', path, `repeats ${duplicateOf.id}, which does not exist`);
      } else if (original?.duplicates.includes(key) !== true) {
        faults.add('record.brokenLink', path, `repeats ${duplicateOf.id}, which does not list it`);
      }
    }
    for (const duplicate of duplicates) {
      if (links.get(duplicate as ArticleKey)?.duplicateOf?.id !== key) {
        faults.add('record.brokenLink', path, `lists ${duplicate}, which does not repeat it`);
      }
    }
  }
}
