import type { EndState } from '../../domain/page.js';
import type { DayPages } from '../../store/catalogue/corpus-views.js';
import type { LedgerDay, ListedPage } from '../../store/catalogue/coverage-queries.js';
import { dayAfter } from '../charts/bin-days.js';
import {
  countOf,
  headOf,
  linkedCount,
  nextLink,
  numberOf,
  saidBox,
  separated,
  switchLink,
  tableOf,
  timeOf,
  wordsOf,
} from '../markup/elements.js';
import { hrefOf, html, type Content, type Markup } from '../markup/html.js';
import type { ListDays } from '../sources/views.js';
import { NO_REASON, OPEN_STATES, pageList } from './listing-pages.js';

/** The state of a day: every page has a good end state; something is missing; no list of it was read completely; no page has this day in its URL. */
type DayState = 'complete' | 'gap' | 'unread' | 'nothing' | 'future';

const WORDS: Readonly<Record<DayState, string>> = {
  complete: 'complete',
  gap: 'gap',
  unread: 'never read whole',
  nothing: 'nothing published',
  future: 'not yet',
};
/** The first and the last year that the pages show. */
export const COVERED_YEARS = [1970, 2099] as const;

export function isCovered(day: string): boolean {
  const [first, last] = COVERED_YEARS;
  return Number(day.slice(0, 4)) >= first && Number(day.slice(0, 4)) <= last;
}

interface CoverageYear {
  readonly edition: string;
  readonly year: number;
  /** `YYYY-MM-DD`, UTC. */
  readonly today: string;
  readonly firstYear: number;
  readonly editions: readonly string[];
  /** Editions without any known page. */
  readonly unknownEditions: readonly string[];
  readonly pages: readonly DayPages[];
  /** Days with a page that has no good end state, or shows no article although one was announced. */
  readonly gapDays: ReadonlySet<string>;
  /** Null: it is not known what the lists said. */
  readonly lists: ListDays | null;
}

/** A year of one edition, day by day. */
export function coverageMain(coverage: CoverageYear): Content {
  const { edition, year, editions, unknownEditions, firstYear, today } = coverage;
  const days = daysOfYear(coverage);
  const counts = (state: DayState): number => days.filter((day) => day.state === state).length;
  const years = Array.from({ length: Math.max(1, Number(today.slice(0, 4)) - firstYear + 1) }, (_, n) => firstYear + n);
  const links = (ids: readonly string[]): Content =>
    separated(ids.map((id) => switchLink(id, id === edition, hrefOf('/coverage', { edition: id, year }))));
  return [
    html`<h1>Coverage: ${edition}, ${year}</h1>`,
    editions.length === 0 ? null : html`<p class="meta">Editions: ${links(editions)}</p>`,
    unknownEditions.length === 0
      ? null
      : html`<details>
          <summary>${countOf(unknownEditions.length, 'edition')} without any known page</summary>
          <p class="meta">${links(unknownEditions)}</p>
        </details>`,
    html`<p class="meta">
      Years:
      ${separated(years.map((one) => switchLink(String(one), one === year, hrefOf('/coverage', { edition, year: one }))))}
    </p>`,
    editions.includes(edition)
      ? null
      : html`<div class="say warn">
          <p>Nothing of ${edition} has been read yet. The <a href="/">overview</a> says what to do.</p>
        </div>`,
    html`<ul class="key days-key">
      ${(['complete', 'gap', 'unread', 'nothing'] as const).map((state) => html`<li class="day-${state}">${WORDS[state]}: ${countOf(counts(state), 'day')}</li>`)}
    </ul>`,
    gapLine(days),
    html`<div class="months">${monthsOf(days, edition)}</div>`,
  ];
}

/** Days with a gap that are named above the calendar, the newest ones. */
const GAPS_NAMED_MAX = 20;

/** Names the days with a gap, so that nobody has to look for them in the calendar. */
function gapLine(days: readonly CalendarDay[]): Markup {
  const gaps = days.filter(({ state }) => state === 'gap').reverse();
  const named = gaps
    .slice(0, GAPS_NAMED_MAX)
    .map(({ day }) => html`<a href="#${day}"><time datetime="${day}">${day}</time></a>`);
  const left = gaps.length - named.length;
  return html`${
      gaps.length === 0
        ? null
        : html`<p class="meta">
            Days with a gap, the newest first:
            ${separated(named)}${left === 0 ? '' : `, and ${countOf(left, 'earlier one')}`}
          </p>`
    }
    <p class="meta">The days are those in the URLs of the pages, in the time zone of the edition.</p>`;
}

