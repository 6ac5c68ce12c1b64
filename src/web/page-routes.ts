import { z } from 'zod';
import type { ArticleKey } from '../domain/page.js';
import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';
import type { Answer, Route } from './answer.js';
import { matchPath } from './api-operation.js';
import { readableArticle, readArticlePage } from './article-page.js';
import { articleMain } from './article-view.js';
import { html, type Content } from './html.js';
import { pageAnswer } from './layout.js';
import { listOf, textOf } from './list-view.js';
import { PARAMETERS, readParameters } from './parameters.js';
import { STYLE } from './style.js';
import type { WebSources } from './web-sources.js';

const newestQuery = z.object({ topic: PARAMETERS.topic, cursor: PARAMETERS.cursor });
const searchQuery = z.object({ q: z.string().max(500).default('') });
const PER_PAGE = 30;

/** `/`, `/articles/{family}/{articleId}`, `/search`, `/status` and the style sheet: pages without scripts. */
export function pageRoutes(sources: WebSources): Route {
  return async ({ path, query }) => {
    if (path === '/style.css')
      return { status: 200, contentType: 'text/css; charset=utf-8', body: STYLE, revalidates: true };
    const parts = matchPath('/articles/{family}/{articleId}', path);
    if (!['/', '/search', '/status'].includes(path) && parts === null) return null;
    const reader = sources.catalogue.reader();
    if (reader === null)
      return pageAnswer(
        503,
        'Nothing yet',
        html`<h1>Nothing is stored yet</h1>
          <p>Run <code>sputnik crawl</code> first.</p>`,
      );
    if (path === '/') return newestPage(reader, query, sources);
    if (path === '/search') return searchPage(reader, query);
    if (path === '/status') return statusPage(reader, sources);
    return articlePage(reader, `${parts?.['family'] ?? ''}/${parts?.['articleId'] ?? ''}`);
  };
}

function newestPage(reader: CatalogueQueries, query: URLSearchParams, { topics }: WebSources): Answer {
  const { topic, cursor } = readParameters(newestQuery, query);
  const { articles, nextCursor } = readArticlePage(reader, topic === undefined ? {} : { topic }, cursor, PER_PAGE);
  const links = topics.map((id) => html` <a href="/?topic=${encodeURIComponent(id)}">${id}</a>`);
  const more = new URLSearchParams({ ...(topic === undefined ? {} : { topic }), cursor: nextCursor ?? '' });
  return pageAnswer(
    200,
    topic ?? 'Newest',
    html`<h1>${topic === undefined ? 'Newest articles' : `Newest on ${topic}`}</h1>
      <p class="meta">Topics: <a href="/">all</a>${links}</p>
      ${listOf(articles)}
      ${nextCursor === null ? null : html`<p><a rel="next" href="/?${more.toString()}">Older articles</a></p>`}`,
  );
}

function searchPage(reader: CatalogueQueries, query: URLSearchParams): Answer {
  const { q } = readParameters(searchQuery, query);
  const articles =
    q.trim() === '' ? [] : reader.search(q, { limit: PER_PAGE }).flatMap((key) => readableArticle(reader, key) ?? []);
  return pageAnswer(
    200,
    'Search',
    html`<h1>Search</h1>
      <form action="/search" role="search">
        <input type="search" name="q" value="${q}" aria-label="Words, in any script" dir="auto" /><button>
          Search
        </button>
      </form>
      ${
        q.trim() === ''
          ? null
          : html`<p class="meta">
                ${articles.length === 0 ? 'Nothing found.' : `${articles.length} found, newest first`}
              </p>
              ${listOf(articles)}`
      }`,
  );
}

async function statusPage(reader: CatalogueQueries, { status }: WebSources): Promise<Answer> {
  const counts = reader.counts();
  const { queues } = await status();
  const sums: [string, number][] = [
    ['Articles', counts.articles],
    ['Exact duplicates', counts.duplicates],
    ['Near duplicates', counts.nearDuplicates],
    ['Renditions', counts.renditions],
    ['Earlier states', counts.revisions],
    ['Withdrawn', counts.gone],
    ['Waiting in quarantine', counts.quarantined],
    ...(queues ?? []).map(({ name, waiting, active }): [string, number] => [`Queue ${name}`, waiting + active]),
  ];
  const fresh = reader
    .freshness()
    .map(({ edition, topic, newestPublishedAt, lastAnsweredAt }) => [
      edition,
      topic ?? 'all',
      (newestPublishedAt ?? '').replace('T', ' '),
      (lastAnsweredAt ?? '').replace('T', ' '),
    ]);
  return pageAnswer(
    200,
    'Status',
    html`<h1>Status</h1>
      ${queues === null ? html`<p>No service is at work: Redis does not answer.</p>` : null}
      <table>
        <tbody>
          ${sums.map(
            ([name, value]) =>
              html`<tr>
                <th scope="row">${name}</th>
                <td class="n">${value}</td>
              </tr>`,
          )}
        </tbody>
      </table>
      <h2>How recent</h2>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>Edition</th>
              <th>Topic</th>
              <th>Newest publication</th>
              <th>Last answer</th>
            </tr>
          </thead>
          <tbody>
            ${fresh.map(
              (row) =>
                html`<tr>
                  ${row.map((cell): Content => html`<td>${cell}</td>`)}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>`,
  );
}

function articlePage(reader: CatalogueQueries, key: string): Answer {
  const isKey = /^[a-z0-9.-]{1,253}\/\d{4,19}$/.test(key);
  const article = isKey ? readableArticle(reader, key as ArticleKey) : null;
  if (article === null) return pageAnswer(404, 'Not found', html`<h1>No such article</h1>`);
  return pageAnswer(200, textOf(article.title), articleMain(article));
}
