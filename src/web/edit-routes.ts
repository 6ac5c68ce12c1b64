import type { FastifyPluginCallback } from 'fastify';
import { z } from 'zod';
import { hrefOf } from './markup/html.js';
import { sendPage } from './markup/page-layout.js';
import { editsMain } from './pages/edits-page.js';
import { EDIT_TYPES } from './pages/wording-change.js';
import { formQuery, PARAMETERS, type ZodTypes } from './parameters.js';
import { CHANGE_CURSOR, readShownChanges } from './read-changes.js';
import { requireEdition, requireTopic, type WebSources } from './web-sources.js';

const { topic, edition, since, until } = PARAMETERS;

/** By which edits are chosen, for the page and its feeds. */
export const EDIT_PARAMETERS = {
  ...{ topic, edition, since, until },
  kind: z
    .enum([...EDIT_TYPES, 'edited', 'withdrawn'])
    .describe('`edited`: edits of any kind')
    .optional(),
  trivial: z.enum(['yes', 'no']).describe('whether trivial edits are told too').optional(),
};
const querystring = formQuery({ ...EDIT_PARAMETERS, after: z.string().regex(CHANGE_CURSOR).optional() });
const PER_PAGE = 10;

/** `/edits`: what the agency has changed and withdrawn. */
export function editRoutes(sources: WebSources): FastifyPluginCallback {
  return (app, _options, done) => {
    app
      .withTypeProvider<ZodTypes>()
      .get('/edits', { schema: { querystring } }, async ({ query: { after, ...selection } }, reply) => {
        requireTopic(sources, selection.topic);
        requireEdition(sources, selection.edition);
        const queries = sources.catalogue.requireQueries();
        const { changes, next, isCut } = await readShownChanges(queries, selection, after, PER_PAGE);
        const older = next === null ? null : hrefOf('/edits', { ...selection, after: next });
        const { topics, editions } = sources;
        const main = editsMain({ selection, changes, older, isCut, topics, editions });
        return sendPage(reply, { title: 'Edits', main, section: '/edits' });
      });
    done();
  };
}
