import { dirname } from 'node:path';
import { keepCompiled } from '../platform/keep-compiled.js';
import type { ThreadAnswer } from './extract-captures.js';
import type { ExtractionTask } from './extract-page.js';
import { threadFile } from './thread-file.js';

/** A thread is ended without notice, so its compiled code is stored after it has read this many pages. */
const PAGES_BEFORE_KEEPING = 100;

const keepNow = keepCompiled(dirname(threadFile('extract-thread')));
const program = import('./extract-captures.js');
let pages = 0;

/** Entry of an extraction thread: loads the rest, as far as possible as it was compiled before. */
export default async function extractOnThread(tasks: readonly ExtractionTask[]): Promise<ThreadAnswer[]> {
  const { extractCaptures } = await program;
  const answers = extractCaptures(tasks);
  const isDue = pages < PAGES_BEFORE_KEEPING && pages + tasks.length >= PAGES_BEFORE_KEEPING;
  pages += tasks.length;
  if (isDue) keepNow();
  return answers;
}
