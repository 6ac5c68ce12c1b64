import { articleSchema, type Article } from '../../domain/article.js';
import { PermanentError } from '../../domain/errors.js';
import type { ArticleKey } from '../../domain/page.js';
import { comparedKey } from '../../dedupe/comparable-text.js';
import { fingerprintOf } from '../../dedupe/fingerprint.js';
import type { Entry } from '../../dedupe/neighbour-index.js';
import type { RecentTexts } from '../../dedupe/recent-texts.js';
import type { Observation } from '../../records/timeline.js';
import { articlePath, readRecord, RECORD_FOLDERS, type RecordLocation } from '../files/article-files.js';
import type { ArticleRow } from '../catalogue/article-rows.js';
import type { CaptureLocation } from '../catalogue/capture-log.js';
import type { CatalogueTables } from '../catalogue/catalogue-tables.js';

/** A record while a batch works on it. */
export interface WorkingRecord {
  readonly record: Article;
  readonly month: string;
  /** As it stands on the disk; null if it does not. */
  readonly onDisk: { readonly text: string; readonly place: RecordLocation } | null;
}

/** What a batch has changed so far; replaced whole when a member fails. */
interface BatchState {
  readonly records: Map<ArticleKey, WorkingRecord>;
  /** Index entries of changed texts as they were before the batch; null: there was none. */
  readonly changed: Map<ArticleKey, Entry | null>;
  readonly observations: Map<string, Observation>;
  /** Rows whose words have changed, and whether they are new. */
  readonly reworded: Map<ArticleKey, { readonly id: number; readonly isNew: boolean }>;
}

/** Files of records that no row knows: a commit that was lost wrote them, and their captures are about to be settled again. */
export type Strays = Map<ArticleKey, RecordLocation>;

/** Sets a file aside that cannot be read as a record. */
export type SetAside = (place: RecordLocation, reason: PermanentError) => void;

/**
 * The records and rows of one commit. Rows are written at once, inside the transaction that the caller holds; records are kept here until
 * the caller writes them. {@link mark} and {@link reset} undo a member that failed.
 */
export class Batch {
  private state: BatchState = { records: new Map(), changed: new Map(), observations: new Map(), reworded: new Map() };

  constructor(
    readonly tables: CatalogueTables,
    private readonly dataDir: string,
    private readonly setAside: SetAside,
    private readonly strays: Strays,
    /** Texts of records that this batch has not touched. */
    readonly recentTexts: RecentTexts,
  ) {}

  mark(): BatchState {
    const { records, changed, observations, reworded } = this.state;
    return {
      records: new Map(records),
      changed: new Map(changed),
      observations: new Map(observations),
      reworded: new Map(reworded),
    };
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
    this.state.observations.set(placeName(observation.capture), observation);
  }

  remembered(place: CaptureLocation): Observation | null {
    return this.state.observations.get(placeName(place)) ?? null;
  }

  /**
   * @param row  The article's row, null if it has none.
   * @returns    The record as this batch left it, else as it stands on the disk; null if there is none.
   */
  load(key: ArticleKey, row: ArticleRow | null): WorkingRecord | null {
    const working = this.state.records.get(key);
    if (working) return working;
    const known = row?.place ?? this.strays.get(key);
    if (!known) return null;
    for (const folder of [known.folder, ...RECORD_FOLDERS.filter((other) => other !== known.folder)]) {
      const place: RecordLocation = { ...known, folder };
      const file = this.read(place);
      if (file) return { record: file.record, month: known.month, onDisk: { text: file.text, place } };
    }
    return null;
  }

  /**
   * Takes a record into the batch and writes its row and fingerprint where they have changed.
   *
   * @param isRead  `anew`: by another reader than before, so that everything derived from its text is derived again.
   */
  put(working: WorkingRecord, row: ArticleRow | null, journalWhole: boolean, isRead: 'first' | 'anew' = 'first'): void {
    const record = checked(working.record);
    const key = record.id as ArticleKey;
    // Another reader may find words that the hash leaves out.
    const isSameText =
      isRead === 'first' && row?.entry.contentHash === record.contentHash && row.comparedKey === comparedKey(record);
    if (!isSameText || row.entry.publishedAt !== record.publishedAt) {
      if (!this.state.changed.has(key)) this.state.changed.set(key, row?.entry ?? null);
    }
    const fingerprint = isSameText ? null : fingerprintOf(record);
    const id = this.tables.articles.put(record, working.month, fingerprint, journalWhole);
    if (!isSameText) this.state.reworded.set(key, { id, isNew: row === null });
    this.keep(working);
  }

  /**
   * Indexes the words of all records that have changed. Once for the batch: inside the savepoint of each member the full text would be
   * flushed for each.
   */
  indexWords(): void {
    for (const [key, { id, isNew }] of this.state.reworded) {
      const working = this.state.records.get(key);
      if (working) this.tables.fullText.put(id, working.record, isNew);
    }
  }

  /** Takes a record into the batch whose row is as it should be. */
  keep(working: WorkingRecord): void {
    this.recentTexts.forget(working.record.id as ArticleKey);
    this.state.records.set(working.record.id as ArticleKey, working);
  }

  private read(place: RecordLocation): ReturnType<typeof readRecord> {
    try {
      return readRecord(this.dataDir, place);
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      this.setAside(place, error);
      return null;
    }
  }
}

function checked(record: Article): Article {
  articlePath({ folder: 'articles', key: record.id as ArticleKey, month: '200001' });
  const read = articleSchema.safeParse(record);
  if (read.success) return record;
  const issue = read.error.issues[0];
  throw new PermanentError(
    `Wanted a record of the schema, got ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
    {
      code: 'record.invalid',
      cause: read.error,
    },
  );
}

function placeName({ file, offset }: CaptureLocation): string {
  return `${offset}@${file}`;
}
