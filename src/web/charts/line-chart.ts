import { scaleLog } from 'd3-scale';
import { DAY_MS } from '../../domain/units.js';
import { spanOf } from '../markup/elements.js';
import { html, type Markup } from '../markup/html.js';
import { chartFrame, COLOURS, fixed, FRAME, timeScale, timeTicks, type ChartWords, type Tick } from './chart-frame.js';

/** Spans of time in seconds, day by day; days without a value are left out. */
export interface SpanLines {
  readonly names: readonly string[];
  readonly points: readonly { readonly day: string; readonly values: readonly number[] }[];
  /** First and last day of the axis. */
  readonly first: string;
  readonly last: string;
}

const MINUTE_SECONDS = 60;
/** Where the axis has its lines: people think in these. */
const SPANS = [60, 300, 900, 3_600, 14_400, 43_200, 86_400, 259_200, 604_800];
const DASHED = 1;

/** Lines over an axis that gives minutes as much room as days (logarithmic); the second line is dashed. */
export function spanChart(words: ChartWords, { names, points, first, last }: SpanLines): Markup {
  const x = timeScale(first, last, 1);
  const all = points.flatMap(({ values }) => values);
  const domain = [Math.max(MINUTE_SECONDS / 2, Math.min(...all) / 1.3), Math.max(MINUTE_SECONDS, ...all) * 1.3];
  const y = scaleLog().domain(domain).range([FRAME.bottom, FRAME.top]).clamp(true);
  const middle = (day: string): number => x(Date.parse(day) + DAY_MS / 2);
  const lines = names.map((_name, index) => {
    const runs = runsOf(points.map(({ day, values }) => [day, y(values[index] ?? MINUTE_SECONDS)] as const));
    const path = runs
      .map((run) => `M${run.map(([day, at]) => `${fixed(middle(day))} ${fixed(at)}`).join('L')}`)
      .join('');
    const dots = runs.flatMap((run) => (run.length === 1 ? run : []));
    return html`<path
        class="stroke s${index % COLOURS}${index === DASHED ? ' dash' : ''}"
        d="${path}"
      />${dots.map(([day, at]) => html`<circle class="dot s${index % COLOURS}" cx="${fixed(middle(day))}" cy="${fixed(at)}" r="2.5" />`)}`;
  });
  const [least = 0, most = 0] = domain;
  const yTicks: Tick[] = SPANS.filter((span) => span >= least && span <= most).map((span) => ({
    at: y(span),
    label: spanOf(span),
  }));
  return chartFrame(words, timeTicks(x), yTicks, lines);
}

/** Days in a row: a line does not run over days of which nothing is known. */
function runsOf<T>(points: readonly (readonly [day: string, value: T])[]): (readonly [string, T])[][] {
  const runs: (readonly [string, T])[][] = [];
  let before = NaN;
  for (const point of points) {
    const at = Date.parse(point[0]);
    if (at - before === DAY_MS) runs.at(-1)?.push(point);
    else runs.push([point]);
    before = at;
  }
  return runs;
}
