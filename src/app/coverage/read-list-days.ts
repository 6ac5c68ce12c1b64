import { withDashes, withoutDashes, dayIn } from '../../sputnik/urls/calendar-days.js';
import type { Config } from '../../config/config.js';
import type { Clock } from '../../platform/clock.js';
import type { CatalogueQueries } from '../../store/catalogue/catalogue-queries.js';
import { ListLedger, type ListGap } from './list-ledger.js';

/** What the lists of an edition told of some days, without a look at its pages: the cost is that of the lists. */
export function readListDays(
  edition: string,
  { since, until }: { readonly since: string; readonly until: string },
  { config, clock, queries }: { readonly config: Config; readonly clock: Clock; readonly queries: CatalogueQueries },
): { readonly gaps: readonly ListGap[]; readonly unreadDays: readonly string[] } {
  const known = config.editions.find(({ id }) => id === edition);
  if (known === undefined) return { gaps: [], unreadDays: [] };
  const [first, last] = [withoutDashes(since), withoutDashes(until)];
  const ledger = new ListLedger(known, queries.coverage.listFetches(edition, first));
  const today = dayIn(known.timeZone, clock.now());
  return { gaps: ledger.gaps(first, last), unreadDays: ledger.unreadDays(first, last, today).map(withDashes) };
}
