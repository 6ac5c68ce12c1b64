import type { Article } from '../../domain/article.js';
import type { DelayedArticle } from '../../store/catalogue/delay-queries.js';
import type { ListedPage } from '../../store/catalogue/coverage-queries.js';
import type { PageFilters } from '../../store/catalogue/listed-pages.js';
import { dayAfter } from '../charts/bin-days.js';
import {
  countOf,
  nextLink,
  numberOf,
  separated,
  shortTime,
  spanOf,
  tableOf,
  textOf,
  timeOf,
  wordsOf,
} from '../markup/elements.js';
import { type Content, hrefOf, html, type Markup } from '../markup/html.js';
import type { CapturedAnswer } from '../../captures/scan-captures.js';
import type { PageStory } from '../../store/catalogue/page-queries.js';
import { captureLinks, outsideLink } from './article-facts.js';
import { editionLink } from './edition-state.js';
import { type EndState, splitKey } from '../../domain/page.js';

/** Stands in a URL for pages without a known reason. */
export const NO_REASON = '-';

/** Pages of an edition, and their number. */
export interface PagesView {
  readonly filters: PageFilters;
  readonly total: number;
  readonly pages: readonly ListedPage[];
  readonly next: string | null;
}

/** The pages of an edition in one state, of one day or of all days. */
export function pagesMain({ filters, total, pages, next }: PagesView): Content {
  const { edition, state, day, route, topic, fetched, reason } = filters;
  const chosen = [
    route === undefined ? null : `announced by ${route}`,
    topic === undefined ? null : `on the topic ${topic}`,
    fetched === undefined ? null : fetched ? 'answered at least once' : 'never answered',
    reason === undefined ? null : reason === null ? 'without a reason' : `reason ${wordsOf(reason)}`,
  ];
  return [
    html`<h1>Pages${state === undefined ? null : `: ${wordsOf(state)}`}</h1>`,
    html`<p class="meta">
      ${separated([
        html`<a href="${hrefOf('/coverage', { edition })}">${edition}</a>`,
        day === undefined ? null : html`<a href="/coverage/${edition}/${day}">${day}</a>`,
        ...chosen,
      ])}
    </p>`,
    html`<p class="meta" role="status">
      ${total === 0 ? `No page of ${edition} is in this list.` : countOf(total, 'page')}${
        day === undefined && total > 1 ? ', the latest day in their URLs first' : ''
      }
    </p>`,
    pages.length === 0 ? null : pageList('Pages with their end states', pages),
    nextLink(next),
  ];
}

/** Articles by the delay between publication and first sight. */
export interface DelaysView {
  readonly first: string;
  readonly days: number;
  readonly total: number;
  readonly delayed: readonly (DelayedArticle & { readonly article: Article | null })[];
  readonly next: string | null;
}

/** The articles that were first seen within some days, the longest delay first. */
export function delaysMain({ first, days, total, delayed, next }: DelaysView): Content {
  const time = days === 1 ? 'on this day' : `within these ${days} days`;
  return [
    html`<h1>From publication to storing: ${first}${days === 1 ? '' : ` to ${dayAfter(first, days - 1)}`}</h1>`,
    html`<p class="meta">
      Articles that were first seen ${time} (UTC), the longest delay first, without those that were more than a week old
      then.
    </p>`,
    html`<p class="meta" role="status">
      ${total === 0 ? `No article was first seen ${time} within a week of its publication.` : countOf(total, 'article')}
    </p>`,
    delayed.length === 0
      ? null
      : tableOf({
          caption: 'Articles by their delay',
          heads: ['Article', 'Edition', 'Published (UTC)', 'First seen (UTC)', 'Delay'],
          sentences: [0],
          numbers: [4],
          rows: delayed.map(({ key, article, seconds, firstSeenAt }) => [
            article === null
              ? key
              : html`<bdi lang="${article.language}"><a href="/articles/${key}">${textOf(article.title)}</a></bdi>`,
            article?.edition ?? '',
            article?.publishedAt ? shortTime(article.publishedAt) : '',
            shortTime(firstSeenAt),
            spanOf(seconds),
          ]),
        }),
    nextLink(next),
  ];
}

/** One page with its fetches, newest first. */
export interface PageHistoryView {
  readonly pageId: string;
  readonly edition: string;
  readonly story: PageStory;
  /** The fetches of this page of the list, newest first. */
  readonly fetches: readonly (PageStory['captures'][number] & CapturedAnswer)[];
  readonly next: string | null;
  /** Ids of the configured editions. */
  readonly configured: readonly string[];
}

