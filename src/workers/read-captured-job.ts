import { isAnswer, scanCaptureFile } from '../captures/scan-captures.js';
import type { CaptureReference } from '../domain/article.js';
import { PermanentError } from '../domain/errors.js';
import { pageJobFor, type ArticleJob } from '../queue/page-jobs.js';

/**
 * Makes the job of a captured page again, from what the capture itself says.
 *
 * @throws {PermanentError} `capture.mismatch` where no article's page stands at the place; what opening the file throws.
 */
export async function readCapturedJob(dataDir: string, capture: CaptureReference): Promise<ArticleJob> {
  for await (const record of scanCaptureFile(dataDir, capture.file, capture.offset)) {
    if (!isAnswer(record)) break;
    if (record.offset !== capture.offset || record.reference.sha256 !== capture.sha256) break;
    const job = pageJobFor(record, record.reference);
    if (job?.kind === 'article') return job;
    break;
  }
  throw new PermanentError(`wanted an article's page in ${capture.file} at ${capture.offset}, found none`, {
    code: 'capture.mismatch',
  });
}
