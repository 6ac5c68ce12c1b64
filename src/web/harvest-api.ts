import { z } from 'zod';
import { DAY_MS } from '../domain/units.js';
import { operation, unreadableSchema } from './describe-api.js';
import { CHANGE_CURSOR, EDIT_PARAMETERS, readShownChanges } from './edit-routes.js';
import { cursorOf, PARAMETERS, type WebApp } from './parameters.js';
import { readRuns, RUN_CURSOR } from './run-routes.js';
import { WebRefusal } from './web-refusal.js';
import { requireEdition, requireKnown, todayAt, type WebSources } from './web-sources.js';
import { compareText } from '../domain/page.js';
import { pageOf } from '../store/catalogue/database.js';

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
  blockBefore: z.int().nullable().describe('index in the earlier body; null: not in the body'),
  blockAfter: z.int().nullable(),
});
const changeSchema = z.object({
  article: z.string().describe('its id'),
  ...{ edition: z.string(), title: z.string(), url: z.string() },
  kind: z.enum(['edited', 'withdrawn']),
  at: z.string().describe('when it was first seen'),
  edits: z.array(editSchema),
});
/** In the order of the gaps of one day. */
const GAP_KINDS = ['list', 'unread', 'page'] as const;
const gapSchema = z.object({
  edition: z.string(),
  day: z.string().describe('the day of the list, or the day in the URL of the page'),
  kind: z
    .enum(GAP_KINDS)
    .describe(
      '`list`: it could not be read; `unread`: no complete list of the day was read after the day ended; `page`: without a good end state',
    ),
  what: z.string().describe('the route of the list, the id of the page, or empty'),
  url: z.string().nullable(),
  reason: z.string().nullable(),
});
type Gap = z.infer<typeof gapSchema>;
/** `2023-04-12.page.1049499304`: the last gap of the answer before. */
const GAP_CURSOR = /^\d{4}-\d{2}-\d{2}\.(?:list|unread|page)\.\w{0,19}$/;
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
  answer: z.object({ edits: z.array(changeSchema), nextCursor, unreadable: unreadableSchema }),
});
const RUNS = operation({
  operationId: 'listRuns',
  tag: 'harvest',
  summary: 'Ended crawls, newest first, page by page; the newest ten thousand are kept',
  example: '/api/runs?limit=2',
  query: runQuery,
  answer: z.object({ runs: z.array(z.looseObject({ runId: z.string(), startedAt: z.string() })), nextCursor }),
});
const COVERAGE = operation({
  operationId: 'coverage',
  tag: 'harvest',
  summary: 'Pages of an edition by day: announced, fetched, end states and gaps; by default the last 30 days',
  example: '/api/coverage?edition=sputniknews.cn&since=2023-04-01&until=2023-04-30',
  query: coverageQuery,
  answer: z.object({ edition: z.string(), days: z.array(anything) }),
});
const GAPS = operation({
  operationId: 'listGaps',
  tag: 'harvest',
  summary: 'Gaps of an edition by day, page by page: lists that could not be read, pages without a good end state',
  example: '/api/gaps?edition=sputniknews.cn&limit=2',
  query: gapQuery,
  answer: z.object({ gaps: z.array(gapSchema), nextCursor }),
});
const STATUS = operation({
  operationId: 'status',
  tag: 'harvest',
  summary: 'The status, as `status --json` prints it',
  example: '/api/status',
  query: nothing,
  answer: anything,
});

