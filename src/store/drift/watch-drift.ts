import type { Logger } from '../../platform/logger.js';
import type { DriftReport } from './drift-report.js';
import type { Drift } from './find-drift.js';

/**
 * @returns  A function that looks how well pages were read and tells each fall of a fill rate once, and once when it is over.
 *           What it told lives as long as the process.
 */
export function createDriftWatch(queries: { readonly drift: () => DriftReport }, log: Logger): () => void {
  let told = new Map<string, Drift>();
  return () => {
    const alarms = new Map(queries.drift().alarms.map((drift) => [keyOf(drift), drift]));
    for (const [key, drift] of alarms) if (!told.has(key)) log.warn(fieldsOf('reader.drift', drift), DRIFT);
    for (const [key, drift] of told) if (!alarms.has(key)) log.info(fieldsOf('reader.driftOver', drift), OVER);
    told = alarms;
  };
}

const DRIFT = 'a field is found less often than it was: see `sputnik drift`';
const OVER = 'a field is found as often as before';

function fieldsOf(event: string, { edition, reader, field, recent, past, examples }: Drift): object {
  const by = reader === null ? '' : ` by ${reader}`;
  return {
    event,
    edition,
    field,
    count: recent.total - recent.filled,
    reason: `found${by} on ${recent.filled} of ${recent.total} pages, before on ${past.filled} of ${past.total}`,
    ...(examples[0] === undefined ? {} : { url: examples[0].url, pageId: examples[0].pageId }),
  };
}

function keyOf({ edition, reader, field }: Drift): string {
  return [edition, reader ?? '', field].join(' ');
}
