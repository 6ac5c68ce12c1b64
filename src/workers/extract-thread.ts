import { workerData } from 'piscina';
import { PermanentError } from '../domain/errors.js';
import type { Extraction } from '../domain/extraction.js';
import { createCaptureExtractor, type CaptureExtractorSettings, type ExtractionTask } from './capture-extractor.js';

/** Errors lose their class between threads, so a thread answers with what the class and code were. */
export type ThreadAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'extraction'; readonly extraction: Extraction }
  | { readonly kind: 'permanentError'; readonly code: string; readonly message: string };

const extract = createCaptureExtractor(workerData as CaptureExtractorSettings);

/** Entry of an extraction thread, called once per task; null only asks whether the thread is up. */
export default function extractOnThread(task: ExtractionTask | null): ThreadAnswer {
  if (task === null) return { kind: 'ready' };
  try {
    return { kind: 'extraction', extraction: extract(task) };
  } catch (error) {
    if (error instanceof PermanentError) return { kind: 'permanentError', code: error.code, message: error.message };
    throw error;
  }
}
