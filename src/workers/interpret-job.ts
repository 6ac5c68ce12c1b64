import { isDeepStrictEqual } from 'node:util';
import { isAnswer, type ScannedRecord } from '../captures/decode-record.js';
import { readRecordAt } from '../captures/read-capture.js';
import type { CaptureReference } from '../domain/article.js';
import { PermanentError } from '../domain/errors.js';
import type { PageResult } from '../domain/page-result.js';
import { systemCodeOf } from '../platform/disk-error.js';
import { pageJobFor, type ArticleJob } from '../queue/page-jobs.js';
import { interpretAnswer, type InterpreterDependencies } from './interpret-answer.js';

/**
 * Interprets the answer that a job of the queue refers to. Any program may queue one, so what the job says of the
 * capture has to stand in the capture: a withdrawal is believed without looking at a body.
 *
 * @param attempt  1 for the first try.
 * @throws {PermanentError} `capture.mismatch`: nothing is to be stored, so the location stays free for the true job.
 */
export async function interpretJob(
  job: ArticleJob,
  attempt: number,
  deps: InterpreterDependencies,
): Promise<PageResult> {
  const record = recordAt(job.capture, deps.dataDir);
  const told = record !== null && isAnswer(record) ? pageJobFor(record, record.reference) : null;
  if (record !== null && (told?.kind !== 'article' || !isDeepStrictEqual(claimOf(told), claimOf(job))))
    throw captureMismatch(job.capture);
  const result = await interpretAnswer(job, attempt, deps);
  if (record === null && result.kind !== 'quarantined') throw captureMismatch(job.capture);
  return result;
}

/** @returns null where nothing can be read. @throws {RetryableError} `capture.notPermitted`. */
function recordAt(capture: CaptureReference, dataDir: string): ScannedRecord | null {
  try {
    return readRecordAt(dataDir, capture);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function claimOf(job: ArticleJob): Readonly<Record<string, unknown>> {
  const { edition, pageId, url, finalUrl, fetch, failure } = job;
  const { sha256, fetchedAt, status } = job.capture;
  return { edition, pageId, url, finalUrl, fetch, failure, sha256, fetchedAt, status };
}

export function captureMismatch({ file, offset }: CaptureReference): PermanentError {
  return new PermanentError(`expected the page of an article in ${file} at ${offset}, found none`, {
    code: 'capture.mismatch',
  });
}
