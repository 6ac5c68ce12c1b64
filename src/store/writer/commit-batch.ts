import { join } from 'node:path';
import type { RecentTexts } from '../../dedupe/recent-texts.js';
import type { DedupeSettings } from '../../dedupe/settings.js';
import { removeFiles, writeFilesAtomically, type FileToWrite } from '../../platform/atomic-files.js';
import type { CrashPoint } from '../../platform/crash-points.js';
import { articlePath, folderOf, type RecordLocation } from '../files/article-files.js';
import { serialiseArticle } from '../files/article-json.js';
import { Batch, type SetAside, type Strays, type WorkingRecord } from './batch.js';
import { catalogueError } from '../catalogue/catalogue-error.js';
import type { CatalogueTables } from '../catalogue/catalogue-tables.js';
import type { Database } from '../catalogue/open-database.js';
import { relinkArticles } from './relink-articles.js';

/** One member of a batch: works inside the transaction, and says what it came to once links are decided. */
export type Member<Result> = (batch: Batch) => Promise<() => Result>;

/** What a commit needs. */
export interface CommitContext {
  readonly dataDir: string;
  readonly database: Database;
  readonly tables: CatalogueTables;
  readonly dedupe: DedupeSettings;
  readonly crashPoint: CrashPoint;
  readonly setAside: SetAside;
  readonly strays: Strays;
  readonly recentTexts: RecentTexts;
  /** Set when a batch failed that may have written files: the next start then looks for leftovers. */
  needsScan: boolean;
}

/**
 * Runs members in order and commits them together: rows and links in one transaction; record files written and synced, then the
 * transaction committed, then files that moved removed from their old place. A kill at any moment leaves files that are whole, and files at most
 * ahead of the catalogue; settling the same captures again leads to the same end.
 *
 * @returns what each member came to; a member that throws is undone and rejected alone.
 * @throws if the batch as a whole cannot be committed; nothing of it then counts.
 */
export async function commitBatch<Result>(
  context: CommitContext,
  members: readonly Member<Result>[],
): Promise<PromiseSettledResult<Result>[]> {
  const { database, tables, dataDir, crashPoint } = context;
  const batch = new Batch(tables, dataDir, context.setAside, context.strays, context.recentTexts);
  try {
    database.exec('BEGIN IMMEDIATE');
    const finishes: PromiseSettledResult<() => Result>[] = [];
    for (const member of members) finishes.push(await runMember(database, batch, member));
    relinkArticles(batch, context.dedupe);
    batch.indexWords();
    const results = finishes.map((finish) =>
      finish.status === 'fulfilled' ? { status: finish.status, value: finish.value() } : finish,
    );
    crashPoint('batch.folded');
    const { files, leftovers } = changedFiles(dataDir, [...batch.records.values()]);
    if (files.length > 0) await writeFilesAtomically(files, crashPoint);
    crashPoint('batch.filesWritten');
    database.exec('COMMIT');
    for (const key of batch.records.keys()) context.strays.delete(key);
    crashPoint('batch.committed');
    if (leftovers.length > 0) await removeFiles(leftovers);
    crashPoint('batch.orphanRemoved');
    return results;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    context.recentTexts.clear();
    noteStrays(context, batch);
    throw catalogueError(dataDir, error);
  }
}

async function runMember<Result>(
  database: Database,
  batch: Batch,
  member: Member<Result>,
): Promise<PromiseSettledResult<() => Result>> {
  const mark = batch.mark();
  database.exec('SAVEPOINT member');
  try {
    const value = await member(batch);
    database.exec('RELEASE member');
    return { status: 'fulfilled', value };
  } catch (error) {
    // A full disk has already rolled back the whole transaction; then the batch fails with it.
    if (!database.isTransaction) throw error;
    database.exec('ROLLBACK TO member');
    database.exec('RELEASE member');
    batch.reset(mark);
    return { status: 'rejected', reason: catalogueError(database.location() ?? 'the catalogue', error) };
  }
}

/** Some of the files may have been written although nothing was committed. */
function noteStrays(context: CommitContext, batch: Batch): void {
  const { tables, strays } = context;
  context.needsScan = true;
  for (const [key, { record, month }] of batch.records) {
    if (tables.articles.get(key) === null) strays.set(key, { folder: folderOf(record), key, month });
  }
}

interface ChangedFiles {
  readonly files: readonly FileToWrite[];
  readonly leftovers: readonly string[];
}

function changedFiles(dataDir: string, records: readonly WorkingRecord[]): ChangedFiles {
  const files: FileToWrite[] = [];
  const leftovers: string[] = [];
  for (const { record, month, onDisk } of records) {
    const key = record.id as RecordLocation['key'];
    const path = articlePath({ folder: folderOf(record), key, month });
    const content = serialiseArticle(record);
    const oldPath = onDisk && articlePath(onDisk.place);
    if (oldPath !== path || onDisk?.text !== content) files.push({ path: join(dataDir, path), content });
    if (oldPath !== null && oldPath !== path) leftovers.push(join(dataDir, oldPath));
  }
  return { files, leftovers };
}
