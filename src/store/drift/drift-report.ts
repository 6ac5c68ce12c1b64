import type { LogFields, Logger } from '../../platform/logger.js';
import type { CountedReading, ReadingField } from './counted-reading.js';
import { fillRates, findDrift, type Drift, type FillRate } from './find-drift.js';

/** On how many pages of an edition two parts contradicted each other about a field. */
interface DisagreementCount {
  readonly edition: string;
  readonly field: ReadingField;
  readonly pages: number;
}

/** How well pages are read; for `status`, `drift` and the metrics. */
export interface DriftReport {
  /** Fields that are found less often than they used to be. */
  readonly alarms: readonly Drift[];
  /** Totals over the days of the report, without zeros. */
  readonly disagreements: readonly DisagreementCount[];
  /** Pages that were read, over the days of the report. */
  readonly pages: number;
  readonly rates: readonly FillRate[];
}

/** @returns what counted readings tell. Pure. */
export function driftReport(readings: readonly CountedReading[]): DriftReport {
  return {
    alarms: findDrift(readings),
    disagreements: countDisagreements(readings),
    pages: readings.reduce((sum, { pages }) => sum + pages, 0),
    rates: fillRates(readings),
  };
}

function countDisagreements(readings: readonly CountedReading[]): DisagreementCount[] {
  const counts = new Map<string, { edition: string; field: ReadingField; pages: number }>();
  for (const { edition, disagreed, pages } of readings) {
    for (const field of disagreed) {
      const count = counts.get(`${edition} ${field}`) ?? { edition, field, pages: 0 };
      count.pages += pages;
      counts.set(`${edition} ${field}`, count);
    }
  }
  return [...counts.keys()].sort().flatMap((key) => counts.get(key) ?? []);
}

/** One number for a monitoring system. */
export interface DriftMetric {
  readonly name: 'reading_pages' | 'reading_filled_pages' | 'reading_drift' | 'reading_disagreement_pages';
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * The report as gauges for the metrics.
 *
 * - `reading_pages`, `reading_filled_pages` by edition, extractor and field: pages of the edition's newest day, and
 *   those with the field.
 * - `reading_drift` by edition, extractor and field: 1 for each alarm; absent where there is none.
 * - `reading_disagreement_pages` by edition and field: pages of the last 30 days on which parts contradict each other.
 *
 * The label `reader` is `any` where all extractors count together. Pure.
 */
export function driftMetrics({ alarms, disagreements, rates }: DriftReport): DriftMetric[] {
  const newest = new Map<string, string>();
  for (const { edition, day } of rates) if (day > (newest.get(edition) ?? '')) newest.set(edition, day);
  return [
    ...rates
      .filter(({ edition, day }) => day === newest.get(edition))
      .flatMap((rate): DriftMetric[] => [
        { name: 'reading_pages', labels: labelsOf(rate), value: rate.total },
        { name: 'reading_filled_pages', labels: labelsOf(rate), value: rate.filled },
      ]),
    ...alarms.map((drift): DriftMetric => ({ name: 'reading_drift', labels: labelsOf(drift), value: 1 })),
    ...disagreements.map(({ edition, field, pages }): DriftMetric => ({
      name: 'reading_disagreement_pages',
      labels: { edition, field },
      value: pages,
    })),
  ];
}

function labelsOf({ edition, reader, field }: Pick<FillRate, 'edition' | 'reader' | 'field'>): Record<string, string> {
  return { edition, reader: reader ?? 'any', field };
}

/**
 * @returns A function that checks how well pages were read, and reports each fall of a fill rate once, and its end
 * once. It remembers its reports as long as the process lives.
 */
export function createDriftWatch(queries: { readonly drift: () => DriftReport }, log: Logger): () => void {
  let told = new Map<string, Drift>();
  return () => {
    const found = queries.drift().alarms;
    const alarms = new Map(found.map((drift) => [[drift.edition, drift.reader ?? '', drift.field].join(' '), drift]));
    for (const [key, drift] of alarms) if (!told.has(key)) log.warn(fieldsOf('reader.drift', drift), DRIFT);
    for (const [key, drift] of told) if (!alarms.has(key)) log.info(fieldsOf('reader.driftOver', drift), OVER);
    told = alarms;
  };
}

const DRIFT = 'a field is found less often than it was: see `sputnik drift`';
const OVER = 'a field is found as often as before';

function fieldsOf(event: string, { edition, reader, field, recent, past, examples }: Drift): LogFields {
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
