import { z } from 'zod';
import { COUNTED_STATES, type NotifyStatus } from '../notify/outbox/read-notify.js';
import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';
import { pageOf } from '../store/catalogue/database.js';
import type { QuarantinedPage } from '../store/catalogue/quarantine-table.js';
import { formSchema, type FormWord } from './action-forms.js';
import { countOf } from './markup/elements.js';
import { hrefOf } from './markup/html.js';
import { sendPage, withSaid } from './markup/page-layout.js';
import { jobsMain, notificationsMain, quarantineMain, type RuleMessages } from './pages/decision-pages.js';
import { formQuery, type WebApp } from './parameters.js';
import { JOB_COUNTS } from './sources/views.js';
import { WebRefusal } from './web-refusal.js';
import { requireActions, type WebSources } from './web-sources.js';

const ACTIONS = ['retry', 'drop'] as const;
const did = z.enum(ACTIONS).optional();
const count = z.coerce.number().int().min(0).max(1_000_000).optional();
const quarantineQuery = formQuery({ did, done: count, kept: count, queued: count });
const notificationQuery = formQuery({
  ...{ did, count },
  rule: z.string().max(40).optional(),
  state: z.enum(COUNTED_STATES).default('undelivered'),
  page: z.coerce.number().int().min(1).max(10_000).default(1),
});
const MESSAGES_SHOWN = 50;
const pageForm = decisionForm(/^\d{1,12}$/);
const messageForm = decisionForm(/^[0-9a-f]{32}$/);
const jobsQuery = formQuery({
  queue: z.string().max(50),
  state: z.enum(JOB_COUNTS),
  page: z.coerce.number().int().min(1).max(10_000).default(1),
});
const JOBS_SHOWN = 50;
const PAGES_SHOWN = 100;
/** Pages that “Retry all” decides about at once. */
const ALL_MAX = 1_000;

/** `/quarantine`: quarantined pages, and the queues; `/jobs`: the jobs of one queue in one state; POST `/quarantine/retry` and `/quarantine/drop`. */
export function addQuarantineRoutes(app: WebApp, sources: WebSources, word: FormWord): void {
  app.get('/quarantine', { schema: { querystring: quarantineQuery } }, async ({ query }, reply) => {
    const said = saidOf(query);
    const main = quarantineMain(await readQuarantine(sources, word, said));
    return sendPage(reply, { title: withSaid(said, 'Quarantine'), main, section: '/quarantine' });
  });
  app.get('/jobs', { schema: { querystring: jobsQuery } }, async ({ query: { queue, state, page } }, reply) => {
    const asked = { queue, state, from: (page - 1) * JOBS_SHOWN, limit: JOBS_SHOWN };
    const list = (await sources.jobList?.(asked)) ?? null;
    if (list === null) throw new WebRefusal(404, 'web.notFound', `no queue is called “${queue}”`);
    const hasMore = list.total > asked.from + list.jobs.length && list.jobs.length > 0;
    const next = hasMore ? hrefOf('/jobs', { queue, state, page: page + 1 }) : null;
    return sendPage(reply, { title: `Jobs: ${queue}`, main: jobsMain(asked, list, next), section: '/status' });
  });
  for (const action of ACTIONS) {
    app.post(`/quarantine/${action}`, { schema: { body: pageForm } }, async ({ body }, reply) => {
      word.check(body.word);
      const actions = requireActions(sources);
      const chosen = chosenPages(sources.catalogue.requireQueries(), body.all !== undefined, body.id ?? []);
      const decided = await actions.decide(action, chosen);
      return reply.redirect(hrefOf('/quarantine', { did: action, ...decided }), 303);
    });
  }
}

function chosenPages(queries: CatalogueQueries, isAll: boolean, chosen: readonly string[]): QuarantinedPage[] {
  if (isAll && chosen.length === 0) return queries.quarantine(false, ALL_MAX);
  return chosen.flatMap((id) => queries.quarantined(Number(id)) ?? []);
}

