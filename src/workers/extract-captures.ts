import { workerData } from 'node:worker_threads';
import { PermanentError, RetryableError } from '../domain/errors.js';
import type { Extraction } from '../domain/extraction.js';
import { createExtractionWorld, extractCapture, type ExtractionTask, type ExtractorSettings } from './extract-page.js';

/** Errors lose their class between threads, so a thread answers with what the class and code were. */
export type ThreadAnswer =
  | { readonly kind: 'extraction'; readonly extraction: Extraction }
  | { readonly kind: 'permanentError' | 'retryableError'; readonly code: string; readonly message: string };

const settings = workerData as ExtractorSettings;
const world = createExtractionWorld(settings);

/** What an extraction thread does, called once per message; one without pages only asks whether the thread is up. */
export function extractCaptures(tasks: readonly ExtractionTask[]): ThreadAnswer[] {
  return tasks.map(extractOne);
}

function extractOne(task: ExtractionTask): ThreadAnswer {
  try {
    return { kind: 'extraction', extraction: extractCapture(task, settings, world) };
  } catch (error) {
    if (error instanceof PermanentError) return { kind: 'permanentError', code: error.code, message: error.message };
    if (error instanceof RetryableError) return { kind: 'retryableError', code: error.code, message: error.message };
    throw error;
  }
}
