import type { CorpusCounts } from '../../store/catalogue/corpus-queries.js';
import type { DayCount } from '../../store/catalogue/corpus-views.js';
import { lastReadOf, wordsOfOff } from '../../store/catalogue/judge-freshness.js';
import { binDays, binOf } from '../charts/bin-days.js';
import { sparkline, sparkWords } from '../charts/small-charts.js';
import {
  countOf,
  listOf,
  numberOf,
  separated,
  shortTime,
  spanOf,
  switchLink,
  tableOf,
  timeOf,
  withCode,
  wordsOf,
} from '../markup/elements.js';
import { hrefOf, html, type Content, type Markup } from '../markup/html.js';
import type { WebStatus } from '../sources/views.js';
import { corpusCharts, type ChartedCorpus } from './corpus-charts.js';
import { editionLink, stateView, stateWords } from './edition-state.js';
import { workTables } from './status-page.js';

/** Days that the charts can show. The first is the default. */
export const PERIODS = ['30', '90', '365', 'all'] as const;
type Period = (typeof PERIODS)[number];

export interface Overview {
  readonly counts: CorpusCounts;
  readonly status: WebStatus;
  readonly period: Period;
  /** Ids of the configured topics and editions. */
  readonly topics: readonly string[];
  readonly editions: readonly string[];
  readonly corpus: ChartedCorpus;
  /** Articles of all topics by day, from {@link sparkSince} on. */
  readonly recent: readonly Omit<DayCount, 'topics'>[];
  readonly sparkSince: string;
  readonly byEdition: Readonly<Record<string, number>>;
  /** Articles that were edited after they were first seen. */
  readonly edited: number;
}

/** The state of the harvest at a glance, or what to do before anything is stored. */
export function overviewMain(overview: Overview): Content {
  const { status, corpus, counts } = overview;
  const { topic } = corpus;
  const isEmpty = Object.keys(counts.pages).length === 0;
  return [
    html`<h1>${topic === null ? 'How the harvest stands' : `How the harvest stands: ${topic}`}</h1>`,
    isEmpty ? beginning(status) : null,
    alarmBox(overview),
    isEmpty ? null : tiles(overview),
    html`<h2 id="editions">Editions</h2>`,
    editionTable(overview),
    isEmpty ? null : [html`<h2 id="charts">The corpus</h2>`, switches(overview), corpusCharts(corpus)],
    workTables(status, overview.editions),
  ];
}

/** What to do, or what comes next, while nothing is stored. */
function beginning({ queues, schedules = [] }: WebStatus): Markup {
  const nextAt = schedules.flatMap(({ name, nextAt }) => (name === FIRST_SCHEDULE && nextAt !== null ? [nextAt] : []));
  const next =
    crawlsUnderWay(queues) > 0
      ? 'The first crawl is under way. Open this page again to see what it has found.'
      : queues === null
        ? html`Start the service with <code>sputnik serve</code>, which crawls on schedule, or crawl once with
            <code>sputnik crawl</code>. The settings say which editions are read.`
        : html`${nextAt.length === 0 ? null : ['The schedule begins the first crawl at ', timeOf(nextAt[0] ?? null), '; ']}<code
              >sputnik crawl</code
            >
            begins one at once.`;
  return html`<div class="say">
    <p><strong>Nothing is stored yet.</strong> ${next}</p>
  </div>`;
}

/** The schedule that reads the newest articles. */
const FIRST_SCHEDULE = 'newest';

function crawlsUnderWay(queues: WebStatus['queues']): number {
  return (queues ?? []).reduce((sum, { name, active }) => sum + (['crawl', 'backfill'].includes(name) ? active : 0), 0);
}

/** What needs attention, or that all is well; null if neither can be said. */
function alarmBox({ counts, status, editions }: Overview): Content {
  const enabled = status.freshness.filter(({ topic, state }) => topic === null && state !== 'off');
  const sick = enabled.filter(({ state }) => state === 'unreachable' || state === 'late');
  const undelivered = status.notify?.undelivered.count ?? 0;
  const drifting = status.reading?.alarms ?? [];
  const points: Content[] = [
    ...sick.map((row) => [
      html`<a href="${hrefOf('/coverage', { edition: row.edition })}">${row.edition}</a>`,
      ' is ',
      stateWords(row),
      row.since === null ? null : [' since ', timeOf(row.since)],
    ]),
    status.queues === null
      ? html`No service is at work (Redis does not answer), so nothing new is read: <code>sputnik serve</code> starts
          one`
      : null,
    counts.quarantined === 0
      ? null
      : [
          html`<a href="/quarantine">${countOf(counts.quarantined, 'page')}</a>`,
          ' could not be read and wait in quarantine',
        ],
    undelivered === 0
      ? null
      : [html`<a href="/notifications">${countOf(undelivered, 'message')}</a>`, ' could not be delivered'],
    ...(status.notify?.troubles ?? []).map(({ step, since }) => [
      html`<a href="/notifications">Notifications</a>`,
      ` fail (${step}) since `,
      timeOf(since),
    ]),
    ...drifting.map(({ edition, field }) => [
      editionLink(edition, editions),
      `: the field “${wordsOf(field)}” is found on fewer pages than before`,
    ]),
  ].filter((point) => point !== null);
  if (points.length > 0) {
    const look = sick.some(({ state }) => state === 'unreachable') ? 'bad' : 'warn';
    return html`<div class="say ${look}">${listOf(points)}</div>`;
  }
  const well = enabled.filter(({ state }) => state === 'ok').length;
  const unread = enabled.length - well;
  const crawls = crawlsUnderWay(status.queues);
  if (well === 0) return null;
  return html`<div class="say">
    <p>
      All is well: ${countOf(well, 'edition')} of ${enabled.length} answer and publish as
      usual${unread === 0 ? '' : `, ${numberOf(unread)} ${unread === 1 ? 'was' : 'were'} never read so far`}.
      ${crawls === 0 ? null : `${countOf(crawls, 'crawl')} under way.`}
    </p>
  </div>`;
}