interface CalendarDay {
  readonly day: string;
  readonly state: DayState;
  readonly words: string;
}

function daysOfYear({ year, today, pages, gapDays, lists }: CoverageYear): CalendarDay[] {
  const known = new Map<string, Map<EndState, number>>();
  for (const { day, state, pages: count } of pages) {
    const states = known.get(day) ?? new Map<EndState, number>();
    known.set(day, states.set(state, count));
  }
  const gaps = new Set(lists?.gaps.map(({ day }) => day) ?? []);
  const unread = new Set(lists?.unreadDays ?? []);
  const days: CalendarDay[] = [];
  for (let day = `${year}-01-01`; day.startsWith(String(year)); day = dayAfter(day, 1)) {
    const states = known.get(day) ?? new Map<EndState, number>();
    const all = sumOf([...states.values()]);
    const open = sumOf(OPEN_STATES.map((state) => states.get(state) ?? 0));
    const state: DayState =
      day > today
        ? 'future'
        : gaps.has(day) || open > 0 || gapDays.has(day)
          ? 'gap'
          : unread.has(day)
            ? 'unread'
            : all > 0
              ? 'complete'
              : 'nothing';
    const told = [
      all === 0 ? null : `${countOf(all, 'page')}, ${numberOf(states.get('stored') ?? 0)} stored`,
      open === 0 ? null : `${numberOf(open)} without a good end`,
      gaps.has(day) ? 'a list could not be had' : null,
    ];
    days.push({ day, state, words: [WORDS[state], ...told.filter((one) => one !== null)].join('; ') });
  }
  return days;
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

const MONTHS = new Intl.DateTimeFormat('en-GB', { month: 'long', timeZone: 'UTC' });
const WEEK_DAYS = 7;
const WEEKDAYS = ['M', 'T', 'W', 'T', 'F', 'S', 'S'];

function monthsOf(days: readonly CalendarDay[], edition: string): Markup[] {
  const names = [...new Set(days.map(({ day }) => day.slice(0, 7)))];
  return names.map((month) => {
    const own = days.filter(({ day }) => day.startsWith(month));
    const first = new Date(`${month}-01`);
    const blank = (first.getUTCDay() + WEEK_DAYS - 1) % WEEK_DAYS;
    const name = MONTHS.format(first);
    return html`<section aria-label="${name}">
      <h2>${name}</h2>
      <p class="weekdays" aria-hidden="true">${WEEKDAYS.map((letter) => html`<span>${letter}</span>`)}</p>
      <ol class="days">
        ${own.map(({ day, state, words }, index) => {
          const place = index === 0 ? ` from-${blank + 1}` : '';
          const number = Number(day.slice(8));
          return state === 'future'
            ? html`<li class="day-${state}${place}"><span>${number}</span></li>`
            : html`<li class="day-${state}${place}" ${state === 'gap' ? html` id="${day}"` : null}>
                <a href="/coverage/${edition}/${day}" title="${words}" aria-label="${number} ${name}: ${words}"
                  >${number}</a
                >
              </li>`;
        })}
      </ol>
    </section>`;
  });
}

interface CoverageDay {
  readonly edition: string;
  readonly day: string;
  readonly today: string;
  /** Whether any page of the edition is known. */
  readonly isRead: boolean;
  /** All pages first, then each topic. */
  readonly ledger: readonly LedgerDay[];
  readonly pages: readonly ListedPage[];
  /** Whether these are all pages. */
  readonly isWhole: boolean;
  readonly lists: ListDays | null;
  /** The secret word for the form; null: there is no form. */
  readonly word: string | null;
  readonly said: string | null;
}

/** The ledger of one day: which lists announced its pages, and how the pages ended. */
export function coverageDayMain(shown: CoverageDay): Content {
  const { edition, day, ledger, pages, isWhole, said } = shown;
  const [before, after] = [dayAfter(day, -1), dayAfter(day, 1)];
  return [
    html`<h1>Coverage: ${edition}, ${day}</h1>`,
    html`<nav class="pages" aria-label="Days">
      ${isCovered(before) ? html`<a rel="prev" href="/coverage/${edition}/${before}">← ${before}</a>` : null}
      ${isCovered(after) ? html`<a rel="next" href="/coverage/${edition}/${after}">${after} →</a>` : null}
      <a href="${hrefOf('/coverage', { edition, year: day.slice(0, 4) })}">The year ${day.slice(0, 4)}</a>
    </nav>`,
    saidBox(said),
    gapBox(shown),
    ledger.length === 0 ? html`<p class="none">No page of this day is known.</p>` : ledgerTable(shown),
    pages.length === 0
      ? null
      : [
          html`<h2 id="pages">Pages</h2>`,
          pageList('Pages of the day with their end states', pages),
          isWhole ? null : nextLink(hrefOf('/pages', { edition, day }), 'All pages of the day'),
        ],
  ];
}

function gapBox({ edition, day, today, isRead, ledger, lists, word }: CoverageDay): Content {
  const listGaps = lists?.gaps ?? [];
  const pageGaps = Object.entries(ledger.find(({ topic }) => topic === null)?.gaps ?? {});
  const isUnread = lists?.unreadDays.includes(day) ?? false;
  if (listGaps.length + pageGaps.length === 0 && !isUnread) {
    if (!isRead) {
      return html`<div class="say warn">
        <p>Nothing of this edition has been read yet. The <a href="/">overview</a> says what to do.</p>
      </div>`;
    }
    return html`<div class="say">
      <p>
        ${day < today ? 'Nothing is missing of this day.' : 'The day is not over. So far nothing of it is missing.'}
      </p>
    </div>`;
  }
  return html`<div class="say warn">
    <div>
      <ul>
        ${isUnread ? html`<li>No complete list of this day was read after the day ended.</li>` : null}
        ${listGaps.map(({ route, reason, failedAt }) => html`<li>${route === 'robots' ? 'robots.txt' : `The list by ${route}`} could not be had: ${wordsOf(reason)}, ${timeOf(failedAt)}</li>`)}
        ${pageGaps.map(([gap, count]) => html`<li>${gapLink({ edition, day }, gap, count)}</li>`)}
      </ul>
      ${
        word === null
          ? html`<p class="meta">To fill it, use <code>sputnik coverage --fill</code>.</p>`
          : html`<form method="post" action="/coverage/${edition}/${day}/fill">
              <input type="hidden" name="word" value="${word}" /><button>Fill this day</button>
            </form>`
      }
    </div>
  </div>`;
}

/** @param gap  End state and, if one is known, the reason: `quarantined: extract.timeout`. */
function gapLink(where: Pick<CoverageDay, 'edition' | 'day'>, gap: string, count: number): Content {
  const [state = '', ...reason] = gap.split(': ');
  const href = hrefOf('/pages', { ...where, state, reason: reason.length === 0 ? NO_REASON : reason.join(': ') });
  return [
    html`<a href="${href}">${countOf(count, 'page')}</a>`,
    ` ${wordsOf(state)}`,
    reason.length === 0 ? '' : `: ${reason.join(': ')}`,
  ];
}

/** Each number links to the pages that it counts. */
function ledgerTable({ edition, day, ledger }: CoverageDay): Content {
  const routes = Object.keys(ledger[0]?.announced ?? {});
  const states = Object.keys(ledger[0]?.endStates ?? {});
  return tableOf({
    caption: 'Pages of the day, by the kind of list that announced them and by end state',
    isCaptionHidden: false,
    heads: ['Topic', 'Pages', ...routes.map((route) => `By ${route}`), 'Fetched', ...states.map(headOf)],
    numbers: Array.from({ length: routes.length + states.length + 2 }, (_, column) => column + 1),
    rows: ledger.map(({ topic, pages, announced, fetched, endStates }) => {
      const linked = (count: number, more: object): Content =>
        linkedCount(count, hrefOf('/pages', { edition, day, topic, ...more }));
      return [
        topic ?? 'all',
        linked(pages, {}),
        ...Object.entries(announced).map(([route, count]) => linked(count, { route })),
        linked(fetched, { fetched: 'yes' }),
        ...Object.entries(endStates).map(([state, count]) => linked(count, { state })),
      ];
    }),
  });
}
