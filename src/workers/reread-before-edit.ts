import type { CaptureReference } from '../domain/article.js';
import type { ReaderChange } from '../domain/reader-change.js';
import type { ArticleKey } from '../domain/page.js';
import { entryOf, placeIn } from '../dedupe/timeline.js';
import type { Logger } from '../platform/logger.js';
import type { ReadSettlement } from '../store/interpret-capture.js';
import { readerChangeOf } from '../store/reread/read-anew.js';
import type { Settlement } from '../store/settlement.js';
import type { Store } from '../store/store.js';

/** What telling an edit from a change of the reader takes. */
export interface RereadBench {
  readonly store: Store;
  readonly readSettlement: ReadSettlement;
  /** Keeps the note in the captures, before its effect. */
  readonly noteReaderChange: (change: ReaderChange) => Promise<CaptureReference>;
  readonly log: Logger;
}

/**
 * Called before what a page shows is taken for an edit of the agency's: reads the captured states next to it again. Where today's reader
 * reads them otherwise than they were read, it is the reader that changed: the whole article is read anew first, so that old and new
 * state are compared as one reader reads them.
 *
 * Costs nothing where the page shows what it showed, and one reading where it was edited. Where the captures are gone, nobody can tell:
 * then it counts as an edit.
 */
export async function rereadBeforeEdit(settlement: Settlement, runId: string, bench: RereadBench): Promise<void> {
  if (settlement.kind !== 'article') return;
  const { article } = settlement;
  const key: ArticleKey = `${article.family}/${article.articleId}`;
  const entry = entryOf(settlement);
  const { before, after } = placeIn(bench.store.reader.timeline(key, article.edition), entry);
  for (const known of [before, after]) {
    if (known === null || known.stateKey === entry.stateKey) continue;
    const again = await bench.readSettlement({ file: known.file, offset: known.offset, length: 0 });
    if (again === null || (again.kind === 'article' && entryOf(again).stateKey === known.stateKey)) continue;
    await rereadArticle(key, runId, bench);
    return;
  }
}

async function rereadArticle(key: ArticleKey, runId: string, bench: RereadBench): Promise<void> {
  const { store, log } = bench;
  const found = await store.reader.readAnew(key, bench.readSettlement);
  const change = readerChangeOf(key, runId, found);
  if (change === null) {
    if (found.kind === 'noted') await store.reread(key, null);
    return;
  }
  const { file, offset, length, fetchedAt } = await bench.noteReaderChange(change);
  await store.reread(key, { place: { file, offset, length }, notedAt: fetchedAt, change });
  log.info({ event: 'article.reread', runId, pageId: key }, 'the reader has changed: article read anew');
}
