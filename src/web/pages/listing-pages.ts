import type { Article } from '../../domain/article.js';
import type { DelayedArticle } from '../../store/catalogue/delay-queries.js';
import type { ListedPage } from '../../store/catalogue/coverage-queries.js';
import type { PageFilters } from '../../store/catalogue/listed-pages.js';
import { dayAfter } from '../charts/bin-days.js';
import { countOf, nextLink, separated, shortTime, spanOf, tableOf, textOf, wordsOf } from '../markup/elements.js';
import { hrefOf, html, type Content } from '../markup/html.js';
import { pageList } from './page-list.js';

/** In place of a reason, in a URL: that none is noted. */
export const NO_REASON = '-';

/** Pages of an edition, and how many there are of them. */
export interface PagesView {
  readonly filters: PageFilters;
  readonly total: number;
  readonly pages: readonly ListedPage[];
  readonly next: string | null;
}

/** The pages of an edition by what became of them, of one day or of all. */
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
      ${total === 0 ? `No page of ${edition} stands so.` : countOf(total, 'page')}${
        day === undefined && total > 1 ? ', the latest day in their URLs first' : ''
      }
    </p>`,
    pages.length === 0 ? null : pageList('Pages with what became of them', pages),
    nextLink(next),
  ];
}

/** Articles by how long after their publication they were first seen. */
export interface DelaysView {
  readonly first: string;
  readonly days: number;
  readonly total: number;
  readonly delayed: readonly (DelayedArticle & { readonly article: Article | null })[];
  readonly next: string | null;
}

/** The articles that were first seen within some days, those first that took longest. */
export function delaysMain({ first, days, total, delayed, next }: DelaysView): Content {
  const time = days === 1 ? 'on this day' : `within these ${days} days`;
  return [
    html`<h1>From publication to storing: ${first}${days === 1 ? '' : ` to ${dayAfter(first, days - 1)}`}</h1>`,
    html`<p class="meta">
      Articles that were first seen ${time} (UTC), the longest delay first; those that were older than a week then are
      left out.
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
