import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DedupeSettings } from '../../dedupe/neighbour-index.js';
import type { Article } from '../../domain/article.js';
import type { ArticleKey } from '../../domain/page.js';
import type { Logger } from '../../platform/logger.js';
import { openRecord, NEWEST_STATES_MAX, type HistoryState } from '../../records/record-histories.js';
import { stateKey, type Timeline } from '../../records/timeline.js';
import type { CatalogueTables } from '../catalogue/catalogue-tables.js';
import { CATALOGUE_FILE, command, setMeta } from '../catalogue/database.js';
import { articlePath, type RecordLocation } from '../files/article-files.js';
import { RECORD_FORM } from '../files/article-json.js';
import type { WriterContext } from '../writer/batch.js';
import { observationReader, type CaptureMeaning, type InterpretCapture } from '../writer/capture-interpreter.js';
import { commitAllPostponed, commitBatch, type Write } from '../writer/group-commit.js';
import { openWriter } from '../writer/open-store.js';
import { noteExtractorChange } from '../writer/reextract-article.js';
import {
  basisOf,
  decideAllLinks,
  indexRecords,
  RecordRows,
  WORDS_BASIS,
  type IndexedRecords,
} from '../writer/reindex.js';
import { storeList, pageWrite } from '../writer/store-page.js';
import { CapturesAhead } from './captures-ahead.js';
import { carryOver } from './carry-over.js';
import {
  checkLinks,
  checkRecords,
  checkRows,
  SoundTexts,
  type FoundRecord,
  type RecordSurvey,
} from './check-records.js';
import type { FaultList } from './fault.js';

interface RebuildOptions {
  readonly dataDir: string;
  readonly interpret: InterpretCapture | null;
  readonly log: Logger;
  readonly dedupe: DedupeSettings;
}

/** What a rebuild did. */
export interface Rebuilt {
  readonly records: number;
  /** Captures that were processed again. */
  readonly processed: number;
  /** Captures that could not be processed; they are queued again at the next start. */
  readonly pending: number;
}

const NEW_FILE = 'catalogue.rebuilt.db';
const BATCH = 64;

/**
 * Makes a catalogue beside the old one, then puts it in its place: articles from the record files, links decided from nothing, pages,
 * journal and lists from the captures. Records follow where links were not as they should be; articles whose record is missing are
 * made from their captures. What only people decided (pages dropped from quarantine) is taken over from the old catalogue where
 * that can be read.
 *
 * From the moment on at which it is made, records can be added while they are checked, and captures are extracted. To be closed.
 */
export class CatalogueRebuild {
  readonly #options: RebuildOptions;
  readonly #context: WriterContext;
  readonly #captures: CapturesAhead | null;
  readonly #rows: RecordRows;
  /** Articles with rows, by the paths of their records. */
  readonly #added = new Map<string, ArticleKey>();
  /** Of all records, checked before and after. */
  readonly sound = new SoundTexts();

  constructor(options: RebuildOptions) {
    const { dataDir, interpret, log, dedupe } = options;
    removeDatabase(dataDir, NEW_FILE);
    const readObservation = interpret && observationReader(dataDir, interpret);
    this.#options = options;
    this.#context = openWriter({ dataDir, dedupe, log, readObservation, rebuiltFile: NEW_FILE });
    // Rows are made for the first time and synced at the end, so that nothing is waited for, or written twice, in between.
    this.#context.database.exec('PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF');
    this.#rows = new RecordRows(this.#context);
    this.#captures = interpret && new CapturesAhead(dataDir, interpret, log);
  }

  /** Takes in a record that is sound by itself. */
  add(record: Article, location: RecordLocation): void {
    this.#rows.put(record, location);
    this.#added.set(articlePath(location), location.key);
  }

