import { isAnswer } from '../captures/decode-record.js';
import { readRecordAt } from '../captures/read-capture.js';
import type { CaptureReference } from '../domain/article.js';
import { PermanentError } from '../domain/errors.js';
import { pageJobFor, type ArticleJob } from '../queue/page-jobs.js';

/**
 * Makes the job of a captured page again, from what the capture itself says.
 *
 * @throws {PermanentError} `capture.mismatch` where no article's page stands at the place; what opening the file throws.
 */
export function readCapturedJob(dataDir: string, capture: CaptureReference): ArticleJob {
  const record = readRecordAt(dataDir, capture);
  if (record !== null && isAnswer(record) && record.reference.sha256 === capture.sha256) {
    const job = pageJobFor(record, record.reference);
    if (job?.kind === 'article') return job;
  }
  throw new PermanentError(`wanted an article's page in ${capture.file} at ${capture.offset}, found none`, {
    code: 'capture.mismatch',
  });
}
