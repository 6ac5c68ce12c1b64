import { z } from 'zod';
import { OUTCOMES } from '../domain/outcome.js';
import { type CrawlSummary, crawlSummarySchema } from '../queue/crawl-jobs.js';
import { pageOf } from '../store/catalogue/database.js';
import type { RunPagePosition } from '../store/catalogue/run-queries.js';
import { hrefOf } from './markup/html.js';
import { sendPage } from './markup/page-layout.js';
import { backfillMain, type BackfillView, runMain, runsMain } from './pages/run-pages.js';
import { cursorOf, formQuery, type WebApp } from './parameters.js';
import { WebRefusal } from './web-refusal.js';
import type { WebSources } from './web-sources.js';
import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';

/** `1714564800.<runId>`: the last run of the previous answer. */
export const RUN_CURSOR = /^\d{1,11}\.[\w.:-]{1,200}$/;
const PAGE_CURSOR = /^\d{1,12}\.[a-zA-Z]{1,20}\.\d{1,9}\.\d{1,15}$/;
const runsQuery = formQuery({ after: cursorOf(RUN_CURSOR).optional() });
const runParams = z.object({ runId: z.string().max(200) });
const runQuery = formQuery({
  outcome: z.enum(OUTCOMES).optional(),
  after: cursorOf(PAGE_CURSOR).optional(),
  page: z.coerce.number().int().min(1).max(10_000).default(1),
});
const RUNS_SHOWN = 50;
const PAGES_SHOWN = 100;

/** `/runs`: ended crawls; `/runs/{runId}`: one of them with the pages that it fetched, or a back-fill that is under way. */
export function addRunRoutes(app: WebApp, sources: WebSources): void {
  app.get('/runs', { schema: { querystring: runsQuery } }, ({ query }, reply) => {
    const { runs, nextCursor } = readRuns(sources.catalogue.requireQueries(), query.after, RUNS_SHOWN);
    const older = nextCursor === null ? null : hrefOf('/runs', { after: nextCursor });
    return sendPage(reply, { title: 'Crawls', main: runsMain(runs.flatMap(known), older), section: '/' });
  });
  app.get(
    '/runs/:runId',
    { schema: { params: runParams, querystring: runQuery } },
    async ({ params, query }, reply) => {
      const { runId } = params;
      const queries = sources.catalogue.requireQueries();
      const [run] = known(queries.runs.summary(runId));
      const order = run === undefined ? (await sources.status()).orders?.find((one) => one.runId === runId) : undefined;
      if (order !== undefined) {
        const main = backfillMain(readBackfill(sources, order, query.page));
        return sendPage(reply, { title: `Back-fill ${runId}`, main, section: '/' });
      }
      if (run === undefined)
        throw new WebRefusal(404, 'web.notFound', [
          'no crawl of this name is known',
          'the newest ten thousand are kept',
        ]);
      const { outcome = null, after } = query;
      const asked = { runId, isOfPieces: run.ofPieces ?? false, outcome };
      const from = after === undefined ? null : positionOf(after);
      const { rows, hasMore } = pageOf(PAGES_SHOWN, (limit) => queries.runs.pages({ ...asked, after: from, limit }));
      const last = rows.at(-1)?.position;
      const next =
        hasMore && last !== undefined
          ? hrefOf(`/runs/${encodeURIComponent(runId)}`, { outcome, after: textOfPosition(last) })
          : null;
      return sendPage(reply, {
        title: `Crawl ${runId}`,
        main: runMain({ run, outcome, pages: rows, next, configured: sources.editions }),
        section: '/',
      });
    },
  );
}

function readBackfill({ catalogue, editions }: WebSources, order: BackfillView['order'], page: number): BackfillView {
  const { runId } = order;
  const before = (page - 1) * RUNS_SHOWN;
  const { rows, hasMore } = pageOf(RUNS_SHOWN, (count) => catalogue.requireQueries().runs.pieces(runId, count, before));
  const next = hasMore ? hrefOf(`/runs/${encodeURIComponent(runId)}`, { page: page + 1 }) : null;
  return { order, parts: rows.flatMap(known), next, configured: editions };
}

/** Summaries from other versions of this program may have another form. They are left out. */
function known(summary: Record<string, unknown> | null): CrawlSummary[] {
  const { data } = crawlSummarySchema.safeParse(summary);
  return data === undefined ? [] : [data];
}

function textOfPosition({ run, outcome, file, offset }: RunPagePosition): string {
  return [run, outcome, file, offset].join('.');
}

function positionOf(cursor: string): RunPagePosition {
  const [run, outcome = '', file, offset] = cursor.split('.');
  return { run: Number(run), outcome, file: Number(file), offset: Number(offset) };
}

/** @returns some runs, newest first, and the cursor of the next ones; null: there are no more. */
export function readRuns(
  queries: CatalogueQueries,
  cursor: string | undefined,
  limit: number,
): { readonly runs: readonly Record<string, unknown>[]; readonly nextCursor: string | null } {
  const dot = cursor?.indexOf('.') ?? -1;
  const after = cursor === undefined ? null : { startedAt: Number(cursor.slice(0, dot)), runId: cursor.slice(dot + 1) };
  const { rows, hasMore } = pageOf(limit, (count) => queries.runs.after(after, count));
  const last = rows.at(-1)?.position;
  const nextCursor = hasMore && last !== undefined ? `${last.startedAt}.${last.runId}` : null;
  return { runs: rows.map(({ summary }) => summary), nextCursor };
}
