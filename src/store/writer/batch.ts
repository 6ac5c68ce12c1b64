import type { Article } from '../../domain/article.js';
import type { KeyedFingerprint } from '../../domain/extraction.js';
import { FatalError, PermanentError, unlessPermanent } from '../../domain/errors.js';
import type { ArticleKey } from '../../domain/page.js';
import { comparedKey } from '../../dedupe/comparable-text.js';
import { fingerprintOf } from '../../dedupe/fingerprint.js';
import type { Entry, DedupeSettings } from '../../dedupe/neighbour-index.js';
import type { RecentTexts } from '../../dedupe/prepared-text.js';
import type { Observation } from '../../records/timeline.js';
import type { CrashPoint } from '../../platform/crash-points.js';
import { Turns } from '../../platform/in-turns.js';
import type { Logger } from '../../platform/logger.js';
import {
  articlePath,
  readRecord,
  RECORD_FOLDERS,
  isOutOfReach,
  ofOneRecord,
  type RecordLocation,
} from '../files/article-files.js';
import { checkedArticle, otherFormOfOne } from '../files/article-json.js';
import type { ArticleRow } from '../catalogue/articles-table.js';
import type { CaptureLocation } from '../catalogue/captures-table.js';
import type { CatalogueTables } from '../catalogue/catalogue-tables.js';
import type { Database } from '../catalogue/database.js';
import type { ReadObservation } from './capture-interpreter.js';

/** What the writer of a data directory works with. */
export interface WriterContext {
  readonly dataDir: string;
  readonly database: Database;
  readonly tables: CatalogueTables;
  readonly dedupe: DedupeSettings;
  readonly crashPoint: CrashPoint;
  readonly log: Logger;
  /** null: captures cannot be read again; a late observation is then placed by time, and a damaged record is lost. */
  readonly readObservation: ReadObservation | null;
  /** The journal of records that stand already is being filled again: outcomes are told from the journal alone. */
  readonly isRebuilding: boolean;
  /** Moves a file aside that cannot be read as a record. */
  readonly setAside: (location: RecordLocation, reason: PermanentError) => void;
  /** Files of records that no row knows: a commit that was lost wrote them, and their captures are about to be processed again. */
  readonly orphans: Map<ArticleKey, RecordLocation>;
  /** Articles whose links wait for a record that cannot be read; for as long as this process runs. */
  readonly outOfReach: Set<ArticleKey>;
  /** Names of topics by which earlier pages were judged and these are not: see judged-topics-table.ts. null: none. */
  topicsAway: string | null;
  /** Texts of records that the batch under way has not touched. */
  readonly recentTexts: RecentTexts;
  /** Set when a batch failed that may have written files: the next start then looks for orphans. */
  needsScan: boolean;
}

/** A record while a batch works on it. */
export interface WorkingRecord {
  readonly record: Article;
  readonly month: string;
  /** As it stands on the disk; null if it does not. */
  readonly onDisk: { readonly text: string; readonly location: RecordLocation } | null;
}

/** The known facts about a record in a batch. */
interface PutOptions {
  /** Its row; null if it has none. */
  readonly row: ArticleRow | null;
  readonly journalWhole: boolean;
  /** By another extractor than before, so that everything derived from its text is derived again; default false. */
  readonly isReextracted?: boolean;
  /** A fingerprint that was made already, perhaps of this text. */
  readonly made?: KeyedFingerprint | undefined;
}

/** What a batch has changed so far; replaced whole when a member fails. */
interface BatchState {
  readonly records: Map<ArticleKey, WorkingRecord>;
  /** Index entries of changed texts as they were before the batch; null: there was none. */
  readonly changed: Map<ArticleKey, Entry | null>;
  readonly observations: Map<string, Observation>;
}

/**
 * The records and rows of one commit. Rows are written at once, inside the transaction that the caller holds; records are kept here until
 * the caller writes them. {@link mark} and {@link reset} undo a member that failed.
 */
export class Batch {
  readonly tables: CatalogueTables;
  /** Taken between the steps of its work: a record may have some megabytes. */
  readonly turns = new Turns();
  /** Articles with a row whose record was wanted and cannot be read: to be made again from their captures. */
  readonly unreadable = new Set<ArticleKey>();
  /** What the records taken in hold, in UTF-16 units, each as often as it was taken in. */
  textLength = 0;
  private state: BatchState = { records: new Map(), changed: new Map(), observations: new Map() };

  constructor(readonly context: WriterContext) {
    this.tables = context.tables;
  }

  mark(): BatchState {
    const { records, changed, observations } = this.state;
    return { records: new Map(records), changed: new Map(changed), observations: new Map(observations) };
  }

  reset(state: BatchState): void {
    this.state = state;
  }

  get records(): ReadonlyMap<ArticleKey, WorkingRecord> {
    return this.state.records;
  }

