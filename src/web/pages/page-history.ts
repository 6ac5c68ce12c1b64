import type { CapturedAnswer } from '../../captures/scan-captures.js';
import type { PageStory } from '../../store/catalogue/page-queries.js';
import {
  countOf,
  nextLink,
  numberOf,
  separated,
  shortTime,
  tableOf,
  textOf,
  timeOf,
  wordsOf,
} from '../markup/elements.js';
import { hrefOf, html, type Content } from '../markup/html.js';
import { outsideLink } from './article-facts.js';
import { editionLink } from './edition-state.js';

/** One page with its fetches, newest first. */
export interface PageHistoryView {
  readonly pageId: string;
  readonly edition: string;
  readonly story: PageStory;
  /** Those that are shown, newest first. */
  readonly fetches: readonly (PageStory['captures'][number] & CapturedAnswer)[];
  readonly next: string | null;
  /** Ids of the configured editions. */
  readonly configured: readonly string[];
}

/** Everything that was done about one page: by which lists it was found, and what each fetch came to. */
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
      ? html`<p class="none">No list: it was asked for by name, or ingested.</p>`
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
            ${countOf(captures.length, 'fetch', 'fetches')}${captures.length === 1 ? '' : ', the newest first'}. One
            without an answer lists its attempts.
          </p>`,
          tableOf({ caption: 'Fetches of the page', heads: HEADS, sentences: [2], rows: fetches.map(fetchCells) }),
        ],
    nextLink(next, 'Earlier fetches'),
  ];
}

const HEADS = ['Fetched (UTC)', 'Status', 'What came', 'Came to', 'Capture'];

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
    html`<a href="/captures/${file.split('/').at(-1) ?? ''}/${offset}.warc.gz" aria-label="WARC record at ${offset}"
      >WARC</a
    >`,
  ];
}

/** @returns the link to a page's fetches from the `page`-th hundred on. */
export function historyHref(pageId: string, page: number): string {
  return hrefOf(`/pages/${pageId}`, { page: page === 1 ? null : page });
}
