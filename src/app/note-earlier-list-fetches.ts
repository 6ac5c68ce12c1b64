import { scanCaptures } from '../captures/scan-captures.js';
import type { Logger } from '../platform/logger.js';
import type { InterpretCapture } from '../store/writer/capture-interpreter.js';
import type { ListResult } from '../domain/page-result.js';
import type { Store } from '../store/writer/store.js';

export interface EarlierListFetches {
  readonly dataDir: string;
  readonly store: Store;
  readonly interpret: InterpretCapture;
  readonly log: Logger;
}

/**
 * Brings a catalogue of an older form to know which lists were asked for: reads the processed lists of the journal once more.
 * What is not processed yet is noted when it is. Does nothing where the catalogue knows already.
 */
export async function noteEarlierListFetches(earlier: EarlierListFetches): Promise<void> {
  const { store, log } = earlier;
  if (store.knowsListFetches) return;
  log.info({ event: 'catalogue.listFetches' }, 'reading the captured lists once more, for the ledger');
  const count = await store.restoreListFetches(processedLists(earlier));
  log.info({ event: 'catalogue.listFetches', count }, 'noted which lists were asked for');
}

async function* processedLists({ dataDir, store, interpret, log }: EarlierListFetches): AsyncIterable<ListResult> {
  for await (const record of scanCaptures(dataDir)) {
    const isPage = record.kind === 'response' || record.kind === 'notModified' || record.kind === 'failure';
    if (!isPage || record.target.kind === 'article' || !store.isProcessed(record.reference)) continue;
    try {
      const meaning = await interpret(record);
      if (meaning?.kind === 'list') yield meaning.list;
    } catch (error) {
      // Never settled by the worker either; `verify` names it.
      log.warn({ file: record.file, err: error }, 'could not read a captured list again');
    }
  }
}