/** `/api/edits`, `/api/runs`, `/api/coverage`, `/api/gaps` and `/api/status`. */
export function addHarvestApi(app: WebApp, sources: WebSources): void {
  const { catalogue } = sources;
  app.get('/api/edits', EDITS, ({ query }) => listEdits(sources, query));
  app.get('/api/runs', RUNS, ({ query: { cursor, limit: most } }) =>
    readRuns(catalogue.requireQueries(), cursor, most),
  );
  app.get('/api/coverage', COVERAGE, ({ query }) => {
    requireEdition(sources, query.edition);
    const { first, last } = daysOf(query, sources);
    return { edition: query.edition, days: catalogue.requireQueries().coverage.ledger(query.edition, first, last) };
  });
  app.get('/api/gaps', GAPS, ({ query }) => {
    requireEdition(sources, query.edition);
    const { first, last } = daysOf(query, sources);
    return readGaps(sources, { ...query, since: first, until: last });
  });
  app.get('/api/status', STATUS, () => {
    catalogue.requireQueries();
    return sources.status();
  });
}

async function listEdits(sources: WebSources, { cursor, limit: most, ...selection }: z.infer<typeof editQuery>) {
  requireKnown(sources, selection);
  const { changes, next, unreadable } = await readShownChanges(
    sources.catalogue.requireQueries(),
    selection,
    cursor,
    most,
  );
  const edits = changes.map(
    ({ article: { id, title, url, edition: own }, at, step }): z.infer<typeof changeSchema> => ({
      ...{ article: id, edition: step?.edition ?? own, title, url },
      ...{ kind: step === null ? 'withdrawn' : 'edited', at, edits: [...(step?.edits ?? [])] },
    }),
  );
  return { edits, nextCursor: next, unreadable: [...unreadable] };
}

const DAYS = 30;
const DAYS_MAX = 366;

/** @returns the days to read, by default the last 30. @throws {WebRefusal} `web.parameter` for more than a year. */
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

type GapQuestion = z.infer<typeof gapQuery> & { readonly since: string; readonly until: string };

/** @returns some gaps of an edition in the order of days, and the cursor of the next ones; null: there are no more. */
function readGaps(
  { catalogue, listDays }: WebSources,
  question: GapQuestion,
): { readonly gaps: readonly Gap[]; readonly nextCursor: string | null } {
  const { edition, since, until, limit, cursor } = question;
  const queries = catalogue.requireQueries();
  const [day = '', kind = '', what = ''] = cursor?.split('.') ?? [];
  const after = cursor === undefined ? null : { day, articleId: kind === 'page' ? what : '' };
  const ofLists = listGaps(listDays, question);
  const ofPages = (count: number): Gap[] =>
    queries.coverage
      .gapPages(edition, { since, until, after }, count)
      .map(({ day: of, pageId, url, endState, reason }): Gap => ({
        ...{ edition, day: of, kind: 'page', what: pageId.slice(edition.length + 1), url },
        reason: reason === null ? endState : `${endState}: ${reason}`,
      }));
  const { rows, hasMore } = pageOf(limit, (count) =>
    [...ofLists, ...ofPages(count)]
      .filter((gap) => cursor === undefined || compare(gap, { day, kind, what }) > 0)
      .sort(compare),
  );
  const last = rows.at(-1);
  const nextCursor = hasMore && last !== undefined ? `${last.day}.${last.kind}.${last.what}` : null;
  return { gaps: rows, nextCursor };
}

function listGaps(listDays: WebSources['listDays'], { edition, since, until }: GapQuestion): Gap[] {
  const lists = listDays?.(edition, since, until) ?? { gaps: [], unreadDays: [] };
  return [
    ...lists.gaps.map(({ day, route, reason }): Gap => ({
      edition,
      day,
      kind: 'list',
      what: route,
      url: null,
      reason,
    })),
    ...lists.unreadDays.map((day): Gap => ({ edition, day, kind: 'unread', what: '', url: null, reason: null })),
  ];
}

type GapPosition = Record<'day' | 'kind' | 'what', string>;

function compare(a: GapPosition, b: GapPosition): number {
  const [kindOfA, kindOfB] = [a, b].map(({ kind }) => GAP_KINDS.findIndex((one) => one === kind));
  return compareText(a.day, b.day) || (kindOfA ?? 0) - (kindOfB ?? 0) || compareText(a.what, b.what);
}
