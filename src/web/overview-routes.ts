import { z } from 'zod';
import { dayAfter, firstDrawnDay, stepDaysOf } from './charts/bin-days.js';
import { sendPage } from './markup/page-layout.js';
import { overviewMain, PERIODS, type Overview } from './pages/overview-page.js';
import { statusMain } from './pages/status-page.js';
import { formQuery, PARAMETERS, type WebApp } from './parameters.js';
import { requireTopic, type WebSources } from './web-sources.js';

const querystring = formQuery({ topic: PARAMETERS.topic, days: z.enum(PERIODS).default('30') });
const SPARK_DAYS = 30;

/** `/`: the state of the harvest; `/status`: queues, editions and topics in detail. */
export function addOverviewRoutes(app: WebApp, sources: WebSources): void {
  app.get('/', { schema: { querystring } }, async ({ query }, reply) => {
    requireTopic(sources, query.topic);
    const main = overviewMain(await readOverview(sources, query));
    return sendPage(reply, { title: 'Overview', main, section: '/' });
  });
  app.get('/status', async (_request, reply) => {
    const counts = sources.catalogue.requireQueries().corpus.counts();
    const main = statusMain(counts, await sources.status(), sources.editions);
    return sendPage(reply, { title: 'Status', main, section: '/status' });
  });
}

async function readOverview(sources: WebSources, query: z.output<typeof querystring>): Promise<Overview> {
  const { topic = null, days: period } = query;
  const { catalogue, languages = {}, topics, editions, now = Date.now } = sources;
  const queries = catalogue.requireQueries();
  const until = new Date(now()).toISOString().slice(0, 10);
  const first = period === 'all' ? (queries.views.firstDay() ?? until) : dayAfter(until, 1 - Number(period));
  const since = firstDrawnDay(first > until ? until : first, until);
  const sparkSince = dayAfter(until, 1 - SPARK_DAYS);
  const byEdition = queries.views.articlesByEdition();
  const stepDays = stepDaysOf(since, until);
  const inPeriod = queries.views.articlesByDay(since, until, stepDays);
  const recent = since === sparkSince ? inPeriod : queries.views.articlesByDay(sparkSince, until);
  return {
    counts: queries.corpus.counts(),
    status: await sources.status(),
    period,
    ...{ topics, editions },
    recent: [
      ...recent,
      // An edition whose texts are all renditions has no articles of its own, so its pages are counted.
      ...queries.views.storedPagesByDay(sparkSince).filter(({ edition }) => (byEdition[edition] ?? 0) === 0),
    ],
    sparkSince,
    byEdition,
    edited: queries.views.countArticles({ edited: true, duplicates: 'all' }),
    corpus: {
      since,
      until,
      topic,
      days: topic === null ? inPeriod : inPeriod.filter((row) => row.topics.includes(topic)),
      delays: queries.views.delays(since, stepDays),
      weeks: queries.views.changesByWeek(since),
      ...{ topics, languages },
    },
  };
}
