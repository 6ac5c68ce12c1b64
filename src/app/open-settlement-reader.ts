import type { Closers } from '../platform/closers.js';
import { createAddressBook } from '../sputnik/address-book.js';
import { settlementReader, type ReadSettlement } from '../store/interpret-capture.js';
import { createExtractionPool } from '../workers/extraction-pool.js';
import { createCaptureInterpreter } from '../workers/interpret-capture.js';
import type { Surroundings } from './open-harvester.js';

/**
 * Opens what reads captured pages as the page worker does, for commands that only look.
 *
 * @param closers  The extraction threads are pushed here.
 */
export function openSettlementReader({ config, log, reader }: Surroundings, closers: Closers): ReadSettlement {
  const { dataDir, editions, topics, extract, politeness } = config;
  const { bodyBytesMax } = politeness;
  const pool = createExtractionPool({ dataDir, editions, topics, bodyBytesMax }, extract);
  closers.push('extraction', () => pool.close());
  const interpret = createCaptureInterpreter({
    extractor: reader === undefined ? pool : reader(pool),
    addresses: createAddressBook(editions),
    editions,
    topics: topics.filter(({ enabled }) => enabled),
    readList: { dataDir, bodyBytesMax },
    log,
  });
  return settlementReader(dataDir, interpret);
}
