import type { CaptureReference } from '../domain/article.js';
import type { ExtractorChange } from '../domain/extractor-change.js';
import type { ArticleKey } from '../domain/page.js';
import { entryOf, neighboursIn } from '../records/timeline.js';
import type { Logger } from '../platform/logger.js';
import type { ReadPageResult } from '../store/writer/capture-interpreter.js';
import { extractorChangeOf } from '../store/writer/reextract-article.js';
import type { PageResult } from '../domain/page-result.js';
import type { Store } from '../store/writer/store.js';

/** What telling an edit from a change of the reader takes. */
export interface ReextractDependencies {
  readonly store: Store;
  readonly readPageResult: ReadPageResult;
  /** Keeps the note in the captures, before its effect. */
  readonly noteExtractorChange: (change: ExtractorChange) => Promise<CaptureReference>;
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
export async function reextractBeforeEdit(
  result: PageResult,
  runId: string,
  deps: ReextractDependencies,
): Promise<void> {
  if (result.kind !== 'article') return;
  const { article } = result;
  const key: ArticleKey = `${article.family}/${article.articleId}`;
  const entry = entryOf(result);
  const { before, after } = neighboursIn(deps.store.timeline(key, article.edition), entry);
  for (const known of [before, after]) {
    if (known === null || known.stateKey === entry.stateKey) continue;
    const again = await deps.readPageResult({ file: known.file, offset: known.offset, length: 0 });
    if (again === null || (again.kind === 'article' && entryOf(again).stateKey === known.stateKey)) continue;
    await reextractArticle(key, runId, deps);
    return;
  }
}

async function reextractArticle(key: ArticleKey, runId: string, deps: ReextractDependencies): Promise<void> {
  const { store, log } = deps;
  const found = await store.examine(key);
  const change = extractorChangeOf(key, runId, found);
  if (change === null) {
    if (found.kind === 'noted') await store.reextract(key, null);
    return;
  }
  const { file, offset, length, fetchedAt } = await deps.noteExtractorChange(change);
  await store.reextract(key, { place: { file, offset, length }, notedAt: fetchedAt, change });
  log.info({ event: 'article.reextract', runId, pageId: key }, 'the reader has changed: article read anew');
}
