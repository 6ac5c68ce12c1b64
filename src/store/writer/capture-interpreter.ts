import type { ScannedRecord } from '../../captures/decode-record.js';
import { readRecordAt } from '../../captures/read-capture.js';
import { systemCodeOf } from '../../platform/disk-error.js';
import type { ExtractorChange } from '../../domain/extraction.js';
import type { FinishedRun, ListResult, PageResult } from '../../domain/page-result.js';
import type { Observation } from '../../records/timeline.js';
import type { CaptureLocation } from '../catalogue/captures-table.js';

/** What a captured record means to the store. */
export type CaptureMeaning =
  | { readonly kind: 'page'; readonly result: PageResult }
  | { readonly kind: 'list'; readonly list: ListResult }
  | { readonly kind: 'run'; readonly run: FinishedRun }
  | { readonly kind: 'readerChange'; readonly noted: NotedChange };

/** The note that an article is extracted again. */
export interface NotedChange {
  readonly location: CaptureLocation;
  /** UTC instant. */
  readonly notedAt: string;
  readonly change: ExtractorChange;
}

/**
 * Reads a captured record as the page worker does. The store is given this, since it cannot read pages.
 *
 * @returns null where there is nothing to store: robots files, failed lists, records of other programs.
 */
export type InterpretCapture = (record: ScannedRecord) => Promise<CaptureMeaning | null>;

/** Extracts a captured answer for a page again; null if the capture cannot be read any more. */
export type ReadPageResult = (capture: CaptureLocation) => Promise<PageResult | null>;

/** Extracts an article again from its capture; null if the capture cannot be read any more. */
export type ReadObservation = (capture: CaptureLocation) => Promise<Observation | null>;

/** @returns what extracts the answer at a location of the captures again, as the page worker would. */
export function pageResultReader(dataDir: string, interpret: InterpretCapture): ReadPageResult {
  return async (location) => {
    try {
      const record = readRecordAt(dataDir, location);
      const meaning = record && (await interpret(record));
      return meaning?.kind === 'page' ? meaning.result : null;
    } catch (error) {
      // A capture file that was moved away takes its pages with it.
      if (systemCodeOf(error) !== 'ENOENT') throw error;
    }
    return null;
  };
}

/** @returns what `openStore` needs to extract an article again from its capture. */
export function observationReader(dataDir: string, interpret: InterpretCapture): ReadObservation {
  const read = pageResultReader(dataDir, interpret);
  return async (capture) => {
    const result = await read(capture);
    const standing = result && asStored(result);
    return standing?.kind === 'article' ? { article: standing.article, capture: standing.capture } : null;
  };
}

/** What a capture that was stored as an article is read as: one that has no text was stored as it stands. */
export function asStored(result: PageResult): PageResult {
  return result.kind === 'notArticle' && result.shown !== undefined ? result.shown : result;
}
