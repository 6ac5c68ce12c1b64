import type { ArticleKey } from '../../domain/page.js';
import { decideLinks } from '../../dedupe/decide-links.js';
import { Batch } from './batch.js';
import { CatalogueNeighbours } from './catalogue-neighbours.js';
import { commitBatch, type CommitContext } from './commit-batch.js';
import { showLinks } from './relink-articles.js';

const DECIDED_AT_ONCE = 1_000;
const SHOWN_AT_ONCE = 64;

/**
 * Decides every link as if all articles had just come, and brings the records to it. Oldest first: an article's link depends on earlier
 * ones only, so what is decided once stays.
 */
export async function decideAllLinks(context: CommitContext): Promise<void> {
  const { database, tables, dataDir, dedupe, setAside, strays, recentTexts } = context;
  const oldestFirst = 'SELECT key FROM articles ORDER BY published_at IS NULL, published_at, key';
  const keys = (database.prepare(oldestFirst).all() as { key: ArticleKey }[]).map((row) => row.key);
  const index = new CatalogueNeighbours(new Batch(tables, dataDir, setAside, strays, recentTexts), dedupe);
  database.exec('BEGIN IMMEDIATE');
  database.exec('UPDATE articles SET decided = 0 WHERE decided = 1; DELETE FROM bands');
  for (let start = 0; start < keys.length; start += DECIDED_AT_ONCE) {
    decideLinks({ changed: keys.slice(start, start + DECIDED_AT_ONCE), previous: [] }, index, dedupe);
  }
  database.exec('COMMIT');
  for (let start = 0; start < keys.length; start += SHOWN_AT_ONCE) {
    const some = keys.slice(start, start + SHOWN_AT_ONCE);
    await commitBatch(context, [
      (members: Batch) => {
        for (const key of some) showLinks(members, key);
        return Promise.resolve(() => undefined);
      },
    ]);
  }
}
