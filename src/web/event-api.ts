import { z } from 'zod';
import { Readable } from 'node:stream';
import { operation } from './describe-api.js';
import type { WebApp } from './parameters.js';
import type { CatalogueHandle, WebSources } from './web-sources.js';
import type { ChangesSince, LoggedChange } from '../store/catalogue/change-queries.js';
import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';
import { WebRefusal } from './web-refusal.js';

const query = z.strictObject({
  lastEventId: z
    .string()
    .max(100)
    .describe('like the header `Last-Event-ID`, for clients that cannot send it; `start`: all events that are kept')
    .optional(),
});

const EVENTS = operation({
  operationId: 'streamEvents',
  tag: 'changes',
  summary: 'Server-sent events: stored, edited, withdrawn, restored, changed, runEnded; see docs/http.md',
  example: '/api/events',
  query,
  answer: z.string(),
});

/** `/api/events`: events as they happen, from now on or from a given event on, until the caller leaves. */
export function addEventApi(
  app: WebApp,
  { catalogue }: WebSources,
  limits: StreamLimits = DEFAULT_STREAM_LIMITS,
): void {
  const streams = new EventStreams(catalogue, limits);
  app.addHook('preClose', (closed) => {
    streams.close();
    closed();
  });
  const route = { schema: EVENTS.schema, exposeHeadRoute: false };
  app.get('/api/events', route, (request, reply) => {
    const header = request.headers['last-event-id'];
    const stream = streams.open(header?.toString() ?? request.query.lastEventId ?? null);
    // By default, proxies hold an answer back until it is complete.
    return reply.type('text/event-stream; charset=utf-8').header('x-accel-buffering', 'no').send(stream);
  });
}

export interface StreamLimits {
  /** Streams at one time: a quarter of the connections. */
  readonly streamsMax: number;
  /** How often new events are read from the catalogue. */
  readonly pollMs: number;
  /** If nothing happens, a comment is sent this often, so that neither side nor a proxy takes the connection for dead. */
  readonly heartbeatMs: number;
  /** A reader that has not taken what was sent after this time is cut off. */
  readonly slowMs: number;
  /** Bytes that may wait for one reader, besides the buffers of the system. */
  readonly bufferBytesMax: number;
}

export const DEFAULT_STREAM_LIMITS: StreamLimits = {
  streamsMax: 64,
  pollMs: 500,
  heartbeatMs: 15_000,
  slowMs: 30_000,
  bufferBytesMax: 65_536,
};

/** Events that are read and sent at once: about 50 KB. */
const EVENTS_AT_ONCE = 200;
/** A reader that is behind gets the next ones after this time, in which others are answered. */
const CATCH_UP_MS = 10;
/** How long a browser waits before it connects again. */
const RETRY_MS = 2_000;

interface OpenStream {
  readonly readable: Readable;
  /** The last event that was sent. */
  cursor: string;
  sentAtMs: number;
  /** Since when it has taken nothing; null: it takes what is sent. */
  fullSinceMs: number | null;
}

/**
 * The open streams of events, which one timer serves. For each reader, only the id of the last event that was sent is kept. What a slow
 * reader has not taken yet is read from the catalogue later, and after a break or a restart `Last-Event-ID` continues the stream.
 */