  get changed(): ReadonlyMap<ArticleKey, Entry | null> {
    return this.state.changed;
  }

  remember(observation: Observation): void {
    this.state.observations.set(nameOf(observation.capture), observation);
  }

  remembered(capture: CaptureLocation): Observation | null {
    return this.state.observations.get(nameOf(capture)) ?? null;
  }

  /**
   * @param row  The article's row, null if it has none.
   *
   * @returns The record as this batch left it, or otherwise as it is on the disk; null if there is none.
   * @throws {PermanentError} `record.tooNew`, `record.tooOld`: the record has another form; `record.notPermitted`,
   * `record.diskError`.
   */
  load(key: ArticleKey, row: ArticleRow | null): WorkingRecord | null {
    const working = this.state.records.get(key);
    if (working) return working;
    const known = row?.location ?? this.context.orphans.get(key);
    if (!known) return null;
    for (const folder of [known.folder, ...RECORD_FOLDERS.filter((other) => other !== known.folder)]) {
      const location: RecordLocation = { ...known, folder };
      const file = this.read(location);
      if (file) return { record: file.record, month: known.month, onDisk: { text: file.text, location } };
    }
    if (row) this.unreadable.add(key);
    return null;
  }

  /** The same for a record that is only linked: null too for one out of reach or of another form, which is told where its own page comes. */
  loadNeighbour(key: ArticleKey, row: ArticleRow): WorkingRecord | null {
    return unlessPermanent(() => this.load(key, row));
  }

  /**
   * The same for a record by which others are decided about: taken for one without text it would have them decided wrongly.
   *
   * @throws {PermanentError} `record.notPermitted`, `record.diskError`: a decision has to wait until it can be read.
   */
  reachNeighbour(key: ArticleKey, row: ArticleRow): WorkingRecord | null {
    try {
      return this.load(key, row);
    } catch (error) {
      if (!(error instanceof PermanentError) || isOutOfReach(error)) throw error;
      return null;
    }
  }

  /** Takes a record into the batch and writes its row and fingerprint where they have changed. */
  put(working: WorkingRecord, { row, journalWhole, isReextracted = false, made }: PutOptions): void {
    const record = checkedArticle(working.record);
    const key = record.id;
    // Throws where id or family would not do for a path.
    articlePath({ folder: 'articles', key, month: working.month });
    // Another extractor may find words that the hash leaves out.
    const compared = comparedKey(record);
    const isSameText = !isReextracted && row?.entry.contentHash === record.contentHash && row.comparedKey === compared;
    if (!isSameText || row.entry.publishedAt !== record.publishedAt) {
      if (!this.state.changed.has(key)) this.state.changed.set(key, row?.entry ?? null);
    }
    const make = (): KeyedFingerprint =>
      made?.comparedKey === compared ? made : { ...fingerprintOf(record), comparedKey: compared };
    this.tables.articles.put(record, working.month, isSameText ? null : make(), journalWhole);
    this.keep({ ...working, record });
  }

  /**
   * Indexes changed words and facets of the records, and logs the changes. This happens once for the batch, in steps,
   * when links are decided; inside the savepoint of each member, the full text would be flushed for each.
   */
  *indexWords(): Generator<undefined, void> {
    for (const { record } of this.state.records.values()) {
      yield* this.tables.fullText.putInSteps(record);
      this.tables.changeLog.noteArticle(record);
      yield;
    }
  }

  /** Takes a record into the batch whose row is as it should be. */
  keep(working: WorkingRecord): void {
    const key = working.record.id;
    this.context.recentTexts.forget(key);
    this.unreadable.delete(key);
    this.textLength += textLengthOf(working);
    this.state.records.set(key, working);
  }

  /** @throws {PermanentError} `record.notPermitted` where it may not be moved: then it costs its own page and no other. */
  private setAside(location: RecordLocation, reason: PermanentError): void {
    try {
      this.context.setAside(location, reason);
    } catch (error) {
      throw error instanceof FatalError ? ofOneRecord(error) : error;
    }
  }

  private read(location: RecordLocation): ReturnType<typeof readRecord> {
    try {
      return readRecord(this.context.dataDir, location);
    } catch (error) {
      // Whatever one says of its form since the writer has started costs its own page and no other.
      const ofOne = error instanceof FatalError ? otherFormOfOne(error) : null;
      if (ofOne !== null) throw ofOne;
      if (!(error instanceof PermanentError) || isOutOfReach(error)) throw error;
      this.setAside(location, error);
      return null;
    }
  }
}

/** As it stands on the disk and as it is now; of a record that is new, its text. */
function textLengthOf({ record, onDisk }: WorkingRecord): number {
  if (onDisk !== null) return 2 * onDisk.text.length;
  return record.body.reduce((length, { text }) => length + text.length, 0);
}

function nameOf({ file, offset }: CaptureLocation): string {
  return `${offset}@${file}`;
}
