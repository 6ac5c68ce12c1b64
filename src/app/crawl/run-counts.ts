import type { Queues } from '../../queue/open-queues.js';

/** `skipped`: it was time for a run while the last one still went on. `overlong`: a run was ended at its deadline. */
type Kind = 'skipped' | 'overlong';

/** How often the runs of one schedule and edition did not go as planned. */
export interface RunCounts {
  readonly schedule: string;
  readonly edition: string;
  readonly skipped: number;
  readonly lastSkippedAt: string | null;
  readonly overlong: number;
  readonly lastOverlongAt: string | null;
}

/** Counts one. They stand in Redis beside the queues, and begin at zero where it was emptied. */
export async function countRun(
  { redis, prefix }: Queues,
  run: { readonly schedule: string; readonly edition: string; readonly kind: Kind; readonly at: string },
): Promise<void> {
  const field = `${run.schedule} ${run.edition} ${run.kind}`;
  await redis.multi().hincrby(countsKey(prefix), field, 1).hset(countsKey(prefix), `${field} at`, run.at).exec();
}

/** @returns those that are not zero, by schedule and edition. Bounded: two numbers for each schedule and edition that there ever was. */
export async function readRunCounts({ redis, prefix }: Queues): Promise<RunCounts[]> {
  const fields = await redis.hgetall(countsKey(prefix));
  const names = new Set(Object.keys(fields).map((field) => field.split(' ').slice(0, 2).join(' ')));
  return [...names].sort().map((name) => {
    const [schedule = '', edition = ''] = name.split(' ');
    const countOf = (kind: Kind): number => Number(fields[`${name} ${kind}`] ?? 0);
    const lastOf = (kind: Kind): string | null => fields[`${name} ${kind} at`] ?? null;
    return {
      ...{ schedule, edition, skipped: countOf('skipped'), lastSkippedAt: lastOf('skipped') },
      ...{ overlong: countOf('overlong'), lastOverlongAt: lastOf('overlong') },
    };
  });
}

function countsKey(prefix: string): string {
  return `${prefix}:run-counts`;
}
