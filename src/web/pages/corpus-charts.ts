import type { DayCount, WeekChanges } from '../../store/catalogue/corpus-views.js';
import type { DayDelay } from '../../store/catalogue/delay-queries.js';
import { binDays, binOf, dayAfter, rowDaysOf, stepDaysOf } from '../charts/bin-days.js';
import { figureOf, type Figure } from '../charts/chart-frame.js';
import { columnChart, spanChart } from '../charts/time-charts.js';
import { bar } from '../charts/small-charts.js';
import { countOf, linkedCount, numberOf, spanOf, tableOf } from '../markup/elements.js';
import { hrefOf, html, type Markup } from '../markup/html.js';

/** The data of the charts, and their days. */
export interface ChartedCorpus {
  readonly since: string;
  readonly until: string;
  readonly topic: string | null;
  readonly days: readonly DayCount[];
  readonly delays: readonly DayDelay[];
  readonly weeks: readonly WeekChanges[];
  /** Ids of the configured topics. */
  readonly topics: readonly string[];
  /** Language of each edition, BCP 47. */
  readonly languages: Readonly<Record<string, string>>;
}

/** Further kinds are drawn as one. */
const KINDS_MAX = 6;
const OTHERS = 'other topics';
const WEEK_DAYS = 7;
const STEP_NAMES: Readonly<Record<number, string>> = { 1: 'day', 7: 'week', 28: 'four weeks', 84: 'twelve weeks' };

/** The four charts of the overview. */
export function corpusCharts(corpus: ChartedCorpus): Markup {
  return html`<div class="charts">
    ${articlesFigure(corpus)}${languagesFigure(corpus)}${delayFigure(corpus)}${changesFigure(corpus)}
  </div>`;
}

function articlesFigure(corpus: ChartedCorpus): Markup {
  const { since, until, topic, days } = corpus;
  const stepDays = stepDaysOf(since, until);
  const kinds = kindsOf(days);
  const bins = binDays(since, until, stepDays).map((bin) => ({ ...bin, values: kinds.map(() => 0) }));
  for (const { day, topics, articles } of days) {
    const bin = bins[binOf(since, day, stepDays)];
    const kind = kinds.indexOf(kindOf(topics));
    const index = kind < 0 ? kinds.length - 1 : kind;
    if (bin !== undefined) bin.values[index] = (bin.values[index] ?? 0) + articles;
  }
  const step = STEP_NAMES[stepDays] ?? `${stepDays} days`;
  const words = {
    id: 'chart-articles',
    title: `Articles per ${step}`,
    description: `By the day of publication (UTC) and topic, ${since} to ${until}; articles on two topics are a separate kind.`,
    unit: 'articles',
  };
  const columns = bins.map(({ first, last, values }) => ({
    ...{ day: first, values },
    href: hrefOf('/articles', { since: first, until: earlier(last, until), topic, duplicates: 'all' }),
  }));
  return figureOf({
    words,
    names: kinds,
    drawing: days.length === 0 ? null : columnChart(words, { names: kinds, columns, stepDays }),
    table: articlesTable(corpus, rowDaysOf(since, until, stepDays)),
  });
}

/** The same numbers by topic, each with a link to its list. An article on two topics counts for both. */
function articlesTable({ since, until, topic, topics, days }: ChartedCorpus, rowDays: number): Figure['table'] {
  const columns = [null, ...(topic === null ? topics : [])];
  const rows = binDays(since, until, rowDays).map((bin) => ({ ...bin, values: columns.map(() => 0) }));
  for (const { day, topics: of, articles } of days) {
    const row = rows[binOf(since, day, rowDays)];
    for (const [index, column] of columns.entries()) {
      if (row !== undefined && (column === null || of.includes(column)))
        row.values[index] = (row.values[index] ?? 0) + articles;
    }
  }
  return {
    heads: [rowDays === 1 ? 'Day' : 'Days', topic === null ? 'All' : 'Articles', ...(topic === null ? topics : [])],
    rows: rows
      .filter(({ values }) => values.some((value) => value > 0))
      .reverse()
      .map(({ first, last, values }) => {
        const listed = (of: string | null): string =>
          hrefOf('/articles', { since: first, until: earlier(last, until), topic: of, duplicates: 'all' });
        return [
          html`<a href="${listed(topic)}">${rowDays === 1 ? first : `${first} to ${earlier(last, until)}`}</a>`,
          ...values.map((value, index) => linkedCount(value, listed(columns[index] ?? topic))),
        ];
      }),
  };
}

function earlier(day: string, other: string): string {
  return day < other ? day : other;
}

function kindOf(topics: readonly string[]): string {
  return topics.length === 0 ? 'no topic' : topics.join(' + ');
}

/** The most frequent kinds, ordered by name, so that each topic keeps its colour. */
function kindsOf(days: readonly DayCount[]): string[] {
  const counts = new Map<string, number>();
  for (const { topics, articles } of days) {
    counts.set(kindOf(topics), (counts.get(kindOf(topics)) ?? 0) + articles);
  }
  const most = [...counts].sort(([, a], [, b]) => b - a).map(([kind]) => kind);
  const shown = most.slice(0, KINDS_MAX).sort();
  return most.length > KINDS_MAX ? [...shown, OTHERS] : shown;
}

