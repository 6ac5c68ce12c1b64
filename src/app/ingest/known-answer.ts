import { isAnswer } from '../../captures/decode-record.js';
import { scanCaptureFile } from '../../captures/scan-captures.js';
import type { Outcome } from '../../domain/outcome.js';
import { systemCodeOf } from '../../platform/disk-error.js';
import type { CatalogueQueries } from '../../store/catalogue/catalogue-queries.js';
import type { PageStory } from '../../store/catalogue/page-queries.js';
import type { KeptAnswer } from './read-saved-page.js';

type Fetch = PageStory['captures'][number];

/**
 * Finds out whether an answer was captured before: the same page, second and body. Taking it in twice must not count twice, least of
 * all an answer that the page is gone.
 *
 * @returns  What it counts as now; null: it is not known.
 */
export async function knownAnswer(
  { url, fetchedAt, bodySha256 }: KeptAnswer,
  queries: CatalogueQueries,
  dataDir: string,
): Promise<Outcome | null> {
  const fetches = queries.pageStory(url.pageId)?.captures ?? [];
  for (const fetch of fetches) {
    if (fetch.fetchedAt === fetchedAt && (await digestAt(fetch, dataDir)) === bodySha256) return outcomeOf(fetch);
  }
  return null;
}

async function digestAt({ file, offset }: Fetch, dataDir: string): Promise<string | null> {
  try {
    for await (const record of scanCaptureFile(dataDir, file, offset)) {
      return isAnswer(record) ? record.reference.sha256 : null;
    }
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
  }
  return null;
}

function outcomeOf({ kind, onTopic }: Fetch): Outcome {
  if (kind === 'article') return onTopic === false ? 'offTopic' : 'unchanged';
  if (kind === 'gone' || kind === 'notArticle') return kind;
  return kind === 'notModified' ? 'unchanged' : 'failed';
}
