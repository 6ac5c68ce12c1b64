import type { CaptureWriter } from '../../captures/capture-writer.js';
import type { Config } from '../../config/config.js';
import { FatalError } from '../../domain/errors.js';
import type { ExtractorChange } from '../../domain/extraction.js';
import type { ArticleKey } from '../../domain/page.js';
import type { Closers } from '../../platform/closers.js';
import { runLimited } from '../../platform/in-turns.js';
import type { Logger } from '../../platform/logger.js';
import { newRunId } from '../../queue/open-queues.js';
import type { CatalogueQueries } from '../../store/catalogue/catalogue-queries.js';
import type { Store } from '../../store/writer/store.js';
import { reextractArticle } from '../../workers/process-reextract-job.js';

/** Number of articles that are read and written at a time; current crawls come first. */
const AT_ONCE = 4;
/** How far it came is noted after so many. */
const NOTED_EVERY = 200;
/** A small corpus is read to its end by a command that has nothing else to do. */
const GRACE_MS = 2_000;
const CLOSE_MS = 8_000;

interface ReadingDependencies {
  readonly config: Pick<Config, 'topics'>;
  readonly store: Store;
  readonly queries: CatalogueQueries;
  readonly captures: Pick<CaptureWriter, 'appendExtractorChange'>;
  readonly log: Logger;
}

/** Reads under new topics beside everything else, until it is done or the program closes: then the next start goes on. */
export function startReadingUnderNewTopics(deps: ReadingDependencies, closers: Closers): void {
  const stop = new AbortController();
  const reading = readUnderNewTopics(deps, stop.signal).catch((error: unknown) => {
    deps.log.error(
      { event: 'topics.failed', err: error },
      'extracting under new topics stopped; the next start goes on',
    );
  });
  const close = async (): Promise<void> => {
    const grace = setTimeout(() => {
      stop.abort();
    }, GRACE_MS);
    await reading;
    clearTimeout(grace);
  };
  closers.push('topics', close, CLOSE_MS);
}

/** @returns the names of the topics that are enabled, as the store notes them. */
export function namesOfTopics({ topics }: Pick<Config, 'topics'>): string[] {
  const enabled = topics.filter((topic) => topic.enabled);
  return enabled.flatMap(({ id, names }) => names.map((name) => `${id}: ${name}`));
}

/**
 * Where a topic was added, or a name to one, extracts everything captured again: pages that were off topic may be on one now, and the site,
 * which knows of no change, would not be asked for them. Where names come back that were away for a while, this is done for what was stored
 * meanwhile. Names that were taken away change no record; in a data directory that notes no names yet, those of now count as read. What
 * cannot be read is logged and left as it is.
 *
 * @throws {FatalError} `disk.…`
 */
export async function readUnderNewTopics(deps: ReadingDependencies, signal: AbortSignal): Promise<void> {
  const { config, store, queries, log } = deps;
  const names = namesOfTopics(config);
  const noted = store.judgedTopics();
  if (noted === null) {
    await store.noteJudgedTopics({ judged: names, partly: null });
    return;
  }
  const { judged, partly } = noted;
  const known = new Set(judged);
  const current = new Set(names);
  const runId = newRunId();
  if (names.every((name) => known.has(name))) {
    const keys = store.unjudgedBy(current);
    if (keys.length > 0)
      log.warn(
        { event: 'topics.back', runId, count: keys.length },
        'topics are back; extracting again what came meanwhile',
      );
    await extractAgain(deps, keys, { runId, signal }, (done) => store.noteJudged(current, done));
    return;
  }
  const isSame = partly !== null && partly.names.join('\n') === names.join('\n');
  const keys = queries
    .readKeys({ editions: null, families: null, since: null, until: null })
    .sort()
    .filter((key) => !isSame || key > partly.after);
  if (keys.length > 0)
    log.warn({ event: 'topics.added', runId, count: keys.length }, 'topics were added; extracting all captures again');
  const isDone = await extractAgain(deps, keys, { runId, signal }, (done) =>
    store.noteJudgedTopics({ judged, partly: { names, after: done.at(-1) ?? '' } }),
  );
  if (!isDone) return;
  await store.noteJudged(current, null);
  await store.noteJudgedTopics({ judged: [...new Set([...judged, ...names])], partly: null });
}

/** @param note  Told of those that are done, some hundreds at a time. @returns false if it was stopped. */
async function extractAgain(
  { store, captures, log }: ReadingDependencies,
  keys: readonly ArticleKey[],
  { runId, signal }: { readonly runId: string; readonly signal: AbortSignal },
  note: (done: readonly ArticleKey[]) => Promise<void>,
): Promise<boolean> {
  const isStopped = (): boolean => signal.aborted;
  const noteExtractorChange = (change: ExtractorChange) => captures.appendExtractorChange(change);
  const read = async (key: ArticleKey): Promise<void> => {
    try {
      await reextractArticle(key, runId, { store, noteExtractorChange, log });
    } catch (error) {
      if (error instanceof FatalError && error.code.startsWith('disk.')) throw error;
      if (isStopped()) return;
      log.warn({ event: 'topics.unread', pageId: key, err: error }, 'could not be extracted under the new topics');
    }
  };
  for (let from = 0; from < keys.length; from += NOTED_EVERY) {
    if (isStopped()) return false;
    const some = keys.slice(from, from + NOTED_EVERY);
    await runLimited(some, AT_ONCE, (key) => (isStopped() ? Promise.resolve() : read(key)));
    // Those in hand may have been left out.
    if (!isStopped()) await note(some);
  }
  return !isStopped();
}
