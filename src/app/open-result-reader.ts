import type { Closers } from '../platform/closers.js';
import { createUrlRules } from '../sputnik/urls/url-rules.js';
import { pageResultReader, type ReadPageResult } from '../store/writer/capture-interpreter.js';
import { createExtractionPool } from '../workers/extraction-pool.js';
import { createCaptureInterpreter } from '../workers/interpret-capture.js';
import type { Runtime } from './open-harvester.js';

/**
 * Opens what reads captured pages as the page worker does, for commands that only look.
 *
 * @param closers  The extraction threads are pushed here.
 */
export function openResultReader({ config, log, reader }: Runtime, closers: Closers): ReadPageResult {
  const { dataDir, editions, topics, extract, politeness } = config;
  const { bodyBytesMax } = politeness;
  const pool = createExtractionPool({ dataDir, editions, topics, bodyBytesMax }, extract);
  closers.push('extraction', () => pool.close());
  const interpret = createCaptureInterpreter({
    extractor: reader === undefined ? pool : reader(pool),
    addresses: createUrlRules(editions),
    editions,
    topics: topics.filter(({ enabled }) => enabled),
    readList: { dataDir, bodyBytesMax },
    log,
  });
  return pageResultReader(dataDir, interpret);
}
