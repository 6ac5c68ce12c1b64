import type { Drift, FillSum } from '../../store/drift/find-drift.js';

/** @returns one fall of a fill rate on one line. */
export function describeDrift({ edition, reader, field, recent, past }: Drift): string {
  const what = field === 'knownMarkup' ? 'pages of known markup' : `${field} (${reader ?? 'any reader'})`;
  return `${edition}: ${what} ${rate(recent)} since ${recent.from}, ${rate(past)} in the days from ${past.from} to ${past.to}`;
}

function rate({ filled, total }: FillSum): string {
  return `${Math.round((100 * filled) / total)} % of ${total}`;
}
