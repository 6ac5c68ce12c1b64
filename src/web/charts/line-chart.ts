import { scaleLog } from 'd3-scale';
import { DAY_MS } from '../../domain/units.js';
import { spanOf } from '../markup/elements.js';
import { html, type Markup } from '../markup/html.js';
import {
  chartFrame,
  COLOURS,
  fixed,
  FRAME,
  markLink,
  timeScale,
  timeTicks,
  type ChartWords,
  type Tick,
} from './chart-frame.js';

/** Spans of time in seconds, step by step; those without a value are left out. */
interface SpanLines {
  readonly names: readonly string[];
  readonly points: readonly {
    readonly day: string;
    readonly values: readonly number[];
    /** To what was measured. */
    readonly href: string;
    readonly words: string;
  }[];
  /** First and last day of the axis. */
  readonly first: string;
  readonly last: string;
  readonly stepDays: number;
}

const MINUTE_SECONDS = 60;
/** Where the axis has its lines: people think in these. */
const SPANS = [60, 300, 900, 3_600, 14_400, 43_200, 86_400, 259_200, 604_800];
const DASHED = 1;

/** Lines over an axis that gives minutes as much room as days (logarithmic); the second line is dashed. Each step is one link. */
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

/** Steps in a row: a line does not run over days of which nothing is known. */
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
