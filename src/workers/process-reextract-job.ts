import type { CaptureReference } from '../domain/article.js';
import { PermanentError } from '../domain/errors.js';
import type { ExtractorChange } from '../domain/extraction.js';
import type { Outcome } from '../domain/outcome.js';
import type { ArticleKey } from '../domain/page.js';
import type { PageResult } from '../domain/page-result.js';
import type { CrashPoint } from '../platform/crash-points.js';
import type { Logger } from '../platform/logger.js';
import type { ReextractJob } from '../queue/page-jobs.js';
import { entryOf, neighboursIn } from '../records/timeline.js';
import { extractorChangeOf, type ReextractOutcome } from '../store/writer/reextract-article.js';
import type { NotedChange, ReadPageResult } from '../store/writer/capture-interpreter.js';
import type { Store } from '../store/writer/store.js';
import type { ReadNote } from './interpret-answer.js';

/** What extracting stored articles again takes. */
export interface ReextractDependencies {
  readonly store: Store;
  readonly readPageResult: ReadPageResult;
  readonly readNote: ReadNote;
  /** Keeps the note in the captures, before its effect. */
  readonly noteExtractorChange: (change: ExtractorChange) => Promise<CaptureReference>;
  /** For tests: called between the steps. */
  readonly crashPoint: CrashPoint;
  readonly log: Logger;
}

/** In the words of a run's outcomes; `failed`: the record was left as it is. */
const OUTCOME_OF: Readonly<Record<ReextractOutcome, Outcome>> = {
  changed: 'revised',
  stored: 'new',
  noted: 'unchanged',
  same: 'unchanged',
  repeat: 'unchanged',
  kept: 'failed',
};

/** Extracts every capture of one article again. Idempotent; throws as `processJob` does. */
export async function processReextractJob(job: ReextractJob, deps: ReextractDependencies): Promise<Outcome> {
  const { article, runId } = job;
  deps.crashPoint('reextract.taken');
  const noted = await noteOf(job, deps);
  const outcome = await deps.store.reextract(article, noted);
  deps.crashPoint('reextract.stored');
  deps.log.info({ event: 'article.reextract', runId, pageId: article, outcome }, 'article extracted again');
  return OUTCOME_OF[outcome];
}

/** @throws {PermanentError} `capture.mismatch` where no such note stands at the location. */
async function noteOf({ article, note }: ReextractJob, deps: ReextractDependencies): Promise<NotedChange | null> {
  if (note === null) return null;
  const noted = await deps.readNote(note);
  if (noted?.change.article === article) return noted;
  throw new PermanentError(`expected the note of ${article} in ${note.file} at ${note.offset}, found none`, {
    code: 'capture.mismatch',
  });
}

/**
 * Called before a difference on a page is recorded as an edit by the agency: extracts the captures of the neighbouring
 * states again. If today's extractor reads them differently, the difference comes from the extractor. Then the whole
 * article is extracted again first, so that the old and the new state are compared as read by the same extractor. An
 * unchanged page costs nothing, an edited one costs one extraction. If the captures are gone, the cause is unknown, and
 * the difference counts as an edit.
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

/** Extracts every capture of one article again, with a note of it where its record changes. */
export async function reextractArticle(
  key: ArticleKey,
  runId: string,
  deps: Pick<ReextractDependencies, 'store' | 'noteExtractorChange' | 'log'>,
): Promise<void> {
  const found = await deps.store.examine(key);
  const change = extractorChangeOf(key, runId, found);
  if (change === null) {
    if (found.kind === 'noted') await deps.store.reextract(key, null);
    return;
  }
  const { file, offset, length, fetchedAt } = await deps.noteExtractorChange(change);
  await deps.store.reextract(key, { location: { file, offset, length }, notedAt: fetchedAt, change });
  deps.log.info(
    { event: 'article.reextract', runId, pageId: key },
    'the extractor or the topics have changed: article extracted again',
  );
}
