import { join } from 'node:path';
import { removeFiles, removeStaleTemporaryFiles } from '../platform/atomic-files.js';
import type { ArticleKey } from '../domain/page.js';
import { articlePath, monthFolders, type RecordPlace } from './article-files.js';
import type { ArticleRow } from './catalogue/article-rows.js';

/** What a kill had left behind. */
export interface Leftovers {
  readonly temporaryFiles: number;
  /** Second copies of records that were on their way to another place. */
  readonly secondCopies: number;
}

/**
 * Removes what killed writers left: temporary files, and the second file of a record that stands at two places. The catalogue says
 * which place is the right one; a file it does not know is left alone, since its capture is about to be settled again.
 *
 * @param rowOf  The article's row, null if it has none.
 */
export async function resolveLeftovers(
  dataDir: string,
  rowOf: (key: ArticleKey) => ArticleRow | null,
): Promise<Leftovers> {
  let temporaryFiles = 0;
  const strays: RecordPlace[] = [];
  const standing = new Set<string>();
  for await (const folder of monthFolders(dataDir)) {
    if (folder.names.length > folder.places.length) {
      temporaryFiles += await removeStaleTemporaryFiles(folder.path, folder.names);
    }
    for (const place of folder.places) {
      const right = rowOf(place.key)?.place;
      if (!right) continue;
      if (articlePath(right) === articlePath(place)) standing.add(place.key);
      else strays.push(place);
    }
  }
  const copies = strays.filter((place) => standing.has(place.key)).map((place) => join(dataDir, articlePath(place)));
  await removeFiles(copies);
  return { temporaryFiles, secondCopies: copies.length };
}
