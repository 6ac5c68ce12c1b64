import type { FastifyPluginCallback } from 'fastify';
import { z } from 'zod';
import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';
import type { QuarantinedPage } from '../store/catalogue/quarantine-table.js';
import { acceptForms, formSchema } from './accept-forms.js';
import type { FormWord } from './action-guard.js';
import { countOf } from './markup/elements.js';
import { hrefOf } from './markup/html.js';
import { sendPage } from './markup/page-layout.js';
import { quarantineMain } from './pages/quarantine-page.js';
import { formQuery, type ZodTypes } from './parameters.js';
import { requireActions, type WebSources } from './web-sources.js';

const count = z.coerce.number().int().min(0).max(1_000_000).optional();
const querystring = formQuery({ did: z.enum(['retry', 'drop']).optional(), done: count, kept: count, queued: count });
const ids = z.array(z.string().regex(/^\d{1,12}$/)).max(1_000);
const form = formSchema({ id: ids.optional(), all: z.tuple([z.literal('true')]).optional() });
const PAGES_SHOWN = 100;
/** Decided about at once by “all”. */
const ALL_MAX = 1_000;

/** `/quarantine`: pages that could not be read, and the queues; by POST `/quarantine/retry` and `/quarantine/drop`. */
export function quarantineRoutes(sources: WebSources, word: FormWord): FastifyPluginCallback {
  return (app, _options, done) => {
    acceptForms(app);
    const pages = app.withTypeProvider<ZodTypes>();
    pages.get('/quarantine', { schema: { querystring } }, async ({ query }, reply) => {
      const main = quarantineMain(await readQuarantine(sources, word, saidOf(query)));
      return sendPage(reply, { title: 'Quarantine', main, section: '/quarantine' });
    });
    for (const action of ['retry', 'drop'] as const) {
      pages.post(`/quarantine/${action}`, { schema: { body: form } }, async ({ body }, reply) => {
        word.check(body.word);
        const actions = requireActions(sources);
        const chosen = chosenPages(sources.catalogue.requireQueries(), body.all !== undefined, body.id ?? []);
        const decided = await actions.decide(action, chosen);
        return reply.redirect(hrefOf('/quarantine', { did: action, ...decided }), 303);
      });
    }
    done();
  };
}

function chosenPages(queries: CatalogueQueries, isAll: boolean, chosen: readonly string[]): QuarantinedPage[] {
  if (isAll && chosen.length === 0) return queries.quarantine(false, ALL_MAX);
  return chosen.flatMap((id) => queries.quarantined(Number(id)) ?? []);
}

function saidOf({ did, done = 0, kept = 0, queued = 0 }: z.output<typeof querystring>): string | null {
  if (did === undefined) return null;
  const words = [
    done === 0 ? null : `${countOf(done, 'page')} ${did === 'retry' ? 'read' : 'dropped'}`,
    kept === 0 ? null : `${countOf(kept, 'page')} could not be read this time either`,
    queued === 0 ? null : `${countOf(queued, 'page')} queued`,
  ].filter((one) => one !== null);
  return words.length === 0 ? 'There was nothing to decide about any more.' : `${words.join('; ')}.`;
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
