import { hash } from 'node:crypto';
import { join, relative } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Article, CaptureReference } from '../../domain/article.js';
import { splitKey, type ArticleKey } from '../../domain/page.js';
import { PermanentError } from '../../domain/errors.js';
import { CATALOGUE_FILE, query, type Database } from '../catalogue/database.js';
import { articlePath, readRecordText, type RecordFolder, type RecordLocation } from '../files/article-files.js';
import { entriesBetweenFolders, monthFolders, type MonthFolder } from '../files/record-folders.js';
import { rowComparer } from './check-catalogue.js';
import { checkRecord } from './check-record.js';
import { FaultList, type FaultCode } from './fault.js';

/** What later checks need of all records at once. */
export interface RecordSurvey {
  readonly count: number;
  readonly temporaryFiles: number;
  readonly keys: ReadonlySet<ArticleKey>;
  /** Links as the records state them; only records that have some. */
  readonly links: ReadonlyMap<ArticleKey, StatedLinks>;
  /** Captures that records name. */
  readonly captures: readonly NamedCapture[];
  /** Paths of records that are damaged in themselves, that exist twice, or that contradict the catalogue. */
  readonly suspects: ReadonlySet<string>;
  /** Those of `suspects` that contradict the catalogue. */
  readonly contested: ReadonlySet<string>;
}

interface StatedLinks extends Pick<Article, 'duplicateOf' | 'duplicates'> {
  readonly path: string;
}

interface NamedCapture {
  /** Digest of the record. */
  readonly path: string;
  readonly capture: CaptureReference;
}

/** Records are asked for in the catalogue so many at a time. */
const COMPARED_AT_ONCE = 128;
const PAUSE_EVERY = 8;
const TEMPORARY = /^\..+\.tmp$/;

/** A record with the location of its file. */
export interface FoundRecord {
  readonly record: Article;
  readonly location: RecordLocation;
  /** Nothing is wrong with it by itself; another file may turn out to be of the same article. */
  readonly isSound: boolean;
}

/**
 * Digests of texts that were found sound, by the paths of their files. The check of a single record depends only on its
 * text and location. If both are unchanged, so is the result, and the text only needs to be parsed.
 */
export class SoundTexts {
  readonly #digests = new Map<string, string>();

  add(path: string, text: string): void {
    this.#digests.set(path, hash('sha256', text, 'base64'));
  }

  holds(path: string, text: string): boolean {
    return this.#digests.get(path) === hash('sha256', text, 'base64');
  }
}

/**
 * Reads every record file.
 *
 * @param database  The catalogue to compare each with; null: there is none.
 * @param onRead    Told of each file: how many it is, and its record where that can be read as the one of its name.
 * @param sound     What an earlier check of the same directory found sound; what this one does is added. null: nothing is checked twice.
 */
export async function checkRecords(
  dataDir: string,
  database: Database | null,
  faults: FaultList,
  onRead: (count: number, found: FoundRecord | null) => void,
  sound: SoundTexts | null,
): Promise<RecordSurvey> {
  const paths = new Map<ArticleKey, string>();
  const links = new Map<ArticleKey, StatedLinks>();
  const captures: NamedCapture[] = [];
  const suspects = new Set<string>();
  const contested = new Set<string>();
  const compareRows = database && rowComparer(database, faults, contested);
  let toCompare: FoundRecord[] = [];
  for (const path of await entriesBetweenFolders(dataDir)) faults.add('file.foreign', path, 'left alone; no record');
  let temporaryFiles = 0;
  let count = 0;
  for await (const folder of monthFolders(dataDir)) {
    temporaryFiles += checkNames(dataDir, folder, faults);
    for (const listed of folder.locations) {
      const faultsBefore = faults.total;
      const { location, text } = readListed(dataDir, listed, faults);
      const path = articlePath(location);
      const earlier = paths.get(location.key);
      // It moved here when its old folder had been listed, and was read then.
      if (earlier === path) continue;
      if (earlier !== undefined) {
        faults.add('record.secondCopy', path, `also stands as ${earlier}`);
        suspects.add(earlier);
      }
      paths.set(location.key, path);
      count += 1;
      // Records are read without a pause, so signals, observers and extraction threads get a turn now and then.
      if (count % PAUSE_EVERY === 0) await setImmediate();
      const record = text === null ? null : checkOnce(text, location, faults, sound);
      const isSound = faults.total === faultsBefore;
      if (!isSound) suspects.add(path);
      const found = record?.id === location.key ? { record, location, isSound } : null;
      onRead(count, found);
      if (found === null) continue;
      const { duplicateOf, duplicates, capture } = found.record;
      if (duplicateOf || duplicates.length > 0) links.set(found.record.id, { path, duplicateOf, duplicates });
      if (capture) captures.push({ path, capture });
      toCompare.push(found);
      if (toCompare.length < COMPARED_AT_ONCE) continue;
      compareRows?.(toCompare);
      toCompare = [];
    }
  }
  compareRows?.(toCompare);
  for (const path of contested) suspects.add(path);
  return { count, temporaryFiles, keys: new Set(paths.keys()), links, captures, suspects, contested };
}

