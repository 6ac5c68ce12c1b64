import type { PartResult } from './parts.js';

/** Median and range of a figure over the rounds. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** What a part came to over all rounds. */
export interface PartSummary {
  readonly name: string;
  readonly what: string;
  readonly count: number;
  /** By the clock. */
  readonly perSecond: Spread;
  readonly cpuMsEach: Spread;
  readonly peakMb: Spread;
  readonly requests: number | null;
  /** CPU of CheerioCrawler for an article ÷ that of this part for one of its own, in the same run; null without it. */
  readonly ratio: number | null;
}

/** The yardstick: code that is not ours, does comparable work and is installed wherever the bench is. */
export const YARDSTICK = 'cheerio';

export function spreadOf(figures: readonly number[]): Spread {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const median = sorted.length % 2 === 1 ? at(Math.floor(middle)) : (at(middle - 1) + at(middle)) / 2;
  return { median, low: at(0), high: at(sorted.length - 1) };
}

const cpuMsOf = ({ cpuSeconds, count }: PartResult): number => (1000 * cpuSeconds) / Math.max(1, count);

export function summarise(
  name: string,
  what: string,
  results: readonly PartResult[],
  yardstick: readonly PartResult[],
): PartSummary {
  const cpuMsEach = spreadOf(results.map(cpuMsOf));
  const base = yardstick.length === 0 ? null : spreadOf(yardstick.map(cpuMsOf)).median;
  return {
    name,
    what,
    count: results[0]?.count ?? 0,
    perSecond: spreadOf(results.map(({ count, seconds }) => count / seconds)),
    cpuMsEach,
    peakMb: spreadOf(results.map(({ peakMb }) => peakMb)),
    requests: results[0]?.requests ?? null,
    ratio: base === null ? null : base / cpuMsEach.median,
  };
}
