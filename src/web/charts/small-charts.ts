import { countOf } from '../markup/elements.js';
import { html, type Markup } from '../markup/html.js';
import { fixed } from './chart-frame.js';

const SPARK = { width: 120, height: 28 } as const;

/** A small chart of counts, as wide as a word; null if all are zero. */
export function sparkline(counts: readonly number[], words: string): Markup | null {
  const most = Math.max(0, ...counts);
  if (most === 0) return null;
  const step = SPARK.width / counts.length;
  const bars = counts.map((count, index) => {
    const height = Math.max(count === 0 ? 0 : 1.5, (count / most) * SPARK.height);
    return height === 0
      ? ''
      : `M${fixed(index * step)} ${SPARK.height}v${fixed(-height)}h${fixed(step * 0.75)}v${fixed(height)}z`;
  });
  return html`<svg class="spark" viewBox="0 0 ${SPARK.width} ${SPARK.height}" role="img" aria-label="${words}">
    <path class="fill s0" d="${bars.join('')}" />
  </svg>`;
}

/** A bar for a count in relation to the largest one. The number is shown beside it. */
export function bar(count: number, most: number): Markup {
  const width = most === 0 ? 0 : (count / most) * 100;
  return html`<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
    <path class="fill s0" d="M0 0h${fixed(width)}v8h${fixed(-width)}z" />
  </svg>`;
}

/** @returns the text of a sparkline for people who do not see it. */
export function sparkWords(counts: readonly number[]): string {
  const all = counts.reduce((sum, count) => sum + count, 0);
  return `${countOf(all, 'article')} in ${counts.length} days, at most ${Math.max(0, ...counts)} a day`;
}
