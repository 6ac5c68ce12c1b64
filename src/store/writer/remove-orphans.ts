import { join } from 'node:path';
import { removeFiles, removeStaleTemporaryFiles } from '../../platform/atomic-files.js';
import type { ArticleKey } from '../../domain/page.js';
import type { ArticleRow } from '../catalogue/articles-table.js';
import { articlePath, type RecordLocation } from '../files/article-files.js';
import { monthFolders } from '../files/record-folders.js';

/** What a kill had left behind. */
export interface FoundOrphans {
  readonly temporaryFiles: number;
  /** Second copies of records that were on their way to another location. */
  readonly secondCopies: number;
  /** Records that the catalogue does not know. */
  readonly orphans: ReadonlyMap<ArticleKey, RecordLocation>;
}

/**
 * Removes what killed writers left: temporary files, and the second file of a record that stands at two locations. The catalogue says
 * which one is right. A record it does not know was written by a commit that was lost; it is left, and named, since its captures
 * are about to be processed again; of several such files of one article the last one found stays.
 *
 * @param rowOf  The article's row, null if it has none.
 */
export async function removeOrphans(
  dataDir: string,
  rowOf: (key: ArticleKey) => ArticleRow | null,
): Promise<FoundOrphans> {
  let temporaryFiles = 0;
  const orphans = new Map<ArticleKey, RecordLocation>();
  const copies: RecordLocation[] = [];
  const standing = new Set<ArticleKey>();
  for await (const folder of monthFolders(dataDir)) {
    if (folder.names.length > folder.locations.length) {
      temporaryFiles += await removeStaleTemporaryFiles(folder.path, folder.names);
    }
    for (const location of folder.locations) {
      const right = rowOf(location.key)?.location;
      if (right !== undefined && articlePath(right) !== articlePath(location)) {
        copies.push(location);
        continue;
      }
      standing.add(location.key);
      if (right !== undefined) continue;
      const earlier = orphans.get(location.key);
      if (earlier) copies.push(earlier);
      orphans.set(location.key, location);
    }
  }
  const second = copies.filter(({ key }) => standing.has(key)).map((copy) => join(dataDir, articlePath(copy)));
  await removeFiles(second);
  return { temporaryFiles, secondCopies: second.length, orphans };
}