/** The history of one page: the lists that announced it, and the result of each fetch. */
export function pageHistoryMain({ pageId, edition, story, fetches, next, configured }: PageHistoryView): Content {
  const { url, endState, reason, foundBy, captures, articleKey, hasRecord } = story;
  return [
    html`<h1>Page ${pageId}</h1>`,
    html`<p class="meta">
      ${separated([
        editionLink(edition, configured),
        outsideLink(url, 'the agency’s page'),
        hasRecord ? html`<a href="/articles/${articleKey}">the article</a>` : null,
      ])}
    </p>`,
    html`<p class="meta">
      <span class="chip">${wordsOf(endState)}</span> ${reason === null ? null : wordsOf(reason)}
    </p>`,
    html`<h2 id="found">Found by</h2>`,
    foundBy.length === 0
      ? html`<p class="none">No list: its URL was given, or the page was ingested.</p>`
      : tableOf({
          caption: 'Lists that announced the page',
          heads: ['List', 'Kind', 'Topic', 'First seen (UTC)', 'Last seen (UTC)'],
          sentences: [0],
          rows: foundBy.map(({ route, topic, list, firstSeenAt, lastSeenAt }) => [
            outsideLink(list, textOf(list)),
            route,
            topic ?? '',
            shortTime(firstSeenAt),
            shortTime(lastSeenAt),
          ]),
        }),
    html`<h2 id="fetches">Fetches</h2>`,
    captures.length === 0
      ? html`<p class="none">No attempt has ended yet.</p>`
      : [
          html`<p class="meta">
            ${countOf(captures.length, 'fetch', 'fetches')}${captures.length === 1 ? '' : ', the newest first'}. A fetch
            without an answer lists its attempts.
          </p>`,
          tableOf({ caption: 'Fetches of the page', heads: HEADS, sentences: [2], rows: fetches.map(fetchCells) }),
        ],
    nextLink(next, 'Earlier fetches'),
  ];
}

const HEADS = ['Fetched (UTC)', 'Status', 'Answer', 'Outcome', 'Capture'];

function fetchCells({
  fetchedAt,
  status,
  kind,
  reason,
  onTopic,
  outcome,
  tries,
  file,
  offset,
}: PageHistoryView['fetches'][number]): Content[] {
  const told = [
    wordsOf(kind),
    reason === null ? null : wordsOf(reason),
    onTopic === false && kind === 'article' ? 'off topic' : null,
  ];
  return [
    shortTime(fetchedAt),
    status === null || status === 0 ? '' : String(status),
    [
      separated(told),
      tries.length < 2
        ? null
        : html`<br /><span class="soft"
              >${numberOf(tries.length)} attempts:
              ${separated(
                tries.map(({ at, reason: why }) => [timeOf(at), ' ', wordsOf(why)]),
                ', ',
              )}</span
            >`,
    ],
    outcome === null ? '' : html`<span class="chip ${outcome === 'failed' ? 'bad' : ''}">${wordsOf(outcome)}</span>`,
    captureLinks({ file, offset }, false),
  ];
}

/** @returns the link to one page of the list of fetches. */
export function historyHref(pageId: string, page: number): string {
  return hrefOf(`/pages/${pageId}`, { page: page === 1 ? null : page });
}

/** States that may still become better. */
export const OPEN_STATES: readonly EndState[] = ['pending', 'unreachable', 'quarantined'];

/** Pages with their end states. A stored page links to its article. */
export function pageList(caption: string, pages: readonly ListedPage[]): Content {
  return tableOf({
    caption,
    heads: ['Page', 'State', 'Reason', 'Last fetched (UTC)'],
    isStacked: true,
    rows: pages.map(({ pageId, family, url, endState, reason, lastFetchedAt }) => [
      pageLink({ pageId, family, url }, endState === 'stored'),
      html`<span class="chip ${OPEN_STATES.includes(endState) ? 'warn' : ''}">${wordsOf(endState)}</span>`,
      wordsOf(reason ?? ''),
      lastFetchedAt === null ? '' : html`<a href="${fetchesHref(pageId)}">${shortTime(lastFetchedAt)}</a>`,
    ]),
  });
}

/** Link to the fetches of one page, beside its number of attempts, which also counts attempts to read what was fetched. */
export function fetchesLink(pageId: string): Markup {
  return html`<a href="${fetchesHref(pageId)}" aria-label="Log of the fetches of ${pageId}">log</a>`;
}

function fetchesHref(pageId: string): string {
  return `/pages/${pageId}#fetches`;
}

/** The id of a page, with a link to its article if that is stored, otherwise to the site. */
export function pageLink(
  { pageId, family, url }: Pick<ListedPage, 'pageId' | 'family' | 'url'>,
  isStored: boolean,
): Markup {
  return isStored ? html`<a href="/articles/${family}/${splitKey(pageId)[1]}">${pageId}</a>` : outsideLink(url, pageId);
}