class EventStreams {
  readonly #open = new Set<OpenStream>();
  #timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly catalogue: CatalogueHandle,
    private readonly limits: StreamLimits,
  ) {}

  /**
   * @param lastEventId  The id of the last event that the caller has; `start`: all events that are kept; null: only events to come.
   * @throws {WebRefusal} `web.busy`, `web.nothingStored`.
   */
  open(lastEventId: string | null): Readable {
    const queries = this.catalogue.requireQueries();
    if (this.#open.size >= this.limits.streamsMax) {
      throw new WebRefusal(503, 'web.busy', `${this.limits.streamsMax} streams are open`, { 'retry-after': '30' });
    }
    const end = queries.changes.end();
    const stream: OpenStream = {
      readable: new Readable({
        highWaterMark: this.limits.bufferBytesMax,
        read: () => {
          stream.fullSinceMs = null;
        },
      }),
      ...{ cursor: lastEventId ?? end, sentAtMs: performance.now(), fullSinceMs: null },
    };
    this.#open.add(stream);
    stream.readable.once('close', () => {
      this.#open.delete(stream);
      if (this.#open.size === 0) this.#stop();
    });
    const ready = lastEventId === null ? eventText('ready', end, {}) : '';
    send(stream, `retry: ${RETRY_MS}\n: events from here on\n\n${ready}`, performance.now());
    this.#timer ??= this.#feedAfter(this.limits.pollMs);
    return stream.readable;
  }

  close(): void {
    this.#stop();
    for (const { readable } of this.#open) readable.push(null);
  }

  #stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #feedAfter(delayMs: number): NodeJS.Timeout {
    return setTimeout(() => {
      try {
        this.#timer = this.#feedAfter(this.#feed() ? CATCH_UP_MS : this.limits.pollMs);
      } catch (error) {
        // A reader that connects again gets the error as an answer, which is also logged.
        this.#timer = null;
        for (const { readable } of this.#open) readable.destroy(error instanceof Error ? error : undefined);
      }
    }, delayMs);
  }

  /** @returns whether some reader is behind and can take more at once. */
  #feed(): boolean {
    const nowMs = performance.now();
    const read = readOnce(this.catalogue.queries());
    let isBehind = false;
    for (const stream of this.#open) {
      if (stream.fullSinceMs === null) isBehind = this.#feedOne(stream, read(stream.cursor), nowMs) || isBehind;
      else if (nowMs - stream.fullSinceMs > this.limits.slowMs) stream.readable.destroy();
    }
    return isBehind;
  }

  #feedOne(stream: OpenStream, { since, end }: ReadChanges, nowMs: number): boolean {
    if (since === null && end !== null) {
      stream.cursor = end;
      send(stream, eventText('void', end, { message: VOID }), nowMs);
      return false;
    }
    if (since !== null && since.changes.length > 0) {
      stream.cursor = since.cursor;
      send(stream, since.text, nowMs);
      return since.changes.length === EVENTS_AT_ONCE && stream.fullSinceMs === null;
    }
    if (nowMs - stream.sentAtMs >= this.limits.heartbeatMs) send(stream, ':\n\n', nowMs);
    return false;
  }
}

const VOID = 'events may be missing: Last-Event-ID is not an id, or is from before a rebuild or a restore, or too old';

interface ReadChanges {
  /** Null: the cursor is not valid. */
  readonly since: (ChangesSince & { readonly text: string }) | null;
  /** Null: there is no catalogue now. */
  readonly end: string | null;
}

/** Reads the changes after a cursor, once for all readers with the same cursor. */
function readOnce(queries: CatalogueQueries | null): (cursor: string) => ReadChanges {
  const known = new Map<string, ReadChanges>();
  return (cursor) => {
    const earlier = known.get(cursor);
    if (earlier !== undefined) return earlier;
    const since = queries?.changes.since(cursor, EVENTS_AT_ONCE) ?? null;
    const read = { since: since && { ...since, text: textOfAll(since) }, end: queries?.changes.end() ?? null };
    known.set(cursor, read);
    return read;
  };
}

function textOfAll({ changes, cursor }: ChangesSince): string {
  const epoch = cursor.slice(0, cursor.indexOf('.'));
  return changes.map((change) => eventText(change.kind, `${epoch}.${change.seq}`, dataOf(change))).join('');
}

function dataOf(change: LoggedChange): object {
  if (change.kind === 'runEnded') return { runId: change.runId, at: change.at };
  const { key, edition, topics, at } = change;
  return { article: key, edition, topics, at, href: `/api/articles/${key}` };
}

function eventText(name: string, id: string, data: object): string {
  return `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

function send(stream: OpenStream, text: string, nowMs: number): void {
  stream.sentAtMs = nowMs;
  if (!stream.readable.push(text)) stream.fullSinceMs ??= nowMs;
}
