import { scanCaptureFile, type ScannedRecord } from '../captures/scan-captures.js';
import type { ReadObservation } from './settle-article.js';
import type { ListSettlement, Settlement } from './settlement.js';
import type { RunRecord } from './run-record.js';

/** What a captured record means to the store. */
export type CaptureMeaning =
  | { readonly kind: 'page'; readonly settlement: Settlement }
  | { readonly kind: 'list'; readonly list: ListSettlement }
  | { readonly kind: 'run'; readonly run: RunRecord };

/**
 * Reads a captured record as the page worker does. The store is given this, since it cannot read pages.
 *
 * @returns null where there is nothing to settle: robots files, failed lists, records of other programs.
 */
export type InterpretCapture = (record: ScannedRecord) => Promise<CaptureMeaning | null>;

/** @returns what `openStore` needs to read an article again from its capture. */
export function observationReader(dataDir: string, interpret: InterpretCapture): ReadObservation {
  return async ({ file, offset }) => {
    for await (const record of scanCaptureFile(dataDir, file, offset)) {
      if (record.offset !== offset) return null;
      const meaning = await interpret(record);
      if (meaning?.kind !== 'page' || meaning.settlement.kind !== 'article') return null;
      const { article, capture } = meaning.settlement;
      return { article, capture };
    }
    return null;
  };
}
