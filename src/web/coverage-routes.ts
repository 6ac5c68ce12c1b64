import { z } from 'zod';
import { pageOf } from '../store/catalogue/database.js';
import { countOf } from './markup/elements.js';
import { hrefOf } from './markup/html.js';
import { sendPage, withSaid } from './markup/page-layout.js';
import { COVERED_YEARS, coverageDayMain, coverageMain, isCovered } from './pages/coverage-page.js';
import { formQuery, PARAMETERS, type WebApp } from './parameters.js';
import { formSchema, type FormWord } from './action-forms.js';
import { requireActions, requireEdition, todayAt, type WebSources } from './web-sources.js';

const [YEAR_MIN, YEAR_MAX] = COVERED_YEARS;
const yearQuery = formQuery({
  edition: PARAMETERS.edition,
  year: z.coerce.number().int().min(YEAR_MIN).max(YEAR_MAX).optional(),
});
const dayParams = z.object({
  edition: z.string().max(253),
  day: PARAMETERS.since.unwrap().refine(isCovered, `a year from ${YEAR_MIN} to ${YEAR_MAX}`),
});
const dayQuery = formQuery({ queued: z.coerce.number().int().min(0).max(100_000).optional() });
const form = formSchema({});
const PAGES_SHOWN = 200;

/** `/coverage`: a year of an edition; `/coverage/{edition}/{day}`: the ledger of one day; POST `…/fill`: crawls what is missing of it. */
export function addCoverageRoutes(app: WebApp, sources: WebSources, word: FormWord): void {
  app.get('/coverage', { schema: { querystring: yearQuery } }, ({ query }, reply) => {
    requireEdition(sources, query.edition);
    const main = coverageMain(readYear(sources, query));
    return sendPage(reply, { title: 'Coverage', main, section: '/coverage' });
  });
  app.get(
    '/coverage/:edition/:day',
    { schema: { params: dayParams, querystring: dayQuery } },
    ({ params: { edition, day }, query: { queued } }, reply) => {
      requireEdition(sources, edition);
      const said = queued === undefined ? null : saidOf(queued);
      const queries = sources.catalogue.requireQueries();
      const { rows, hasMore } = pageOf(PAGES_SHOWN, (count) => queries.views.pagesOfDay(edition, day, count));
      const main = coverageDayMain({
        ...{ edition, day, today: todayAt(edition, sources) },
        isRead: queries.views.firstPageDay(edition) !== null,
        ledger: queries.coverage.ledger(edition, day, day),
        pages: rows,
        isWhole: !hasMore,
        lists: sources.listDays?.(edition, day, day) ?? null,
        word: sources.actions === undefined ? null : word.text,
        said,
      });
      return sendPage(reply, { title: withSaid(said, `${edition}, ${day}`), main, section: '/coverage' });
    },
  );
  app.post(
    '/coverage/:edition/:day/fill',
    { schema: { params: dayParams, body: form } },
    async ({ params: { edition, day }, body }, reply) => {
      word.check(body.word);
      requireEdition(sources, edition);
      const queued = await requireActions(sources).fill(edition, day);
      return reply.redirect(hrefOf(`/coverage/${edition}/${day}`, { queued }), 303);
    },
  );
}

function saidOf(queued: number): string {
  if (queued === 0) return 'Nothing is missing that a crawl could fetch.';
  return `${countOf(queued, 'crawl')} queued. Open this page again later to see the result.`;
}

function readYear(sources: WebSources, asked: z.output<typeof yearQuery>) {
  const { editions, listDays } = sources;
  const { views, coverage } = sources.catalogue.requireQueries();
  const known = editions.filter((id) => views.firstPageDay(id) !== null);
  const edition = asked.edition ?? known[0] ?? editions[0] ?? '';
  const today = todayAt(edition, sources);
  const thisYear = Number(today.slice(0, 4));
  const year = asked.year ?? thisYear;
  const [first, last] = [`${year}-01-01`, `${year}-12-31`];
  return {
    ...{ edition, year, today, editions: known },
    unknownEditions: editions.filter((id) => !known.includes(id)),
    firstYear: Math.min(Number(views.firstPageDay(edition)?.slice(0, 4) ?? thisYear), thisYear),
    pages: views.pagesByDay(edition, first, last),
    gapDays: new Set(coverage.gapDays(edition, first, last)),
    lists: listDays?.(edition, first, last) ?? null,
  };
}
