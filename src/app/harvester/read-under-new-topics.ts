import type { CaptureWriter } from '../../captures/capture-writer.js';
import type { Config } from '../../config/config.js';
import type { ExtractorChange } from '../../domain/extractor-change.js';
import { runLimited } from '../../platform/in-turns.js';
import type { Logger } from '../../platform/logger.js';
import { newRunId } from '../../queue/open-queues.js';
import type { CatalogueQueries } from '../../store/catalogue/catalogue-queries.js';
import type { Store } from '../../store/writer/store.js';
import { reextractArticle } from '../../workers/process-reextract-job.js';

/** Articles that are read, and whose changes are written, at a time. */
const AT_ONCE = 32;

interface ReadingDependencies {
  readonly config: Pick<Config, 'topics'>;
  readonly store: Store;
  readonly queries: CatalogueQueries;
  readonly captures: Pick<CaptureWriter, 'appendExtractorChange'>;
  readonly log: Logger;
}

/**
 * Where a topic was added, or a name to one, extracts everything captured again before anything else is done: pages that were off topic
 * may be on one now, and the site, which knows of no change, would not be asked for them. As quick as `reprocess`; a kill has it begin
 * again at the next start. Names that were taken away change no record.
 */
export async function readUnderNewTopics({
  config,
  store,
  queries,
  captures,
  log,
}: ReadingDependencies): Promise<void> {
  const names = config.topics.filter(({ enabled }) => enabled).flatMap(({ names: ofTopic }) => ofTopic);
  const before = store.judgedNames();
  const added = before === null ? [] : names.filter((name) => !before.includes(name));
  if (added.length > 0) {
    const keys = queries.readKeys({ editions: null, families: null, since: null, until: null });
    const runId = newRunId();
    if (keys.length > 0)
      log.warn(
        { event: 'topics.added', runId, count: keys.length },
        'topics were added; extracting all captures again',
      );
    const noteExtractorChange = (change: ExtractorChange) => captures.appendExtractorChange(change);
    await runLimited(keys, AT_ONCE, (key) => reextractArticle(key, runId, { store, noteExtractorChange, log }));
  }
  if (added.length > 0 || before?.length !== names.length) await store.noteJudgedNames(names);
}
