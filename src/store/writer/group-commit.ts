import { dirname, join, relative } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { FatalError, PermanentError, RetryableError } from '../../domain/errors.js';
import { removeFiles, writeFilesAtomically, type FileToWrite, fileNumber } from '../../platform/atomic-files.js';
import type { CrashPoint } from '../../platform/crash-points.js';
import { articlePath, clearWay, folderOf, ofOneRecord, RECORD_BYTES_MAX } from '../files/article-files.js';
import { serialiseChecked } from '../files/article-json.js';
import { catalogueError } from '../catalogue/database.js';
import { Batch, type WriterContext } from './batch.js';
import { restoreUnreadable } from './fold-article.js';
import { hasPostponed, relinkArticles } from './links.js';

/** One thing to write. */
export interface Write<Result> {
  /** Works inside the transaction of its batch; an error undoes only this write. */
  apply(batch: Batch): Result | Promise<Result>;
  /**
   * Returns the final result once the links of the batch are decided; without it, the result of {@link apply} stays.
   */
  conclude?(batch: Batch, result: Result): Result;
}

interface Waiting {
  readonly write: Write<unknown>;
  resolve(result: unknown): void;
  reject(reason: unknown): void;
}

/**
 * Group commit: writes that are submitted while a batch is being written form the next batch, so that many share one
 * commit and a single one does not wait. Batches run one after the other, with their members in order of arrival; see
 * {@link commitBatch}.
 */
export class GroupCommit {
  private readonly waiting: Waiting[] = [];
  private running: Promise<void> | null = null;
  private closed = false;

  constructor(
    private readonly context: WriterContext,
    private readonly limits: { readonly batchMax: number; readonly batchTextMax: number; readonly waitingMax: number },
  ) {}

  /**
   * @returns once the batch that holds the write is on the disk.
   * @throws {RetryableError} `store.overloaded` if too many wait; {FatalError} `store.closed`; what the write itself
   * throws.
   */
  submit<Result>(write: Write<Result>): Promise<Result> {
    if (this.closed)
      return Promise.reject(new FatalError('Cannot write: the store is closed', { code: 'store.closed' }));
    if (this.waiting.length >= this.limits.waitingMax) {
      const message = `Too many writes wait for the disk: ${this.limits.waitingMax}`;
      return Promise.reject(new RetryableError(message, { code: 'store.overloaded' }));
    }
    return new Promise<Result>((resolve, reject) => {
      this.waiting.push({ write, resolve, reject });
      this.running ??= this.commitWaiting();
    });
  }

  /** Takes nothing more and returns once everything submitted has ended. */
  async close(): Promise<void> {
    this.closed = true;
    await this.running;
  }

  private async commitWaiting(): Promise<void> {
    // Lets everything submitted in the same turn join the first batch.
    await Promise.resolve();
    // Nothing may be awaited between the last look at what waits and the end: it would be left waiting.
    do {
      while (this.waiting.length > 0) {
        const members = this.waiting.splice(0, this.limits.batchMax);
        this.waiting.unshift(...(await this.commit(members)));
      }
      if (!this.hasPostponed()) break;
      // Who was just answered may write at once, and goes first.
      await setImmediate();
    } while (this.waiting.length > 0 || (await this.commitPostponed()) || this.waiting.length > 0);
    this.running = null;
  }

  private hasPostponed(): boolean {
    try {
      return hasPostponed(this.context);
    } catch {
      // A catalogue that cannot be read is reported to the next writer.
      return false;
    }
  }

  /** Decides links again that a batch has left. @returns false if that failed. */
  private async commitPostponed(): Promise<boolean> {
    try {
      await commitBatch(this.context, []);
      return true;
    } catch {
      // Nobody waits for this; the links stay marked, and who writes next meets the same disk and is told.
      return false;
    }
  }

  /**
   * A batch that fails as a whole is run again member by member, so that only the culprit fails; a {@link FatalError}
   * fails all at once.
   *
   * @returns the members that the batch had no room for.
   */
  private async commit(members: readonly Waiting[]): Promise<readonly Waiting[]> {
    try {
      const results = await commitBatch(
        this.context,
        members.map(({ write }) => write),
        this.limits.batchTextMax,
      );
      results.forEach((result, index) => {
        if (result.status === 'fulfilled') members[index]?.resolve(result.value);
        else members[index]?.reject(result.reason);
      });
      return members.slice(results.length);
    } catch (error) {
      if (members.length === 1 || error instanceof FatalError) {
        for (const member of members) member.reject(error);
        return [];
      }
      for (const member of members) await this.commit([member]);
      return [];
    }
  }
}

/** Decides every link that batches have left to be decided again. */
export async function commitAllPostponed(context: WriterContext): Promise<void> {
  while (hasPostponed(context)) await commitBatch(context, []);
}

/**
 * Applies writes in order and commits them together: rows and links in one transaction; record files written and
 * synced, then the transaction committed, then files that moved removed from their old location. A kill at any moment
 * leaves files that are whole, and files at most ahead of the catalogue; processing the same captures again leads to
 * the same end.
 *
 * @param textMax  The batch ends with the write that takes its records beyond so many UTF-16 units.
 * @returns what each write came to, up to the last one that the batch took; one that throws is undone and rejected
 * alone.
 * @throws if the batch as a whole cannot be committed; nothing of it then counts.
 */
