import type { DriftReport } from './drift-report.js';
import type { FillRate } from './fill-rates.js';

/** One number for a monitoring system. */
export interface DriftMetric {
  readonly name: 'reading_pages' | 'reading_filled_pages' | 'reading_drift' | 'reading_disagreement_pages';
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * The report as gauges, for whoever writes metrics.
 *
 * - `reading_pages`, `reading_filled_pages` by edition, reader and field: pages of the edition's newest day, and those with the field.
 * - `reading_drift` by edition, reader and field: 1 for each alarm; absent where there is none.
 * - `reading_disagreement_pages` by edition and field: pages of the last 30 days on which places contradict each other.
 *
 * A reader's label is `any` where all readers count together. Pure.
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
