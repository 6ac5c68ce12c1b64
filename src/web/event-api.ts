import type { FastifyPluginCallback } from 'fastify';
import { z } from 'zod';
import { operation } from './describe-api.js';
import { DEFAULT_STREAM_LIMITS, EventStreams, type StreamLimits } from './event-streams.js';
import type { ZodTypes } from './parameters.js';
import type { WebSources } from './web-sources.js';

const query = z.strictObject({
  lastEventId: z
    .string()
    .max(100)
    .describe('as the header `Last-Event-ID`, for those who cannot send it; `start`: everything that is kept')
    .optional(),
});

const EVENTS = operation({
  operationId: 'streamEvents',
  tag: 'changes',
  summary: 'What happens, as server-sent events: stored, edited, withdrawn, restored, changed, runEnded; docs/http.md',
  example: '/api/events',
  query,
  answer: z.string(),
});

/** `/api/events`: what happens, from now on or from an event on, as long as the caller stays. */
export function eventApi(
  { catalogue }: WebSources,
  limits: StreamLimits = DEFAULT_STREAM_LIMITS,
): FastifyPluginCallback {
  return (app, _options, done) => {
    const streams = new EventStreams(catalogue, limits);
    app.addHook('preClose', (closed) => {
      streams.close();
      closed();
    });
    const route = { schema: EVENTS.schema, exposeHeadRoute: false };
    app.withTypeProvider<ZodTypes>().get('/api/events', route, (request, reply) => {
      const header = request.headers['last-event-id'];
      const stream = streams.open(header?.toString() ?? request.query.lastEventId ?? null);
      // Proxies keep answers back until they are whole, unless told otherwise.
      return reply.type('text/event-stream; charset=utf-8').header('x-accel-buffering', 'no').send(stream);
    });
    done();
  };
}
