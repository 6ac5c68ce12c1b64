import { scaleLinear, scaleLog } from 'd3-scale';
import { numberOf, spanOf } from '../markup/elements.js';
import { html, type Markup } from '../markup/html.js';
import { dayAfter } from './bin-days.js';
import {
  chartFrame,
  type ChartWords,
  COLOURS,
  fixed,
  FRAME,
  markLink,
  type Tick,
  timeScale,
  timeTicks,
} from './chart-frame.js';
import { DAY_MS } from '../../domain/units.js';

/** Counts of several kinds by day, or by groups of days of equal length. */
interface ColumnSeries {
  readonly names: readonly string[];
  /** Every day or group has a column. `values` are in the order of the names; `href` links to what they count. */
  readonly columns: readonly { readonly day: string; readonly values: readonly number[]; readonly href: string }[];
  readonly stepDays: number;
}

const GAP_SHARE = 0.18;

/** Draws columns of counts, one kind on top of the other; at most a few hundred columns. */
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

/** Spans of time in seconds, by day or group of days. Days without a value are left out. */
interface SpanLines {
  readonly names: readonly string[];
  readonly points: readonly {
    readonly day: string;
    readonly values: readonly number[];
    /** Link to what was measured. */
    readonly href: string;
    readonly words: string;
  }[];
  /** First and last day of the axis. */
  readonly first: string;
  readonly last: string;
  readonly stepDays: number;
}

const MINUTE_SECONDS = 60;
/** The lines of the axis, at spans that people know. */
const SPANS = [60, 300, 900, 3_600, 14_400, 43_200, 86_400, 259_200, 604_800];
const DASHED = 1;

/** Draws lines over a logarithmic axis, which gives minutes as much room as days. The second line is dashed. Each point is a link. */
export function spanChart(words: ChartWords, { names, points, first, last, stepDays }: SpanLines): Markup {
  const x = timeScale(first, last, 1);
  const all = points.flatMap(({ values }) => values);
  const domain = [Math.max(MINUTE_SECONDS / 2, Math.min(...all) / 1.3), Math.max(MINUTE_SECONDS, ...all) * 1.3];
  const y = scaleLog().domain(domain).range([FRAME.bottom, FRAME.top]).clamp(true);
  const width = x(stepDays * DAY_MS) - x(0);
  const middle = (day: string): number => Math.min(x(Date.parse(day)) + width / 2, FRAME.right);
  const lines = names.map((_name, index) => {
    const path = runsOf(points, stepDays)
      .map(
        (run) => `M${run.map(({ day, values }) => `${fixed(middle(day))} ${fixed(y(values[index] ?? 0))}`).join('L')}`,
      )
      .join('');
    return html`<path class="stroke s${index % COLOURS}${index === DASHED ? ' dash' : ''}" d="${path}" />`;
  });
  const radius = fixed(Math.min(2.8, Math.max(1.4, width / 4)));
  const links = points.map(({ day, values, ...link }) => {
    const dots = values.map(
      (value, index) =>
        html`<circle
          class="dot s${index % COLOURS}"
          cx="${fixed(middle(day))}"
          cy="${fixed(y(value))}"
          r="${radius}"
        />`,
    );
    return markLink(link, x(Date.parse(day)), width, dots);
  });
  const [least = 0, most = 0] = domain;
  const yTicks: Tick[] = SPANS.filter((span) => span >= least && span <= most).map((span) => ({
    at: y(span),
    label: spanOf(span),
  }));
  return chartFrame(words, timeTicks(x), yTicks, [lines, links]);
}

/** Groups consecutive points, so that no line is drawn over days without a value. */
function runsOf<T extends { readonly day: string }>(points: readonly T[], stepDays: number): T[][] {
  const runs: T[][] = [];
  let before = NaN;
  for (const point of points) {
    const at = Date.parse(point.day);
    if (at - before === stepDays * DAY_MS) runs.at(-1)?.push(point);
    else runs.push([point]);
    before = at;
  }
  return runs;
}
