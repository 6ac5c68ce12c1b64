import type { Article } from '../domain/article.js';
import type { ArticleKey } from '../domain/page.js';
import { fingerprintOf } from '../dedupe/fingerprint.js';
import { monthFolders, readRecord, type RecordPlace } from './article-files.js';
import type { CommitContext } from './commit-batch.js';
import { PermanentError } from '../domain/errors.js';

const ROWS_PER_COMMIT = 500;

/**
 * Fills an empty catalogue from the article files: articles, fingerprints, links, words. What only captures tell (pages, validators, the
 * journal) is missing afterwards.
 *
 * @param links  `asStated`: as the records say; `none`: left out, to be decided anew.
 * @returns how many records were indexed. Files that cannot be read are set aside.
 */
export async function indexRecords(context: CommitContext, links: 'asStated' | 'none'): Promise<number> {
  const { database, dataDir } = context;
  let count = 0;
  const stated: { readonly key: ArticleKey; readonly link: Article['duplicateOf'] }[] = [];
  database.exec('BEGIN IMMEDIATE');
  for await (const folder of monthFolders(dataDir)) {
    for (const place of folder.places) {
      const record = readOrSetAside(context, place);
      if (!record) continue;
      indexRecord(context, record, place);
      if (links === 'asStated' && record.duplicateOf) stated.push({ key: place.key, link: record.duplicateOf });
      count += 1;
      if (count % ROWS_PER_COMMIT === 0) database.exec('COMMIT; BEGIN IMMEDIATE');
    }
  }
  for (const { key, link } of stated) context.tables.articles.setLink(key, link);
  database.exec('COMMIT');
  return count;
}

function readOrSetAside({ dataDir, setAside }: CommitContext, place: RecordPlace): Article | null {
  try {
    return readRecord(dataDir, place)?.record ?? null;
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    setAside(place, error);
    return null;
  }
}

/** Also decides between two files of one record, which a kill while it moved may have left: the one seen later, then the one in `articles`. */
function indexRecord({ tables }: CommitContext, record: Article, place: RecordPlace): void {
  const earlier = tables.articles.get(place.key);
  const isSecond = earlier !== null && (earlier.lastSeenAt ?? '') >= (record.lastSeenAt ?? '');
  if (isSecond) return;
  const id = tables.articles.put(record, place.month, fingerprintOf(record).bands, false);
  tables.fullText.put(id, record, earlier === null);
}
