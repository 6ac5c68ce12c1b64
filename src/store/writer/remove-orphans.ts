import { join } from 'node:path';
import { removeFiles, removeStaleTemporaryFiles } from '../../platform/atomic-files.js';
import type { ArticleKey } from '../../domain/page.js';
import { articlePath, monthFolders, type RecordLocation } from '../files/article-files.js';
import type { Strays } from './batch.js';
import type { ArticleRow } from '../catalogue/article-rows.js';

/** What a kill had left behind. */
export interface Leftovers {
  readonly temporaryFiles: number;
  /** Second copies of records that were on their way to another place. */
  readonly secondCopies: number;
  /** Records that the catalogue does not know. */
  readonly strays: Strays;
}

/**
 * Removes what killed writers left: temporary files, and the second file of a record that stands at two places. The catalogue says
 * which place is the right one. A record it does not know was written by a commit that was lost; it is left, and named, since its captures
 * are about to be settled again; of several such files of one article the last one found stays.
 *
 * @param rowOf  The article's row, null if it has none.
 */
export async function removeOrphans(
  dataDir: string,
  rowOf: (key: ArticleKey) => ArticleRow | null,
): Promise<Leftovers> {
  let temporaryFiles = 0;
  const strays: Strays = new Map();
  const copies: RecordLocation[] = [];
  const standing = new Set<string>();
  for await (const folder of monthFolders(dataDir)) {
    if (folder.names.length > folder.places.length) {
      temporaryFiles += await removeStaleTemporaryFiles(folder.path, folder.names);
    }
    for (const place of folder.places) {
      const right = rowOf(place.key)?.place;
      if (right && articlePath(right) === articlePath(place)) standing.add(place.key);
      else if (right) copies.push(place);
      else keepStray(strays, copies, standing, place);
    }
  }
  const second = copies.filter((place) => standing.has(place.key)).map((place) => join(dataDir, articlePath(place)));
  await removeFiles(second);
  return { temporaryFiles, secondCopies: second.length, strays };
}

function keepStray(strays: Strays, copies: RecordLocation[], standing: Set<string>, place: RecordLocation): void {
  const earlier = strays.get(place.key);
  if (earlier) copies.push(earlier);
  strays.set(place.key, place);
  standing.add(place.key);
}