function saidOf({ did, done = 0, kept = 0, queued = 0 }: z.output<typeof quarantineQuery>): string | null {
  if (did === undefined) return null;
  const words = [
    done === 0 ? null : `${countOf(done, 'page')} ${did === 'retry' ? 'read' : 'dropped'}`,
    kept === 0 ? null : `${countOf(kept, 'page')} could not be read this time either`,
    queued === 0 ? null : `${countOf(queued, 'page')} queued`,
  ].filter((one) => one !== null);
  return words.length === 0 ? 'Nothing was left to decide.' : `${words.join('; ')}.`;
}

async function readQuarantine(sources: WebSources, word: FormWord, said: string | null) {
  const { status, jobs, actions, catalogue } = sources;
  const queries = catalogue.requireQueries();
  const { queues, failingPages } = await status();
  const tries = failingPages.pages.flatMap(({ pageId, nextTryAt }): [string, string][] =>
    nextTryAt === null ? [] : [[pageId, nextTryAt]],
  );
  return {
    pages: queries.quarantine(false, PAGES_SHOWN),
    total: queries.corpus.counts().quarantined,
    nextTries: new Map(tries),
    queues,
    hasBoard: sources.hasQueueBoard ?? false,
    jobs: queues === null ? null : ((await jobs?.()) ?? null),
    word: actions === undefined || queues === null ? null : word.text,
    said,
  };
}

/** A decision about some pages or messages, or about all of them. */
function decisionForm(id: RegExp) {
  const ids = z.array(z.string().regex(id)).max(1_000).optional();
  return formSchema({ id: ids, all: z.tuple([z.literal('true')]).optional() });
}

/** `/notifications`: the rules, and undelivered messages; POST `/notifications/retry` and `/notifications/drop`. */
export function addNotificationRoutes(app: WebApp, sources: WebSources, word: FormWord): void {
  app.get('/notifications', { schema: { querystring: notificationQuery } }, ({ query }, reply) => {
    const { did, count = 0 } = query;
    const state = sources.notifications?.() ?? { rules: [], troubles: [], undelivered: { count: 0, messages: [] } };
    const said =
      did === undefined ? null : `${countOf(count, 'message')} ${did === 'retry' ? 'to be sent again' : 'given up'}.`;
    const asked = readAsked(sources, state, query);
    const main = notificationsMain({ state, asked, said, word: sources.actions === undefined ? null : word.text });
    return sendPage(reply, { title: withSaid(said, 'Notifications'), main, section: '/notifications' });
  });
  for (const action of ACTIONS) {
    app.post(`/notifications/${action}`, { schema: { body: messageForm } }, async ({ body }, reply) => {
      word.check(body.word);
      const actions = requireActions(sources);
      const isAll = body.all !== undefined && body.id === undefined;
      const count = await actions.decideMessages(action, isAll ? null : (body.id ?? []));
      return reply.redirect(hrefOf('/notifications', { did: action, count }), 303);
    });
  }
}

/** @returns what the number of a rule counts; null: none is asked for. @throws {WebRefusal} `web.notFound` for a rule that is not configured. */
function readAsked(
  { ruleMessages }: WebSources,
  { rules }: NotifyStatus,
  { rule, state, page }: z.output<typeof notificationQuery>,
): RuleMessages | null {
  if (rule === undefined || ruleMessages === undefined) return null;
  const total = rules.find((one) => one.rule === rule)?.[state];
  if (total === undefined) throw new WebRefusal(404, 'web.notFound', `no rule is called “${rule}”`);
  const offset = (page - 1) * MESSAGES_SHOWN;
  const { rows, hasMore } = pageOf(MESSAGES_SHOWN, (limit) => ruleMessages({ rule, state, limit, offset }));
  const next = hasMore ? hrefOf('/notifications', { rule, state, page: page + 1 }) : null;
  return { rule, state, total, messages: rows, next };
}