export async function commitBatch<Result>(
  context: WriterContext,
  writes: readonly Write<Result>[],
  textMax = Number.POSITIVE_INFINITY,
): Promise<PromiseSettledResult<Result>[]> {
  const { database, crashPoint } = context;
  const batch = new Batch(context);
  try {
    database.exec('BEGIN IMMEDIATE');
    context.tables.articles.remember();
    const applied: PromiseSettledResult<Result>[] = [];
    for (const write of writes) {
      applied.push(await applyAlone(batch, write));
      if (batch.textLength > textMax) break;
      await batch.turns.next();
    }
    do await relinkArticles(batch);
    while (await restoreUnreadable(batch));
    await batch.turns.perform(batch.indexWords());
    const results = applied.map((result, index) => conclude(batch, writes[index], result));
    crashPoint('batch.folded');
    const { files, moves } = await changedFiles(batch);
    clearWays(context, files);
    if (files.length > 0) await writeRecords(files, crashPoint);
    crashPoint('batch.filesWritten');
    database.exec('COMMIT');
    for (const key of batch.records.keys()) context.orphans.delete(key);
    crashPoint('batch.committed');
    // By a link between folders both may be one file.
    await removeFiles(moves.flatMap(({ from, to }) => (fileNumber(from) === fileNumber(to) ? [] : [from])));
    crashPoint('batch.orphanRemoved');
    return results;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    context.recentTexts.clear();
    context.tables.bands.forget();
    context.tables.articles.forget();
    noteOrphans(batch);
    throw catalogueError(context.dataDir, error);
  } finally {
    context.tables.articles.forget();
  }
}

async function applyAlone<Result>(batch: Batch, write: Write<Result>): Promise<PromiseSettledResult<Result>> {
  const { database } = batch.context;
  const mark = batch.mark();
  database.exec('SAVEPOINT member');
  try {
    const value = await write.apply(batch);
    database.exec('RELEASE member');
    return { status: 'fulfilled', value };
  } catch (error) {
    // A full disk has already rolled back the whole transaction; then the batch fails with it.
    if (!database.isTransaction) throw error;
    database.exec('ROLLBACK TO member');
    database.exec('RELEASE member');
    batch.tables.bands.forget();
    batch.tables.articles.remember();
    batch.reset(mark);
    return { status: 'rejected', reason: catalogueError(database.location() ?? 'the catalogue', error) };
  }
}

function conclude<Result>(
  batch: Batch,
  write: Write<Result> | undefined,
  result: PromiseSettledResult<Result>,
): PromiseSettledResult<Result> {
  if (result.status === 'rejected' || write?.conclude === undefined) return result;
  return { status: 'fulfilled', value: write.conclude(batch, result.value) };
}

/** Paths of a record that moved. */
interface Move {
  readonly from: string;
  readonly to: string;
}

/** @returns the records that differ from the disk, and those that moved. */
async function changedFiles(batch: Batch): Promise<{ files: FileToWrite[]; moves: Move[] }> {
  const { dataDir } = batch.context;
  const files: FileToWrite[] = [];
  const moves: Move[] = [];
  for (const { record, month, onDisk } of batch.records.values()) {
    await batch.turns.next();
    const path = articlePath({ folder: folderOf(record), key: record.id, month });
    const content = serialiseChecked(record);
    const oldPath = onDisk && articlePath(onDisk.location);
    if (oldPath !== path || onDisk?.text !== content) {
      expectReadable(path, content);
      files.push({ path: join(dataDir, path), content });
    }
    if (oldPath !== null && oldPath !== path) moves.push({ from: join(dataDir, oldPath), to: join(dataDir, path) });
  }
  return { files, moves };
}

/**
 * @throws {PermanentError} `record.notPermitted` where one may not be replaced though its folder can be written: a file
 * marked immutable.
 */
async function writeRecords(files: readonly FileToWrite[], crashPoint: CrashPoint): Promise<void> {
  try {
    await writeFilesAtomically(files, crashPoint);
  } catch (error) {
    if (!(error instanceof FatalError) || error.code !== 'disk.notPermitted') throw error;
    const isOfOne = error.cause instanceof Error && 'syscall' in error.cause && error.cause.syscall === 'rename';
    throw isOfOne ? ofOneRecord(error) : error;
  }
}

/** A file in place of a month costs what that month held, which is made again as it is met. */
function clearWays({ dataDir, log }: WriterContext, files: readonly FileToWrite[]): void {
  for (const folder of new Set(files.map(({ path }) => dirname(relative(dataDir, path))))) {
    const moved = clearWay(dataDir, folder);
    if (moved === null) continue;
    const reason = 'something stood where a folder of records belongs; `sputnik verify` names the records that it held';
    log.error({ event: 'folder.setAside', file: moved, reason }, 'moved what was in the way to damaged/');
  }
}

/**
 * @throws {PermanentError} `record.tooLarge`: nobody could read it; its member fails alone when the batch is run again.
 */
function expectReadable(path: string, content: string): void {
  const bytes = Buffer.byteLength(content);
  if (bytes <= RECORD_BYTES_MAX) return;
  throw new PermanentError(`Expected ${path} to have at most ${RECORD_BYTES_MAX} bytes, got ${bytes}`, {
    code: 'record.tooLarge',
  });
}

/** Some of the files may have been written although nothing was committed. */
function noteOrphans({ context, records }: Batch): void {
  context.needsScan = true;
  for (const [key, { record, month }] of records) {
    if (context.tables.articles.get(key) === null) context.orphans.set(key, { folder: folderOf(record), key, month });
  }
}
