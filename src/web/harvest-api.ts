import type { FastifyPluginCallback } from 'fastify';
import { z } from 'zod';
import { DAY_MS } from '../domain/units.js';
import { operation } from './describe-api.js';
import { EDIT_PARAMETERS } from './edit-routes.js';
import { cursorOf, PARAMETERS, type ZodTypes } from './parameters.js';
import { CHANGE_CURSOR, readShownChanges } from './read-changes.js';
import { GAP_CURSOR, gapSchema, readGaps } from './read-gaps.js';
import { readRuns, RUN_CURSOR } from './read-runs.js';
import { WebRefusal } from './web-refusal.js';
import { requireEdition, requireTopic, todayAt, type WebSources } from './web-sources.js';

const { limit, since, until } = PARAMETERS;
const edition = z.string().max(253).describe('id of a configured edition');
const nextCursor = z.string().nullable().describe('`cursor` of the next request; null: there are no more');
const nothing = z.strictObject({});
const anything = z.looseObject({});

const editSchema = z.object({
  type: z.string(),
  weight: z.enum(['substantive', 'trivial']),
  before: z.string().nullable(),
  after: z.string().nullable(),
  place: z.enum(['title', 'lead', 'body', 'tags', 'images']),
  blockBefore: z.int().nullable().describe('index in the body before; null outside of it'),
  blockAfter: z.int().nullable(),
});
const changeSchema = z.object({
  article: z.string().describe('its id'),
  ...{ edition: z.string(), title: z.string(), url: z.string() },
  kind: z.enum(['edited', 'withdrawn']),
  at: z.string().describe('when it was first seen'),
  edits: z.array(editSchema),
});
const editQuery = z.strictObject({
  ...EDIT_PARAMETERS,
  limit,
  cursor: cursorOf(CHANGE_CURSOR).optional(),
});
const runQuery = z.strictObject({ limit, cursor: cursorOf(RUN_CURSOR).optional() });
const coverageQuery = z.strictObject({ edition, since, until });
const gapQuery = z.strictObject({ edition, since, until, limit, cursor: cursorOf(GAP_CURSOR).optional() });

const EDITS = operation({
  operationId: 'listEdits',
  tag: 'changes',
  summary: 'Substantive edits and withdrawals of all articles, newest first, page by page',
  example: '/api/edits?limit=2',
  query: editQuery,
  answer: z.object({ edits: z.array(changeSchema), nextCursor }),
});
const RUNS = operation({
  operationId: 'listRuns',
  tag: 'harvest',
  summary: 'Crawls that have ended, newest first, page by page; the newest ten thousand',
  example: '/api/runs?limit=2',
  query: runQuery,
  answer: z.object({ runs: z.array(z.looseObject({ runId: z.string(), startedAt: z.string() })), nextCursor }),
});
const COVERAGE = operation({
  operationId: 'coverage',
  tag: 'harvest',
  summary:
    'Pages of an edition by day: announced, fetched, end states and gaps; the last 30 days unless asked otherwise',
  example: '/api/coverage?edition=sputniknews.cn&since=2023-04-01&until=2023-04-30',
  query: coverageQuery,
  answer: z.object({ edition: z.string(), days: z.array(anything) }),
});
const GAPS = operation({
  operationId: 'listGaps',
  tag: 'harvest',
  summary: 'What is missing of an edition, by day, page by page: lists that could not be had, pages without a good end',
  example: '/api/gaps?edition=sputniknews.cn&limit=2',
  query: gapQuery,
  answer: z.object({ gaps: z.array(gapSchema), nextCursor }),
});
const STATUS = operation({
  operationId: 'status',
  tag: 'harvest',
  summary: 'How things stand, as `status --json` says',
  example: '/api/status',
  query: nothing,
  answer: anything,
});

/** `/api/edits`, `/api/runs`, `/api/coverage`, `/api/gaps` and `/api/status`. */
export function harvestApi(sources: WebSources): FastifyPluginCallback {
  return (app, _options, done) => {
    const { catalogue } = sources;
    const api = app.withTypeProvider<ZodTypes>();
    api.get('/api/edits', EDITS, ({ query }) => listEdits(sources, query));
    api.get('/api/runs', RUNS, ({ query: { cursor, limit: most } }) =>
      readRuns(catalogue.requireQueries(), cursor, most),
    );
    api.get('/api/coverage', COVERAGE, ({ query }) => {
      requireEdition(sources, query.edition);
      const { first, last } = daysOf(query, sources);
      return { edition: query.edition, days: catalogue.requireQueries().coverage.ledger(query.edition, first, last) };
    });
    api.get('/api/gaps', GAPS, ({ query }) => {
      requireEdition(sources, query.edition);
      const { first, last } = daysOf(query, sources);
      return readGaps(sources, { ...query, since: first, until: last });
    });
    api.get('/api/status', STATUS, () => {
      catalogue.requireQueries();
      return sources.status();
    });
    done();
  };
}

async function listEdits(sources: WebSources, { cursor, limit: most, ...selection }: z.infer<typeof editQuery>) {
  requireTopic(sources, selection.topic);
  requireEdition(sources, selection.edition);
  const { changes, next } = await readShownChanges(sources.catalogue.requireQueries(), selection, cursor, most);
  const edits = changes.map(({ article, at, step }): z.infer<typeof changeSchema> => {
    const kind = step === null ? 'withdrawn' : 'edited';
    const [id, of] = [article.id, step?.edition ?? article.edition];
    return {
      article: id,
      edition: of,
      title: article.title,
      url: article.url,
      kind,
      at,
      edits: [...(step?.edits ?? [])],
    };
  });
  return { edits, nextCursor: next };
}

const DAYS = 30;
const DAYS_MAX = 366;

/** @returns the days that are asked for, the last 30 by default. @throws {WebRefusal} `web.parameter` beyond a year. */
function daysOf(
  wanted: { readonly edition: string; readonly since?: string | undefined; readonly until?: string | undefined },
  sources: WebSources,
): { readonly first: string; readonly last: string } {
  const last = wanted.until ?? todayAt(wanted.edition, sources);
  const first = wanted.since ?? new Date(Date.parse(last) + (1 - DAYS) * DAY_MS).toISOString().slice(0, 10);
  const days = (Date.parse(last) - Date.parse(first)) / DAY_MS + 1;
  if (days < 1 || days > DAYS_MAX) throw new WebRefusal(400, 'web.parameter', `since, until: 1 to ${DAYS_MAX} days`);
  return { first, last };
}
