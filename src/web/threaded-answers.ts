import { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { FastifyInstance } from 'fastify';
import type { Logger } from '../platform/logger.js';
import { threadFile } from '../workers/thread-file.js';
import { WebRefusal } from './web-refusal.js';
import type { WebSources } from './web-sources.js';

/** What the thread reads from. */
export type AnsweringSettings = Pick<WebSources, 'topics' | 'editions' | 'version'> & {
  readonly dataDir: string;
  readonly languages: Readonly<Record<string, string>>;
};

/** What the thread is told. */
export type Question =
  | {
      readonly kind: 'ask';
      readonly id: number;
      readonly method: 'GET' | 'HEAD';
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
    }
  /** The next piece of an answer is wanted, or no further one. */
  | { readonly kind: 'more' | 'enough'; readonly id: number }
  /** It is to end, once it comes to hear of it. */
  | { readonly kind: 'end' };

/** What the thread says. */
export type Answer =
  | { readonly kind: 'head'; readonly id: number; readonly status: number; readonly headers: Record<string, string> }
  /** null: that was all. */
  | { readonly kind: 'piece'; readonly id: number; readonly bytes: Uint8Array | null }
  | { readonly kind: 'failed'; readonly id: number; readonly error: Error };

/** Routes that read records or captures, of whatever length: nothing else waits for them. The browser that renders pictures is the service's. */
const READS =
  /^\/(?!edits\/[^?]*\.png)(?:articles|captures|delays|download|edits|feeds|search|api\/(?:articles|changes|edits|search))(?:\/|$)/;
/** Whoever waits longer for the beginning of an answer is refused; a thread that has said nothing for as long is ended. */
const DEADLINE_MS = 10_000;
/** A thread that has not said anything yet is left so much longer to get going: ended sooner, a busy machine would never have one. */
const START_MS = 30_000;
/**
 * A thread that is to end has this long to hear of it. Ended from outside while SQLite hands rows over, it takes the whole process along (its binding throws
 * where nobody can catch, seen under load after 54 minutes: `terminate called after throwing an instance of 'Napi::Error'`); one that has not
 * heard by then is at work in our own code.
 */
const END_MS = 20_000;
/** Heap of the thread. */
const MEMORY_MB = 128;
/** Of what is new in it; left to itself that grows to 48 MB. */
const NEW_MB = 12;
const HEADERS_PASSED = ['accept', 'host', 'if-none-match'] as const;
/** Said by the server that sends the answer. */
const OWN_HEADERS: ReadonlySet<string> = new Set(['connection', 'content-length', 'date', 'transfer-encoding']);

interface Asked {
  readonly begin: (head: Extract<Answer, { kind: 'head' }>, body: Readable) => void;
  readonly fail: (error: Error) => void;
  readonly body: Readable;
}

/**
 * Answers what reads records on a thread of its own, under a deadline and a memory cap. It is started when it is first asked, and again
 * after it was ended: then what was under way is refused (503), and whoever asks again is answered.
 */
export class ThreadedAnswers {
  readonly #asked = new Map<number, Asked>();
  #thread: Worker | null = null;
  #count = 0;
  #heardMs = 0;

  constructor(
    private readonly settings: AnsweringSettings,
    private readonly log: Logger,
    private readonly deadlineMs = DEADLINE_MS,
  ) {}

  /** Has the thread answer those requests of an app that read records, once they are admitted. */
  serve(app: FastifyInstance): void {
    app.addHook('onRequest', async (request, reply) => {
      const { method, headers } = request;
      if (!READS.test(request.routeOptions.url ?? '') || (method !== 'GET' && method !== 'HEAD')) return;
      const passed: Record<string, string> = {};
      for (const name of HEADERS_PASSED) if (headers[name] !== undefined) passed[name] = headers[name];
      const { head, body } = await this.#ask(method, request.url, passed);
      const kept = Object.entries(head.headers).filter(([name]) => !OWN_HEADERS.has(name));
      return reply.code(head.status).headers(Object.fromEntries(kept)).send(body);
    });
  }

  async close(): Promise<void> {
    await this.#end('the service stops');
  }

  #ask(
    method: 'GET' | 'HEAD',
    url: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<{ head: Extract<Answer, { kind: 'head' }>; body: Readable }> {
    const thread = (this.#thread ??= this.#start());
    const id = (this.#count += 1);
    const told = (kind: 'more' | 'enough'): void => {
      thread.postMessage({ kind, id } satisfies Question);
    };
    const body = new Readable({
      read: () => {
        told('more');
      },
      destroy: (error, done) => {
        if (this.#asked.delete(id)) told('enough');
        done(error);
      },
    });
    // Nobody listens before the answer has begun; afterwards whoever sends it does as well.
    body.on('error', () => undefined);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#refuseLate(id);
      }, this.deadlineMs);
      this.#asked.set(id, {
        body,
        begin: (head) => {
          clearTimeout(timer);
          resolve({ head, body });
        },
        fail: (error) => {
          clearTimeout(timer);
          reject(error);
          body.destroy(error);
        },
      });
      thread.postMessage({ kind: 'ask', id, method, url, headers } satisfies Question);
    });
  }

  #refuseLate(id: number): void {
    this.#asked.get(id)?.fail(refusal('this takes too long to read'));
    if (performance.now() - this.#heardMs >= this.deadlineMs) void this.#end(`silent for ${this.deadlineMs} ms`);
  }

  #start(): Worker {
    const thread = new Worker(threadFile('answer-thread'), {
      workerData: this.settings,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB, maxYoungGenerationSizeMb: NEW_MB },
    });
    this.#heardMs = performance.now() + START_MS;
    thread.on('message', (answer: Answer) => {
      if (this.#thread === thread) this.#hear(answer);
    });
    thread.on('error', (error) => {
      if (this.#thread === thread) void this.#end(String(error));
    });
    return thread;
  }

  #hear(answer: Answer): void {
    this.#heardMs = performance.now();
    const asked = this.#asked.get(answer.id);
    if (answer.kind === 'failed') {
      this.log.error({ event: 'web.failed', err: answer.error }, 'could not answer a request');
      // What has begun is cut off: to its reader it must not look whole.
      asked?.fail(answer.error);
    } else if (answer.kind === 'head') {
      asked?.begin(answer, asked.body);
    } else {
      if (answer.bytes === null) this.#asked.delete(answer.id);
      asked?.body.push(answer.bytes);
    }
  }

  async #end(reason: string): Promise<void> {
    const thread = this.#thread;
    this.#thread = null;
    for (const asked of [...this.#asked.values()]) asked.fail(refusal('reading this was given up'));
    this.#asked.clear();
    if (thread === null) return;
    this.log.warn({ event: 'web.threadEnded', reason }, 'the thread that answers requests was ended');
    const ended = new Promise((resolve) => thread.once('exit', resolve));
    const late = setTimeout(() => void thread.terminate(), END_MS);
    thread.postMessage({ kind: 'end' } satisfies Question);
    await ended;
    clearTimeout(late);
  }
}

function refusal(message: string): WebRefusal {
  return new WebRefusal(503, 'web.tooSlow', message, { 'retry-after': '10' });
}
