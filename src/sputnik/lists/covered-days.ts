import type { ListKind } from './parse-list.js';

/** Days as the sites write them, `YYYYMMDD`, both included. */
export interface CoveredDays {
  readonly from: string;
  readonly to: string;
}

const DAY = /^\d{8}$/;

/**
 * @param url  Real address of the list.
 * @returns    The days that such a list is about, by its address; null where it is no list of days.
 *
 * Pure. Source: site facts, §3.
 */
export function coveredDays(kind: ListKind, url: string): CoveredDays | null {
  const { pathname, searchParams } = new URL(url);
  if (kind === 'day') {
    const day = /^\/(\d{8})\/$/.exec(pathname)?.[1];
    return day === undefined ? null : { from: day, to: day };
  }
  const from = searchParams.get('date_start') ?? '';
  const to = searchParams.get('date_end') ?? '';
  return kind === 'sitemap' && DAY.test(from) && DAY.test(to) && from <= to ? { from, to } : null;
}
