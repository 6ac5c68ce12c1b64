import type { Article } from '../../domain/article.js';
import type { EndState } from '../../domain/page.js';
import type { DelayedArticle } from '../../store/catalogue/corpus-views.js';
import type { ListedPage } from '../../store/catalogue/coverage-queries.js';
import { nextLink, shortTime, spanOf, tableOf, textOf, wordsOf } from '../markup/elements.js';
import { hrefOf, html, type Content } from '../markup/html.js';
import { pageList } from './page-list.js';

/** The pages of an edition that came to one end, of one day or of all. */
export function pagesMain({
  edition,
  state,
  day,
  pages,
  next,
}: {
  readonly edition: string;
  readonly state: EndState;
  readonly day?: string | undefined;
  readonly pages: readonly ListedPage[];
  readonly next: string | null;
}): Content {
  return [
    html`<h1>Pages: ${wordsOf(state)}</h1>`,
    html`<p class="meta">
      <a href="${hrefOf('/coverage', { edition })}">${edition}</a
      >${day === undefined ? ', the latest day in their URLs first' : html`, <a href="/coverage/${edition}/${day}">${day}</a>`}
    </p>`,
    pages.length === 0
      ? html`<p class="none">No page of ${edition} stands so.</p>`
      : pageList('Pages that came to this end', pages),
    nextLink(next),
  ];
}

/** The articles that were first seen on a day, those first that took longest. */
export function delaysMain({
  day,
  delayed,
  next,
}: {
  readonly day: string;
  readonly delayed: readonly (DelayedArticle & { readonly article: Article | null })[];
  readonly next: string | null;
}): Content {
  return [
    html`<h1>From publication to storing: ${day}</h1>`,
    html`<p class="meta">
      Articles that were first seen on this day (UTC), the longest delay first; those that were older than a week then
      are left out.
    </p>`,
    delayed.length === 0
      ? html`<p class="none">No article was first seen on this day within a week of its publication.</p>`
      : tableOf({
          caption: 'Articles by their delay',
          heads: ['Article', 'Edition', 'Published (UTC)', 'First seen (UTC)', 'Delay'],
          sentences: [0],
          numbers: [4],
          rows: delayed.map(({ key, article, seconds, firstSeenAt }) => [
            html`<bdi lang="${article?.language ?? 'en'}"
              ><a href="/articles/${key}">${article === null ? key : textOf(article.title)}</a></bdi
            >`,
            article?.edition ?? '',
            article?.publishedAt ? shortTime(article.publishedAt) : '',
            shortTime(firstSeenAt),
            spanOf(seconds),
          ]),
        }),
    nextLink(next),
  ];
}