function languagesFigure({ since, until, topic, days, languages }: ChartedCorpus): Markup {
  const counts = new Map<string, number>();
  for (const { edition, articles } of days) {
    const language = languages[edition] ?? edition;
    counts.set(language, (counts.get(language) ?? 0) + articles);
  }
  const rows = [...counts].sort(([, a], [, b]) => b - a);
  const most = rows[0]?.[1] ?? 0;
  const all = rows.reduce((sum, [, count]) => sum + count, 0);
  const names = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'code' });
  // An edition that is no longer configured has an unknown language, and so no list to link to.
  const known = new Set(Object.values(languages));
  const table = tableOf({
    caption: 'Articles by language',
    heads: ['Language', 'Articles', 'Share of all'],
    numbers: [1],
    rows: rows.map(([language, count]) => [
      nameOf(names, language),
      known.has(language)
        ? linkedCount(count, hrefOf('/articles', { lang: language, since, until, topic, duplicates: 'all' }))
        : numberOf(count),
      html`<span class="share">${bar(count, most)}<span>${SHARE.format(count / Math.max(1, all))}</span></span>`,
    ]),
  });
  return html`<figure>
    <figcaption>Languages</figcaption>
    <p class="meta">Articles by the language of their own text, published ${since} to ${until} (UTC).</p>
    ${rows.length === 0 ? html`<p class="none">Nothing in this time.</p>` : table}
  </figure>`;
}

const SHARE = new Intl.NumberFormat('en-GB', { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });

function nameOf(names: Intl.DisplayNames, language: string): string {
  try {
    return names.of(language) ?? language;
  } catch {
    return language;
  }
}

/** @returns the link to the articles behind one step of the chart of delays. */
export function delaysHref(first: string, days: number, page = 1): string {
  return hrefOf(`/delays/${first}`, { days: days === 1 ? null : days, page: page === 1 ? null : page });
}

function delayFigure({ since, until, delays }: ChartedCorpus): Markup {
  const stepDays = stepDaysOf(since, until);
  const words = {
    id: 'chart-delay',
    title: 'From publication to storing',
    description:
      'By the day (UTC) on which articles were first seen, without those that were more than a week old then (back-fills). The axis is logarithmic.',
    unit: 'delay',
  };
  const names = ['median', '95th percentile'];
  const told = delays.map(({ day, median, slow, articles }) => ({
    ...{ day, articles, values: [median, slow], href: delaysHref(day, stepDays) },
    words: `${stepDays === 1 ? day : `from ${day}`}: median ${spanOf(median)}, 95th percentile ${spanOf(slow)}, ${countOf(articles, 'article')}`,
  }));
  return figureOf({
    words,
    names,
    drawing: told.length === 0 ? null : spanChart(words, { names, points: told, first: since, last: until, stepDays }),
    table: {
      heads: [stepDays === 1 ? 'Day' : 'From', 'Median', '95th percentile', 'Articles'],
      rows: [...told]
        .reverse()
        .map(({ day, values, href, articles }) => [
          html`<a href="${href}">${day}</a>`,
          ...values.map(spanOf),
          linkedCount(articles, href),
        ]),
    },
  });
}

function changesFigure({ since, until, weeks }: ChartedCorpus): Markup {
  const monday = dayAfter(since, -((new Date(since).getUTCDay() + WEEK_DAYS - 1) % WEEK_DAYS));
  const stepDays = stepDaysOf(monday, until, WEEK_DAYS);
  const step = STEP_NAMES[stepDays] ?? '';
  const words = {
    id: 'chart-changes',
    title: `Edited and withdrawn per ${step}`,
    description: `Edits, including trivial ones, and withdrawals, of all topics, by the ${step} (UTC) in which they were seen.`,
    unit: 'edits and withdrawals',
  };
  const names = ['edited', 'withdrawn'];
  const href = (kind: string | null, first: string, days: number): string =>
    hrefOf('/edits', {
      kind,
      trivial: kind === 'withdrawn' ? null : 'yes',
      since: first,
      until: dayAfter(first, days - 1),
    });
  const rowDays = rowDaysOf(monday, until, stepDays);
  return figureOf({
    words,
    names,
    drawing:
      weeks.length === 0
        ? null
        : columnChart(words, {
            ...{ names, stepDays },
            columns: changesBy(stepDays, monday, until, weeks).map(({ first: day, values }) => ({
              ...{ day, values },
              href: href(null, day, stepDays),
            })),
          }),
    table: {
      heads: [rowDays === WEEK_DAYS ? 'Week of' : 'From', 'Edited', 'Withdrawn'],
      rows: changesBy(rowDays, monday, until, weeks)
        .filter(({ values }) => values.some((value) => value > 0))
        .reverse()
        .map(({ first, values: [edited = 0, withdrawn = 0] }) => [
          first,
          linkedCount(edited, href('edited', first, rowDays)),
          linkedCount(withdrawn, href('withdrawn', first, rowDays)),
        ]),
    },
  });
}

function changesBy(stepDays: number, monday: string, until: string, weeks: readonly WeekChanges[]) {
  const bins = binDays(monday, until, stepDays).map(({ first }) => ({ first, values: [0, 0] }));
  for (const { week, edited, withdrawn } of weeks) {
    const bin = bins[binOf(monday, week, stepDays)];
    if (bin !== undefined) bin.values = [(bin.values[0] ?? 0) + edited, (bin.values[1] ?? 0) + withdrawn];
  }
  return bins;
}
