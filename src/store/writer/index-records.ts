import { join } from 'node:path';
import type { Article } from '../../domain/article.js';
import { PermanentError } from '../../domain/errors.js';
import { fingerprintOf } from '../../dedupe/fingerprint.js';
import { writeFilesAtomically } from '../../platform/atomic-files.js';
import { articlePath, monthFolders, readRecord, type RecordLocation } from '../files/article-files.js';
import { serialiseArticle } from '../files/article-json.js';
import type { CommitContext } from './commit-batch.js';
import { withTodaysHashes } from './todays-hashes.js';

const ROWS_PER_COMMIT = 500;

/**
 * Brings the rows of all article files to what the files say: articles, fingerprints, words. Records whose hashes are of another folding are
 * written anew. Links are left to be decided; what only captures tell (pages, validators, the journal) is left as it is.
 *
 * @returns how many records were indexed. Files that cannot be read are set aside.
 */
export async function indexRecords(context: CommitContext): Promise<number> {
  const { database, dataDir } = context;
  const indexed = new Map<string, string>();
  context.recentTexts.clear();
  database.exec('BEGIN IMMEDIATE');
  for await (const folder of monthFolders(dataDir)) {
    for (const place of folder.places) {
      const read = readOrSetAside(context, place);
      if (!read) continue;
      // A kill while it moved may have left two files of one record: the one seen later counts, then the one in `articles`.
      const lastSeenAt = read.lastSeenAt ?? '';
      const earlier = indexed.get(place.key);
      if (earlier !== undefined && earlier >= lastSeenAt) continue;
      indexed.set(place.key, lastSeenAt);
      indexRecord(context, await withHashesOnDisk(dataDir, read, place), place);
      if (indexed.size % ROWS_PER_COMMIT === 0) database.exec('COMMIT; BEGIN IMMEDIATE');
    }
  }
  database.exec('COMMIT');
  return indexed.size;
}

function readOrSetAside({ dataDir, setAside }: CommitContext, place: RecordLocation): Article | null {
  try {
    return readRecord(dataDir, place)?.record ?? null;
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    setAside(place, error);
    return null;
  }
}

async function withHashesOnDisk(dataDir: string, record: Article, place: RecordLocation): Promise<Article> {
  const renewed = withTodaysHashes(record);
  if (renewed !== record) {
    await writeFilesAtomically([{ path: join(dataDir, articlePath(place)), content: serialiseArticle(renewed) }]);
  }
  return renewed;
}

function indexRecord({ tables }: CommitContext, record: Article, place: RecordLocation): void {
  const earlier = tables.articles.get(place.key);
  const id = tables.articles.put(record, place.month, fingerprintOf(record), earlier?.journalWhole ?? false);
  tables.fullText.put(id, record, earlier === null);
}