  /**
   * Call it after all records were checked and damaged ones repaired.
   *
   * @param checked The result of the check of the records.
   * @param faults Receives the remaining faults of the records, among each other and with the new catalogue.
   * @param onRead Is called with the number of records read for this.
   */
  async finish(
    checked: RecordSurvey,
    faults: FaultList,
    onRead: (records: number) => void,
  ): Promise<{ readonly rebuilt: Rebuilt; readonly survey: RecordSurvey }> {
    const { dataDir, log, dedupe } = this.#options;
    const { database, tables } = this.#context;
    this.#rows.end();
    const indexed = await this.#indexOthers(checked);
    await decideAllLinks(this.#context, indexed);
    const counts = this.#captures ? await processAgain(this.#context, this.#captures) : { processed: 0, pending: 0 };
    await commitAllPostponed(this.#context);
    const survey = await checkAgain(this.#context, faults, onRead, this.sound);
    setMeta(database, 'basis', basisOf(dedupe));
    setMeta(database, 'words', WORDS_BASIS);
    tables.changeLog.forget();
    carryOver(database, join(dataDir, CATALOGUE_FILE), log);
    setMeta(database, 'recordForm', String(RECORD_FORM));
    database.exec('PRAGMA synchronous = FULL; PRAGMA journal_mode = WAL');
    setMeta(database, 'closed', '1');
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    database.close();
    removeLogs(dataDir, CATALOGUE_FILE);
    renameSync(join(dataDir, NEW_FILE), join(dataDir, CATALOGUE_FILE));
    return { rebuilt: { records: indexed.count, ...counts }, survey };
  }

  /** Records that were mended, one of two copies among them. @returns what all records say. */
  async #indexOthers({ suspects, links }: RecordSurvey): Promise<IndexedRecords> {
    const added = [...this.#added].filter(([path]) => !suspects.has(path));
    const known = new Set(added.map(([, key]) => key));
    const others = await indexRecords(this.#context, known);
    const stated = new Map(others.stated);
    for (const [key, { duplicateOf, duplicates }] of links) {
      if (known.has(key)) stated.set(key, { duplicateOf, duplicates });
    }
    return { ...others, stated };
  }

  close(): void {
    this.#captures?.stop();
    const { database } = this.#context;
    if (database.isOpen) database.close();
    removeDatabase(this.#options.dataDir, NEW_FILE);
  }
}

async function processAgain(
  context: WriterContext,
  captures: CapturesAhead,
): Promise<Pick<Rebuilt, 'processed' | 'pending'>> {
  const counts = { processed: 0, pending: 0 };
  for (;;) {
    const meanings = await captures.take(BATCH);
    if (meanings.length === 0) return { ...counts, pending: counts.pending + captures.unread };
    const writes = meanings.filter((meaning) => meaning !== null).map((meaning) => writeOf(meaning));
    for (const result of await commitBatch(context, writes)) {
      if (result.status === 'fulfilled') counts.processed += 1;
      else {
        counts.pending += 1;
        context.log.warn({ event: 'capture.unreadable', err: result.reason }, 'could not process a capture again');
      }
    }
  }
}

function writeOf(meaning: CaptureMeaning): Write<unknown> {
  if (meaning.kind === 'page') return pageWrite(meaning.result);
  return {
    apply: (batch) => {
      if (meaning.kind === 'list') storeList(batch, meaning.list);
      else if (meaning.kind === 'readerChange') noteExtractorChange(batch, meaning.noted);
      else batch.tables.runs.put(meaning.run);
    },
  };
}

function removeDatabase(dataDir: string, name: string): void {
  removeLogs(dataDir, name);
  rmSync(join(dataDir, name), { force: true });
}

/** Those of another database would be taken for its own. */
function removeLogs(dataDir: string, name: string): void {
  for (const suffix of ['-wal', '-shm', '-journal']) rmSync(join(dataDir, `${name}${suffix}`), { force: true });
}

/**
 * Reads every record once more, as it stands now, and compares it with its row.
 *
 * Marks the articles whose every state has its capture in the journal: only those may be folded again from their captures when an older one
 * arrives late; the others would lose what only their record knows.
 */
async function checkAgain(
  { dataDir, database, tables }: WriterContext,
  faults: FaultList,
  onRead: (records: number) => void,
  sound: SoundTexts,
): Promise<RecordSurvey> {
  const mark = command(database, 'UPDATE articles SET journal_whole = 1 WHERE key = ?');
  database.exec('BEGIN IMMEDIATE');
  const note = (count: number, found: FoundRecord | null): void => {
    onRead(count);
    if (found !== null && isTold(found.record, timelinesOf(tables, found.record))) mark(found.record.id);
  };
  const survey = await checkRecords(dataDir, database, faults, note, sound);
  database.exec('COMMIT');
  checkLinks(survey, faults);
  checkRows(dataDir, database, survey.keys, faults);
  return survey;
}

function timelinesOf({ pages, captures }: CatalogueTables, record: Article): ReadonlyMap<string, Timeline> {
  const articleId = record.id.slice(record.family.length + 1);
  const rows = pages.ofArticle(record.family, articleId);
  return new Map(rows.map((page) => [page.edition, captures.timeline(page.id)]));
}

/** Whether the journal tells the same states at the same moments as the record. */
function isTold(record: Article, timelines: ReadonlyMap<string, Timeline>): boolean {
  for (const [edition, history] of openRecord(record).editions) {
    const timeline = timelines.get(edition) ?? [];
    const first = timeline.findIndex((entry) => entry.onTopic);
    const counted = first < 0 ? [] : timeline.slice(first);
    const heads = counted.filter((entry, index) => counted[index - 1]?.stateKey !== entry.stateKey);
    // A record of so many states has given some up; the journal knows them all.
    const isCompacted = history.states.length >= NEWEST_STATES_MAX;
    if (isCompacted ? heads.length < history.states.length : heads.length !== history.states.length) return false;
    // A rendition that has not changed does not say when it was first seen.
    if (edition !== record.edition && heads.length === 1) continue;
    const isPrimary = edition === record.edition;
    const told = new Set(heads.map((head) => (isPrimary ? `${head.fetchedAt} ${head.stateKey}` : head.fetchedAt)));
    const nameOf = (state: HistoryState): string => (isPrimary ? `${state.seenAt} ${stateKey(state)}` : state.seenAt);
    if (!history.states.every((state) => told.has(nameOf(state)))) return false;
  }
  return true;
}
