import type { DayCount, DayDelay, WeekChanges } from '../../store/catalogue/corpus-views.js';
import { binDays, binOf, dayAfter } from '../charts/bin-days.js';
import { figureOf } from '../charts/chart-figure.js';
import { columnChart } from '../charts/column-chart.js';
import { spanChart } from '../charts/line-chart.js';
import { bar } from '../charts/small-charts.js';
import { linkedCount, numberOf, spanOf, tableOf } from '../markup/elements.js';
import { hrefOf, html, type Markup } from '../markup/html.js';

/** What is drawn, and of which days. */
export interface ChartedCorpus {
  readonly since: string;
  readonly until: string;
  readonly topic: string | null;
  readonly days: readonly DayCount[];
  readonly delays: readonly DayDelay[];
  readonly weeks: readonly WeekChanges[];
  /** Language of each edition, BCP 47. */
  readonly languages: Readonly<Record<string, string>>;
}

/** More kinds than this are drawn as one. */
const KINDS_MAX = 6;
const OTHERS = 'other topics';
/** Longer spans are drawn by the week, and by four weeks. */
const DAILY_MAX = 120;
const WEEKLY_MAX = 800;
const WEEK_DAYS = 7;

/** The four charts of the overview. */
export function corpusCharts(corpus: ChartedCorpus): Markup {
  return html`<div class="charts">
    ${articlesFigure(corpus)}${languagesFigure(corpus)}${delayFigure(corpus)}${changesFigure(corpus)}
  </div>`;
}

function articlesFigure({ since, until, topic, days }: ChartedCorpus): Markup {
  const length = binOf(since, until, 1) + 1;
  const stepDays = length <= DAILY_MAX ? 1 : length <= WEEKLY_MAX ? WEEK_DAYS : 4 * WEEK_DAYS;
  const kinds = kindsOf(days);
  const bins = binDays(since, until, stepDays).map((bin) => ({ ...bin, values: kinds.map(() => 0) }));
  for (const { day, topics, articles } of days) {
    const bin = bins[binOf(since, day, stepDays)];
    const kind = kinds.indexOf(kindOf(topics));
    const index = kind < 0 ? kinds.length - 1 : kind;
    if (bin !== undefined) bin.values[index] = (bin.values[index] ?? 0) + articles;
  }
  const step = stepDays === 1 ? 'day' : stepDays === WEEK_DAYS ? 'week' : 'four weeks';
  const words = {
    id: 'chart-articles',
    title: `Articles per ${step}`,
    description: `By the day of publication (UTC) and topic, ${since} to ${until}; one on two topics has a kind of its own.`,
  };
  const columns = bins.map(({ first, values }) => ({ day: first, values }));
  const rows = bins.filter(({ values }) => values.some((value) => value > 0)).reverse();
  return figureOf({
    words,
    names: kinds,
    drawing: days.length === 0 ? null : columnChart(words, { names: kinds, columns, stepDays }),
    table: {
      heads: [step === 'day' ? 'Day' : 'From', ...kinds],
      rows: rows.map(({ first, last, values }) => [
        html`<a href="${hrefOf('/articles', { since: first, until: last, topic, duplicates: 'all' })}">${first}</a>`,
        ...values.map(numberOf),
      ]),
    },
  });
}

function kindOf(topics: readonly string[]): string {
  return topics.length === 0 ? 'no topic' : topics.join(' + ');
}

/** The kinds of which there are most, always in the order of their names, so that a colour stays a topic's. */
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
  const names = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'code' });
  // An edition that left the configuration stands for its language, which is not known: no list is to be had of it.
  const known = new Set(Object.values(languages));
  const table = tableOf({
    caption: 'Articles by language',
    heads: ['Language', 'Articles', 'Share of the most'],
    numbers: [1],
    rows: rows.map(([language, count]) => [
      nameOf(names, language),
      known.has(language)
        ? linkedCount(count, hrefOf('/articles', { lang: language, since, until, topic, duplicates: 'all' }))
        : numberOf(count),
      bar(count, most),
    ]),
  });
  return html`<figure>
    <figcaption>Languages</figcaption>
    <p class="meta">Of the text on top of each record, ${since} to ${until}.</p>
    ${rows.length === 0 ? html`<p class="none">Nothing in this time.</p>` : table}
  </figure>`;
}

function nameOf(names: Intl.DisplayNames, language: string): string {
  try {
    return names.of(language) ?? language;
  } catch {
    return language;
  }
}

function delayFigure({ since, until, delays }: ChartedCorpus): Markup {
  const words = {
    id: 'chart-delay',
    title: 'From publication to storing',
    description:
      'By the day on which articles were first seen; those that were older than a week then (back-fills) are left out.',
  };
  const names = ['median', '95th percentile'];
  const points = delays.map(({ day, median, slow }) => ({ day, values: [median, slow] }));
  return figureOf({
    words,
    names,
    drawing: points.length === 0 ? null : spanChart(words, { names, points, first: since, last: until }),
    table: {
      heads: ['Day', 'Median', '95th percentile', 'Articles'],
      rows: [...delays]
        .reverse()
        .map(({ day, median, slow, articles }) => [
          html`<a href="/delays/${day}">${day}</a>`,
          ...[spanOf(median), spanOf(slow)],
          linkedCount(articles, `/delays/${day}`),
        ]),
    },
  });
}

function changesFigure({ since, until, weeks }: ChartedCorpus): Markup {
  const words = {
    id: 'chart-changes',
    title: 'Edited and withdrawn per week',
    description:
      'Edits, the trivial ones too, and withdrawals that stand, of all topics, by the week in which they were seen.',
  };
  const names = ['edited', 'withdrawn'];
  const monday = dayAfter(since, -((new Date(since).getUTCDay() + WEEK_DAYS - 1) % WEEK_DAYS));
  const known = new Map(weeks.map(({ week, edited, withdrawn }) => [week, [edited, withdrawn]]));
  const columns = binDays(monday, until, WEEK_DAYS).map(({ first }) => ({
    day: first,
    values: known.get(first) ?? [0, 0],
  }));
  return figureOf({
    words,
    names,
    drawing: weeks.length === 0 ? null : columnChart(words, { names, columns, stepDays: WEEK_DAYS }),
    table: {
      heads: ['Week of', 'Edited', 'Withdrawn'],
      rows: [...weeks].reverse().map(({ week, edited, withdrawn }) => {
        const ofWeek = { since: week, until: dayAfter(week, WEEK_DAYS - 1) };
        return [
          week,
          linkedCount(edited, hrefOf('/edits', { kind: 'edited', trivial: 'yes', ...ofWeek })),
          linkedCount(withdrawn, hrefOf('/edits', { kind: 'withdrawn', ...ofWeek })),
        ];
      }),
    },
  });
}
