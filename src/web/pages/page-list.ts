import { splitKey, type EndState } from '../../domain/page.js';
import type { ListedPage } from '../../store/catalogue/coverage-queries.js';
import { shortTime, tableOf, wordsOf } from '../markup/elements.js';
import { html, type Content, type Markup } from '../markup/html.js';
import { outsideLink } from './article-facts.js';

/** Of which something better may still come. */
export const OPEN_STATES: readonly EndState[] = ['pending', 'unreachable', 'quarantined'];

/** Pages with what became of them; a stored one leads to its article. */
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

/** To the fetches of one page, beside a number of attempts: those to read what came are counted too, of which there is no list. */
export function fetchesLink(pageId: string): Markup {
  return html`<a href="${fetchesHref(pageId)}" aria-label="Log of the fetches of ${pageId}">log</a>`;
}

function fetchesHref(pageId: string): string {
  return `/pages/${pageId}#fetches`;
}

/** A page by its id: it leads to its article where one is stored, else to the site. */
export function pageLink(
  { pageId, family, url }: Pick<ListedPage, 'pageId' | 'family' | 'url'>,
  isStored: boolean,
): Markup {
  return isStored ? html`<a href="/articles/${family}/${splitKey(pageId)[1]}">${pageId}</a>` : outsideLink(url, pageId);
}
