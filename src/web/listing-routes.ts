import { z } from 'zod';
import { readAnswer } from '../captures/scan-captures.js';
import { DISCOVERY_ROUTES } from '../domain/edition.js';
import { END_STATES } from '../domain/page.js';
import { pageOf } from '../store/catalogue/database.js';
import { STEP_DAYS_MAX } from './charts/bin-days.js';
import { hrefOf } from './markup/html.js';
import { sendPage } from './markup/page-layout.js';
import { delaysHref } from './pages/corpus-charts.js';
import {
  delaysMain,
  type DelaysView,
  historyHref,
  NO_REASON,
  pageHistoryMain,
  type PageHistoryView,
  pagesMain,
  type PagesView,
} from './pages/listing-pages.js';
import { cursorOf, formQuery, PARAMETERS, type WebApp } from './parameters.js';
import { readArticles } from './read-articles.js';
import { WebRefusal } from './web-refusal.js';
import { requireEdition, requireTopic, type WebSources } from './web-sources.js';

const day = PARAMETERS.since.unwrap();
const pagesQuery = formQuery({
  edition: z.string().max(253),
  state: z.enum(END_STATES).optional(),
  day: day.optional(),
  route: z.enum(DISCOVERY_ROUTES).optional(),
  topic: PARAMETERS.topic,
  fetched: z.enum(['yes', 'no']).optional(),
  reason: z.string().max(200).optional(),
  after: cursorOf(/^\d{1,8}\.\d{1,12}$/).optional(),
});
const delayQuery = formQuery({
  days: z.coerce.number().int().min(1).max(STEP_DAYS_MAX).default(1),
  page: z.coerce.number().int().min(1).max(1_000).default(1),
});
const historyParams = z.object({ edition: z.string().max(253), articleId: z.string().regex(/^\d{1,19}$/) });
const historyQuery = formQuery({ page: z.coerce.number().int().min(1).max(1_000).default(1) });
const FETCHES_SHOWN = 50;
const PAGES_SHOWN = 100;
const DELAYED_SHOWN = 50;

/** Lists to which the numbers of other pages lead: `/pages`, pages by their state; `/pages/{page}`, the fetches of one page; `/delays/{day}`, the articles first seen on a day, by their delay. */
export function addListingRoutes(app: WebApp, sources: WebSources): void {
  app.get('/pages', { schema: { querystring: pagesQuery } }, ({ query: { after, ...asked } }, reply) => {
    const main = pagesMain(readPages(sources, asked, after));
    return sendPage(reply, { title: 'Pages', main, section: '/status' });
  });
  app.get(
    '/pages/:edition/:articleId',
    { schema: { params: historyParams, querystring: historyQuery } },
    async ({ params, query }, reply) => {
      const view = await readPageHistory(sources, params, query.page);
      return sendPage(reply, { title: `Page ${view.pageId}`, main: pageHistoryMain(view), section: '/status' });
    },
  );
  const schema = { params: z.object({ day }), querystring: delayQuery };
  app.get('/delays/:day', { schema }, ({ params, query }, reply) => {
    const main = delaysMain(readDelays(sources, params.day, query));
    return sendPage(reply, { title: `Delays of ${params.day}`, main, section: '/' });
  });
}

/** @throws {WebRefusal} `web.notFound` for an unknown edition or topic; `web.parameter` if too many pages would have to be read. */
function readPages(sources: WebSources, asked: PagesAsked, cursor: string | undefined): PagesView {
  const { edition, state, day: of, route, topic, fetched, reason } = asked;
  requireEdition(sources, edition);
  const needsDay = state === undefined || [route, topic, fetched, reason].some((one) => one !== undefined);
  if (of === undefined && needsDay)
    throw new WebRefusal(400, 'web.parameter', [
      'day: needed, such as 2023-04-12',
      'without it, pages are listed by `state` only',
    ]);
  const filters = {
    ...{ edition, state, day: of, route, topic },
    ...(fetched === undefined ? {} : { fetched: fetched === 'yes' }),
    ...(reason === undefined ? {} : { reason: reason === NO_REASON ? null : reason }),
  };
  const { views } = sources.catalogue.requireQueries();
  const total = views.countPages(filters);
  if (total === 0) requireTopic(sources, topic);
  const [last, row] = (cursor ?? '').split('.').map(Number);
  const from = cursor === undefined ? null : { day: last ?? 0, row: row ?? 0 };
  const { rows, hasMore } = pageOf(PAGES_SHOWN, (count) => views.pages(filters, from, count));
  const end = rows.at(-1)?.position;
  const next = hasMore && end !== undefined ? hrefOf('/pages', { ...asked, after: `${end.day}.${end.row}` }) : null;
  return { filters, total, pages: rows, next };
}

type PagesAsked = Omit<z.output<typeof pagesQuery>, 'after'>;

async function readPageHistory(
  { catalogue, editions }: WebSources,
  { edition, articleId }: z.output<typeof historyParams>,
  page: number,
): Promise<PageHistoryView> {
  const pageId = `${edition}/${articleId}` as const;
  const story = catalogue.requireQueries().pages.story(pageId);
  if (story === null) throw new WebRefusal(404, 'web.notFound', `no page is known as “${pageId}”`);
  const newestFirst = [...story.captures].reverse();
  const from = (page - 1) * FETCHES_SHOWN;
  const fetches: PageHistoryView['fetches'][number][] = [];
  for (const capture of newestFirst.slice(from, from + FETCHES_SHOWN))
    fetches.push({ ...capture, ...(await readAnswer(catalogue.dataDir, capture)) });
  const next = newestFirst.length > from + FETCHES_SHOWN ? historyHref(pageId, page + 1) : null;
  return { pageId, edition, story, fetches, next, configured: editions };
}

function readDelays(sources: WebSources, first: string, { days, page }: z.output<typeof delayQuery>): DelaysView {
  const queries = sources.catalogue.requireQueries();
  const before = (page - 1) * DELAYED_SHOWN;
  const { rows, hasMore } = pageOf(DELAYED_SHOWN, (count) => queries.views.delaysOf(first, days, count, before));
  const keys = rows.map(({ key }) => key);
  const articles = new Map(readArticles(queries, keys).articles.map((article) => [article.id, article]));
  const delayed = rows.map((one) => ({ ...one, article: articles.get(one.key) ?? null }));
  const next = hasMore ? delaysHref(first, days, page + 1) : null;
  return { first, days, total: queries.views.countDelays(first, days), delayed, next };
}
