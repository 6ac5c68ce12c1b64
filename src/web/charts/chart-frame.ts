import { type ScaleTime, scaleUtc } from 'd3-scale';
import { DAY_MS } from '../../domain/units.js';
import { type Content, html, type Markup } from '../markup/html.js';
import { type Table, tableOf } from '../markup/elements.js';

/** The words of a chart, which also serve people who do not see the drawing. */
export interface ChartWords {
  /** Unique on its page. */
  readonly id: string;
  readonly title: string;
  /** What is shown, in one sentence. */
  readonly description: string;
  /** What the upright axis counts or measures. */
  readonly unit: string;
}

/** In units of the drawing, which is scaled to the window. */
export const FRAME = { width: 480, height: 238, left: 58, right: 474, top: 28, bottom: 212 } as const;
/** Number of colours for series in the style sheet. */
export const COLOURS = 7;
const TICKS = 5;

export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** The axis of time: from the first day to the end of the last step. */
export function timeScale(first: string, last: string, stepDays: number): ScaleTime<number, number> {
  return scaleUtc()
    .domain([Date.parse(first), Date.parse(last) + stepDays * DAY_MS])
    .range([FRAME.left, FRAME.right]);
}

/** Labels of the time axis: days, months or years, as many as can be read. */
export function timeTicks(scale: ScaleTime<number, number>): Tick[] {
  const [from, to] = scale.domain().map(Number) as [number, number];
  const days = (to - from) / DAY_MS;
  const form: Intl.DateTimeFormatOptions =
    days < 120
      ? { day: 'numeric', month: 'short' }
      : days < 1200
        ? { month: 'short', year: 'numeric' }
        : { year: 'numeric' };
  const words = new Intl.DateTimeFormat('en-GB', { ...form, timeZone: 'UTC' });
  return scale
    .ticks(TICKS)
    .map((tick) => ({ at: scale(tick), label: words.format(tick) }))
    .filter(({ at }) => at < FRAME.right - 20);
}

/** The drawing with its axes, as one group with a name and a description. Its marks are links. */
export function chartFrame(
  { id, title, description, unit }: ChartWords,
  xTicks: readonly Tick[],
  yTicks: readonly Tick[],
  marks: Content,
): Markup {
  const { width, height, left, right, bottom } = FRAME;
  return html`<svg
    class="chart"
    viewBox="0 0 ${width} ${height}"
    role="group"
    aria-labelledby="${id}-title ${id}-words"
  >
    <title id="${id}-title">${title}</title>
    <desc id="${id}-words">${description}</desc>
    <g aria-hidden="true">
      <text x="0" y="13">${unit}</text>
      ${yTicks.map(
        ({ at, label }) =>
          html`<path class="grid" d="M${left} ${fixed(at)}H${right}" /><text
              x="${left - 6}"
              y="${fixed(at + 4)}"
              text-anchor="end"
              >${label}</text
            >`,
      )}${xTicks.map(({ at, label }) => html`<text x="${fixed(at)}" y="${bottom + 18}">${label}</text>`)}
    </g>
    ${marks}
    <path class="grid base" d="M${left} ${bottom}H${right}" />
  </svg>`;
}

/** The marks of one column, as a link to what it counts. The whole height of the column can be clicked. */
export function markLink(
  { href, words }: { readonly href: string; readonly words: string },
  from: number,
  width: number,
  marks: Content,
): Markup {
  const { top, bottom } = FRAME;
  return html`<a href="${href}"
    ><title>${words}</title
    ><path class="hit" d="M${fixed(from)} ${top}h${fixed(width)}V${bottom}h${fixed(-width)}z" />${marks}</a
  >`;
}

/** A coordinate, rounded to a tenth. */
export function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Shows which colour stands for which series. */
function colourKey(names: readonly string[]): Markup {
  return html`<ul class="key">
    ${names.map((name, index) => html`<li class="s${index % COLOURS}">${name}</li>`)}
  </ul>`;
}

/** A chart with its heading, the key of its colours, and a table of its figures. */
export interface Figure {
  readonly words: ChartWords;
  /** Names of the series; fewer than two need no key. */
  readonly names: readonly string[];
  /** Null: there is nothing to draw. */
  readonly drawing: Content;
  readonly table: Pick<Table, 'heads' | 'rows'>;
}

/** Puts a chart on a page, or says that there is nothing to draw. Keyboard users can skip all links of the drawing at once. */
export function figureOf({ words: { id, title, description }, names, drawing, table }: Figure): Markup {
  const numbers = table.heads.map((_head, column) => column).slice(1);
  return html`<figure>
    <figcaption>${title}</figcaption>
    <p class="meta">${description}</p>
    ${
      drawing === null
        ? html`<p class="none">Nothing in this time.</p>`
        : html`${names.length > 1 ? colourKey(names) : null}<a class="skip here" href="#${id}-figures"
              >Skip the links of the drawing “${title}”</a
            >${drawing}
            <details>
              <summary id="${id}-figures">The figures of “${title}”</summary>
              ${tableOf({ caption: title, ...table, numbers })}
            </details>`
    }
  </figure>`;
}