/** Reads a record where it was listed; where the writer has moved it to the other folder since, there. */
function readListed(
  dataDir: string,
  listed: RecordLocation,
  faults: FaultList,
): { readonly location: RecordLocation; readonly text: string | null } {
  const faultsBefore = faults.total;
  const text = textOrFault(dataDir, listed, faults);
  if (text !== null || faults.total > faultsBefore) return { location: listed, text };
  const folder: RecordFolder = listed.folder === 'articles' ? 'duplicates' : 'articles';
  const moved = { ...listed, folder };
  const textThere = textOrFault(dataDir, moved, faults);
  return textThere === null ? { location: listed, text: null } : { location: moved, text: textThere };
}

/** @returns null where it cannot be read, and where it does not stand there. */
function textOrFault(dataDir: string, location: RecordLocation, faults: FaultList): string | null {
  try {
    return readRecordText(dataDir, location);
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    faults.add(error.code as FaultCode, articlePath(location), error.message);
    return null;
  }
}

function checkOnce(
  text: string,
  location: RecordLocation,
  faults: FaultList,
  sound: SoundTexts | null,
): Article | null {
  const path = articlePath(location);
  // It is the one form of a record of the schema.
  if (sound?.holds(path, text) === true) return JSON.parse(text) as Article;
  const faultsBefore = faults.total;
  const record = checkRecord(text, location, faults);
  if (faults.total === faultsBefore) sound?.add(path, text);
  return record;
}

/** @returns how many temporary files stand there; they are no fault, the next start removes them. */
function checkNames(dataDir: string, { path, names, locations }: MonthFolder, faults: FaultList): number {
  if (names.length === locations.length) return 0;
  const records = new Set(locations.map(({ key }) => `${splitKey(key)[1]}.json`));
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
    if (duplicateOf && !keys.has(duplicateOf.id)) {
      faults.add('record.brokenLink', path, `repeats ${duplicateOf.id}, which does not exist`);
    } else if (duplicateOf && links.get(duplicateOf.id)?.duplicates.includes(key) !== true) {
      faults.add('record.brokenLink', path, `repeats ${duplicateOf.id}, which does not list it`);
    }
    for (const duplicate of duplicates) {
      if (links.get(duplicate)?.duplicateOf?.id !== key) {
        faults.add('record.brokenLink', path, `lists ${duplicate}, which does not repeat it`);
      }
    }
  }
}

/**
 * Checks that every article of the catalogue has its record.
 *
 * @param keys  Those whose files were seen. One that the writer moved from a folder before that was listed into one that had been is looked up.
 */
export function checkRows(dataDir: string, database: Database, keys: ReadonlySet<ArticleKey>, faults: FaultList): void {
  type Row = { readonly key: ArticleKey; readonly folder: RecordFolder; readonly month: number };
  for (const { key, folder, month } of query<Row>(database, 'SELECT key, folder, month FROM articles').iterate()) {
    if (keys.has(key)) continue;
    const { text } = readListed(dataDir, { key, folder, month: String(month) }, new FaultList());
    if (text === null) faults.add('catalogue.noRecord', CATALOGUE_FILE, `${key} has no file`);
  }
}