function tiles({ counts, edited }: Overview): Markup {
  const shown: (readonly [name: string, value: number, href: string])[] = [
    ['articles', counts.articles, hrefOf('/articles', { duplicates: 'near' })],
    ['exact duplicates', counts.duplicates, hrefOf('/articles', { duplicates: 'onlyExact' })],
    ['near duplicates', counts.nearDuplicates, hrefOf('/articles', { duplicates: 'onlyNear' })],
    ['edited', edited, hrefOf('/articles', { edited: 'yes', duplicates: 'all' })],
    ['withdrawn', counts.gone, hrefOf('/articles', { gone: 'yes', duplicates: 'all' })],
    ['in quarantine', counts.quarantined, '/quarantine'],
  ];
  return html`<ul class="tiles">
    ${shown.map(
      ([name, value, href]) =>
        html`<li>
          <a href="${href}"><b>${numberOf(value)}</b><span>${name}</span></a>
        </li>`,
    )}
  </ul>`;
}

function editionTable({ counts, status, recent, sparkSince, byEdition, corpus }: Overview): Content {
  const rows = status.freshness.filter(({ topic, state }) => topic === null && state !== 'off');
  const off = wordsOfOff(status.freshness);
  const days = binDays(sparkSince, corpus.until, 1).length;
  return [
    tableOf({
      caption: 'Each edition and how it stands',
      heads: [
        ...['Edition', 'State', 'Since (UTC)', 'Last answer (UTC)', 'Newest article (UTC)'],
        ...['Usual gap', 'Per day (30 days)', 'Articles'],
      ],
      numbers: [7],
      rows: rows.map((row) => [
        html`<a href="${hrefOf('/coverage', { edition: row.edition })}">${row.edition}</a>`,
        stateView(row),
        row.since === null ? '' : shortTime(row.since),
        instantOrNever(row.lastAnsweredAt ?? lastReadOf(row)),
        instantOrNever(row.newestPublishedAt),
        row.usualGapMs === null ? '' : spanOf(row.usualGapMs / 1000),
        sparkOf({
          ...row,
          recent,
          days,
          since: sparkSince,
          until: corpus.until,
          isOfArticles: (byEdition[row.edition] ?? 0) > 0,
        }),
        storedOf(row.edition, byEdition[row.edition] ?? 0, counts.pages[row.edition]?.stored ?? 0),
      ]),
    }),
    off === '' ? null : html`<p class="meta">Off: ${withCode(off)}</p>`,
  ];
}

/** An edition whose texts are all renditions has no articles of its own; its link leads to its pages. */
function storedOf(edition: string, articles: number, pages: number): Content {
  if (articles > 0 || pages === 0) {
    return html`<a href="${hrefOf('/articles', { edition, duplicates: 'all' })}">${numberOf(articles)}</a>`;
  }
  return html`<a href="${hrefOf('/pages', { edition, state: 'stored' })}">${countOf(pages, 'rendition')}</a>`;
}

function instantOrNever(instant: string | null): Content {
  return instant === null ? html`<span class="soft">never</span>` : shortTime(instant);
}

function sparkOf({ edition, recent, days, since, until, isOfArticles }: Spark): Content {
  const counts = Array.from({ length: days }, () => 0);
  for (const row of recent) {
    if (row.edition !== edition) continue;
    const at = binOf(since, row.day, 1);
    if (at >= 0 && at < days) counts[at] = (counts[at] ?? 0) + row.articles;
  }
  const drawing = sparkline(counts, sparkWords(counts));
  if (drawing === null) return html`<span class="soft">none</span>`;
  const most = html`<span class="soft" aria-hidden="true">max ${Math.max(...counts)}</span>`;
  if (!isOfArticles) return [drawing, most];
  return [html`<a href="${hrefOf('/articles', { edition, since, until, duplicates: 'all' })}">${drawing}</a>`, most];
}

interface Spark extends Pick<Overview, 'recent'> {
  readonly edition: string;
  readonly days: number;
  readonly since: string;
  readonly until: string;
  /** Whether it shows articles; renditions have no list by days to link to. */
  readonly isOfArticles: boolean;
}

function switches({ period, topics, corpus }: Overview): Markup {
  const { topic } = corpus;
  const asked = (days: Period, of: string | null): string =>
    hrefOf('/', { days: days === '30' ? null : days, topic: of });
  const spans = PERIODS.map((days) =>
    switchLink(days === 'all' ? 'all' : `${days} days`, days === period, asked(days, topic)),
  );
  const subjects = [null, ...topics].map((id) => switchLink(id ?? 'all topics', id === topic, asked(period, id)));
  return html`<div class="switches">
    <p class="meta">Time: ${separated(spans)}</p>
    <p class="meta">Topics: ${separated(subjects)}</p>
  </div>`;
}
