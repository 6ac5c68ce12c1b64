import type { FastifyPluginCallback, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';
import { describeState, lastReadOf, type Freshness, type FreshnessState } from '../store/catalogue/judge-freshness.js';
import { articleMain, listOf, textOf, timeOf } from './article-view.js';
import { html, sendPage, STYLE, type Content, type Markup } from './page-layout.js';
import { filtersOf, PARAMETERS, type ZodTypes } from './parameters.js';
import { articleParts, readArticle, readArticlePage } from './read-articles.js';
import { searchOrRefuse } from './search-parameters.js';
import { WebRefusal } from './web-refusal.js';
import type { WebSources } from './web-sources.js';

const newestQuery = z.strictObject({ topic: PARAMETERS.topic, cursor: PARAMETERS.cursor });
const searchQuery = z.strictObject({ q: z.string().max(500).default('') });
const PER_PAGE = 30;
const FRESHNESS_HEADS = ['Edition', 'Topic', 'State', 'Since', 'Newest publication', 'Lists read'];
/** Refusals that are shown as a page; all others are JSON as everywhere. */
const SHOWN_REFUSALS = ['web.notFound', 'web.nothingStored'];

/** `/`, `/articles/{family}/{articleId}`, `/search`, `/status` and the style sheet: pages without scripts. */
export function pageRoutes(sources: WebSources): FastifyPluginCallback {
  return (app, _options, done) => {
    const { catalogue } = sources;
    const pages = app.withTypeProvider<ZodTypes>();
    pages.get('/', { schema: { querystring: newestQuery } }, ({ query }, reply) =>
      newestPage(reply, catalogue.requireQueries(), query, sources.topics),
    );
    pages.get('/search', { schema: { querystring: searchQuery } }, ({ query }, reply) =>
      searchPage(reply, catalogue.requireQueries(), query.q),
    );
    pages.get('/status', (_request, reply) => statusPage(reply, catalogue.requireQueries(), sources));
    pages.get('/articles/:family/:articleId', { schema: { params: articleParts } }, ({ params }, reply) => {
      const article = readArticle(catalogue.requireQueries(), params);
      return sendPage(reply, 200, textOf(article.title), articleMain(article));
    });
    pages.get('/style.css', { config: { revalidates: true } }, (_request, reply) =>
      reply.type('text/css; charset=utf-8').send(STYLE),
    );
    pages.setErrorHandler((error, _request, reply) => {
      if (!(error instanceof WebRefusal) || !SHOWN_REFUSALS.includes(error.code)) throw error;
      const words = error.message.charAt(0).toUpperCase() + error.message.slice(1);
      return sendPage(reply, error.status, words, html`<h1>${words}</h1>`);
    });
    done();
  };
}

function newestPage(
  reply: FastifyReply,
  queries: CatalogueQueries,
  { topic, cursor }: z.infer<typeof newestQuery>,
  topics: readonly string[],
): FastifyReply {
  const { articles, nextCursor } = readArticlePage(queries, filtersOf({ topic }), cursor, PER_PAGE);
  const links = topics.map((id) => html` <a href="/?topic=${encodeURIComponent(id)}">${id}</a>`);
  const more = new URLSearchParams({ ...(topic === undefined ? {} : { topic }), cursor: nextCursor ?? '' });
  const main = html`<h1>${topic === undefined ? 'Newest articles' : `Newest on ${topic}`}</h1>
    <p class="meta">Topics: <a href="/">all</a>${links}</p>
    ${listOf(articles)}
    ${nextCursor === null ? null : html`<p><a rel="next" href="/?${more.toString()}">Older articles</a></p>`}`;
  return sendPage(reply, 200, topic ?? 'Newest', main);
}

function searchPage(reply: FastifyReply, queries: CatalogueQueries, q: string): FastifyReply {
  const form = html`<h1>Search</h1>
    <form action="/search" role="search">
      <input type="search" name="q" value="${q}" aria-label="Words, in any script" dir="auto" /><button>Search</button>
    </form>`;
  if (q.trim() === '') return sendPage(reply, 200, 'Search', form);
  const { total, hits } = searchOrRefuse(queries, { text: q, perPage: PER_PAGE });
  const articles = hits.map(({ article }) => article);
  const found = total === 0 ? 'Nothing found.' : `${total} found, most relevant first`;
  return sendPage(reply, 200, 'Search', [form, html`<p class="meta">${found}</p>`, listOf(articles)]);
}

async function statusPage(
  reply: FastifyReply,
  queries: CatalogueQueries,
  { status }: WebSources,
): Promise<FastifyReply> {
  const counts = queries.counts();
  const { queues: jobs, freshness, failingPages, runCounts } = await status();
  const numbers: [string, number][] = [
    ['Articles', counts.articles],
    ['Exact duplicates', counts.duplicates],
    ['Near duplicates', counts.nearDuplicates],
    ['Renditions', counts.renditions],
    ['Earlier states', counts.revisions],
    ['Withdrawn', counts.gone],
    ['Waiting in quarantine', counts.quarantined],
    ['Pages that do not answer', failingPages.count],
    ['Scheduled runs skipped', sumOf(runCounts.map(({ skipped }) => skipped))],
    ['Scheduled runs ended at their deadline', sumOf(runCounts.map(({ overlong }) => overlong))],
    ...(jobs ?? []).map(({ name, waiting, active }): [string, number] => [`Queue ${name}`, waiting + active]),
  ];
  const main = html`<h1>Status</h1>
    ${jobs === null ? html`<p>No service is at work: Redis does not answer.</p>` : null}
    <table>
      <tbody>
        ${numbers.map(([name, value]) => rowOf([html`<th scope="row">${name}</th>`, html`<td class="n">${value}</td>`]))}
      </tbody>
    </table>
    ${freshnessTable(freshness)} ${failingTable(failingPages)}`;
  return sendPage(reply, 200, 'Status', main);
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function failingTable({ pages }: Awaited<ReturnType<WebSources['status']>>['failingPages']): Markup | null {
  if (pages.length === 0) return null;
  const rows = pages.map(({ url, reason, failures, failedAt, nextTryAt }) =>
    rowOf([url, reason, String(failures), failedAt, nextTryAt ?? ''].map((cell) => html`<td>${cell}</td>`)),
  );
  const head = ['page', 'reason', 'failures in a row', 'last tried', 'next try'].map((cell) => html`<th>${cell}</th>`);
  return html`<h2>Pages that do not answer</h2>
    <table>
      <thead>
        ${rowOf(head)}
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>`;
}

function rowOf(cells: Content): Markup {
  return html`<tr>
    ${cells}
  </tr>`;
}

function freshnessTable(rows: readonly Freshness[]): Markup {
  const shown = rows.filter(({ state }) => state !== 'off' && state !== 'neverRead');
  const namesOf = (state: FreshnessState): string =>
    rows.flatMap((row) => (row.state === state && row.topic === null ? [row.edition] : [])).join(', ');
  const [unread, off] = [namesOf('neverRead'), namesOf('off')];
  return html`<h2>How recent</h2>
    <div class="scroll">
      <table>
        <thead>
          ${rowOf(FRESHNESS_HEADS.map((name) => html`<th>${name}</th>`))}
        </thead>
        <tbody>
          ${shown.map((row) => rowOf(freshnessCells(row).map((cell) => html`<td>${cell}</td>`)))}
        </tbody>
      </table>
    </div>
    ${unread === '' ? null : html`<p class="meta">Never read: ${unread}</p>`}
    ${off === '' ? null : html`<p class="meta">Off: ${off}</p>`}`;
}

function freshnessCells(row: Freshness): Content[] {
  const { edition, topic, state, since, newestPublishedAt, lists } = row;
  const readAt = lastReadOf(row);
  const failing = lists.filter(({ failure }) => failure !== null);
  return [
    edition,
    topic ?? 'all',
    state === 'ok' ? state : html`<strong>${describeState(row)}</strong>`,
    since === null ? null : timeOf(since),
    newestPublishedAt === null ? null : timeOf(newestPublishedAt),
    [
      readAt === null ? null : timeOf(readAt),
      ...failing.map(({ route, failure }) => html`<br />${route} fails (${failure})`),
    ],
  ];
}
