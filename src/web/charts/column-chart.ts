import { scaleLinear } from 'd3-scale';
import { numberOf } from '../markup/elements.js';
import { html, type Markup } from '../markup/html.js';
import { dayAfter } from './bin-days.js';
import { chartFrame, COLOURS, fixed, FRAME, markLink, timeScale, timeTicks, type ChartWords } from './chart-frame.js';

/** Counts of several kinds, step by step of equal length. */
interface ColumnSeries {
  readonly names: readonly string[];
  /** Without gaps, by day; `values` in the order of the names, `href` to what they count. */
  readonly columns: readonly { readonly day: string; readonly values: readonly number[]; readonly href: string }[];
  readonly stepDays: number;
}

const GAP_SHARE = 0.18;

/** Columns of counts, one kind on top of the other. At most a few hundred columns. */
export function columnChart(words: ChartWords, { names, columns, stepDays }: ColumnSeries): Markup {
  const x = timeScale(columns[0]?.day ?? '1970-01-01', columns.at(-1)?.day ?? '1970-01-01', stepDays);
  const most = Math.max(1, ...columns.map(({ values }) => sumOf(values)));
  const y = scaleLinear().domain([0, most]).nice(4).range([FRAME.bottom, FRAME.top]);
  const yTicks = y.ticks(4).filter(Number.isInteger);
  const step = (FRAME.right - FRAME.left) / Math.max(1, columns.length);
  const width = step * (1 - GAP_SHARE);
  const marks = columns
    .filter(({ values }) => sumOf(values) > 0)
    .map(({ day, values, href }) => {
      let below = 0;
      const parts = values.map((value, index) => {
        const [from, to] = [y(below), y(below + value)];
        below += value;
        return value === 0
          ? null
          : html`<path
              class="fill s${index % COLOURS}"
              d="M${fixed(x(new Date(day)))} ${fixed(to)}h${fixed(width)}V${fixed(from)}h${fixed(-width)}z"
            />`;
      });
      const told = values.flatMap((value, index) => (value === 0 ? [] : [`${numberOf(value)} ${names[index] ?? ''}`]));
      const words = `${stepDays === 1 ? day : `${day} to ${dayAfter(day, stepDays - 1)}`}: ${told.join(', ')}`;
      return markLink({ href, words }, x(new Date(day)), step, parts);
    });
  const rows = yTicks.map((value) => ({ at: y(value), label: numberOf(value) }));
  return chartFrame(words, timeTicks(x), rows, marks);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
