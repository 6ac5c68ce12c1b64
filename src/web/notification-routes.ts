import type { FastifyPluginCallback } from 'fastify';
import { z } from 'zod';
import { acceptForms, formSchema } from './accept-forms.js';
import type { FormWord } from './action-guard.js';
import { countOf } from './markup/elements.js';
import { hrefOf } from './markup/html.js';
import { sendPage, withSaid } from './markup/page-layout.js';
import { notificationsMain } from './pages/notifications-page.js';
import { formQuery, type ZodTypes } from './parameters.js';
import { requireActions, type WebSources } from './web-sources.js';

const querystring = formQuery({
  did: z.enum(['retry', 'drop']).optional(),
  count: z.coerce.number().int().min(0).max(1_000_000).optional(),
});
const ids = z.array(z.string().regex(/^[0-9a-f]{32}$/)).max(1_000);
const form = formSchema({ id: ids.optional(), all: z.tuple([z.literal('true')]).optional() });

/** `/notifications`: who is told of what, and messages that were not delivered; by POST `/notifications/retry` and `/notifications/drop`. */
export function notificationRoutes(sources: WebSources, word: FormWord): FastifyPluginCallback {
  return (app, _options, done) => {
    acceptForms(app);
    const pages = app.withTypeProvider<ZodTypes>();
    pages.get('/notifications', { schema: { querystring } }, ({ query: { did, count = 0 } }, reply) => {
      const state = sources.notifications?.() ?? { rules: [], troubles: [], undelivered: { count: 0, messages: [] } };
      const said =
        did === undefined ? null : `${countOf(count, 'message')} ${did === 'retry' ? 'to be sent again' : 'given up'}.`;
      const main = notificationsMain({ state, said, word: sources.actions === undefined ? null : word.text });
      return sendPage(reply, { title: withSaid(said, 'Notifications'), main, section: '/notifications' });
    });
    for (const action of ['retry', 'drop'] as const) {
      pages.post(`/notifications/${action}`, { schema: { body: form } }, async ({ body }, reply) => {
        word.check(body.word);
        const actions = requireActions(sources);
        const isAll = body.all !== undefined && body.id === undefined;
        const count = await actions.decideMessages(action, isAll ? null : (body.id ?? []));
        return reply.redirect(hrefOf('/notifications', { did: action, count }), 303);
      });
    }
    done();
  };
}
