import type { CountedReading } from './counted-reading.js';
import { fillRates, type FillRate } from './fill-rates.js';
import { findDrift, type Drift } from './find-drift.js';
import type { ReadingField } from './reading-fields.js';

/** On how many pages of an edition two places contradicted each other about a field. */
export interface DisagreementCount {
  readonly edition: string;
  readonly field: ReadingField;
  readonly pages: number;
}

/** How well pages are read; for `status`, `drift` and the metrics. */
export interface DriftReport {
  /** Fields that are found less often than they used to be. */
  readonly alarms: readonly Drift[];
  /** Over the days of the report; only what is not zero. */
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
