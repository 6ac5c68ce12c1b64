import type { ChildProcess } from 'node:child_process';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { forkProgram, tellChild } from '../platform/child-program.js';
import type { Logger } from '../platform/logger.js';
import { WebRefusal } from './web-refusal.js';
import type { WebSources } from './web-sources.js';
import { whenSent } from './when-sent.js';

/** What the process reads from. */
export type AnsweringSettings = Pick<WebSources, 'topics' | 'editions' | 'version'> & {
  /** An absolute path. */
  readonly dataDir: string;
  readonly languages: Readonly<Record<string, string>>;
};

/** What the process is told. */
export type Question =
  /** Comes first, and once. */
  | { readonly kind: 'begin'; readonly settings: AnsweringSettings }
  | {
      readonly kind: 'ask';
      readonly id: number;
      readonly method: 'GET' | 'HEAD';
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
    }
  /** The next piece of an answer is wanted, or no further one. */
  | { readonly kind: 'more' | 'enough'; readonly id: number };

/** What the process says. */
export type Answer =
  | { readonly kind: 'head'; readonly id: number; readonly status: number; readonly headers: Record<string, string> }
  /** null: that was all. */
  | { readonly kind: 'piece'; readonly id: number; readonly bytes: Uint8Array | null }
  /** Nothing more is said of it. */
  | { readonly kind: 'failed'; readonly id: number; readonly error: Error };

/** Routes that read records or captures, of whatever length: nothing else waits for them. The browser that renders pictures is the service's. */
const READS =
  /^\/(?!edits\/[^?]*\.png)(?:articles|captures|delays|download|edits|feeds|search|api\/(?:articles|changes|edits|search))(?:\/|$)/;
/** Whoever waits longer for the beginning of an answer is refused, for a further piece of it cut off; a process that has said nothing for as long is ended. */
const DEADLINE_MS = 10_000;
/** A process that has not said anything yet is left so much longer to get going: ended sooner, a busy machine would never have one. */
const START_MS = 30_000;
/** Heap of the process, in MB; what is new in it, three times the last, would grow to 48 by itself. */
const HEAP_FLAGS = ['--max-old-space-size=128', '--max-semi-space-size=4'];
const HEADERS_PASSED = ['accept', 'host', 'if-none-match'] as const;
/** Said by the server that sends the answer. */
const OWN_HEADERS: ReadonlySet<string> = new Set(['connection', 'content-length', 'date', 'transfer-encoding']);

interface Asked {
  readonly begin: (head: Extract<Answer, { kind: 'head' }>, body: Readable) => void;
  readonly fail: (error: Error) => void;
  /** Something came of it: the deadline is over. */
  readonly heard: () => void;
  readonly body: Readable;
  readonly response: ServerResponse;
}

/**
 * Answers what reads records in a process of its own, under a deadline and a memory cap. It is started when it is first asked, and again
 * after it was ended: then what was under way is refused (503), and whoever asks again is answered.
 *
 * A process, not a thread: a thread that is ended, or runs out of memory, inside of SQLite takes the whole program with it.
 */
export class AnswerProcess {
  readonly #asked = new Map<number, Asked>();
  #process: ChildProcess | null = null;
  #count = 0;
  #heardMs = 0;

  constructor(
    private readonly settings: AnsweringSettings,
    private readonly log: Logger,
    private readonly deadlineMs = DEADLINE_MS,
  ) {}

  /** Has it answer those requests of an app that read records, once they are admitted. */
  serve(app: FastifyInstance): void {
    app.addHook('onRequest', async (request, reply) => {
      const { method, headers } = request;
      if (!READS.test(request.routeOptions.url ?? '') || (method !== 'GET' && method !== 'HEAD')) return;
      const passed: Record<string, string> = {};
      for (const name of HEADERS_PASSED) if (headers[name] !== undefined) passed[name] = headers[name];
      const { head, body } = await this.#ask({ method, url: request.url, headers: passed }, reply.raw);
      const kept = Object.entries(head.headers).filter(([name]) => !OWN_HEADERS.has(name));
      return reply.code(head.status).headers(Object.fromEntries(kept)).send(body);
    });
  }

  close(): void {
    this.#end(null);
  }

  #ask(
    wanted: Pick<Extract<Question, { kind: 'ask' }>, 'method' | 'url' | 'headers'>,
    response: ServerResponse,
  ): Promise<{ head: Extract<Answer, { kind: 'head' }>; body: Readable }> {
    const child = (this.#process ??= this.#start());
    const id = (this.#count += 1);
    let timer: NodeJS.Timeout | undefined;
    const heard = (): void => {
      clearTimeout(timer);
    };
    const wait = (): void => {
      heard();
      timer = setTimeout(() => {
        this.#refuseLate(id);
      }, this.deadlineMs);
    };
    const body = new Readable({
      read: () => {
        if (!this.#asked.has(id)) return;
        wait();
        tell(child, { kind: 'more', id });
      },
      destroy: (error, done) => {
        heard();
        if (this.#asked.delete(id)) tell(child, { kind: 'enough', id });
        done(error);
      },
    });
    // Nobody listens before the answer has begun; afterwards whoever sends it does as well.
    body.on('error', () => undefined);
    return new Promise((resolve, reject) => {
      this.#asked.set(id, {
        ...{ body, response, heard },
        begin: (head) => {
          resolve({ head, body });
        },
        fail: (error) => {
          reject(error);
          body.destroy(error);
        },
      });
      wait();
      tell(child, { kind: 'ask', id, ...wanted });
    });
  }

  #refuseLate(id: number): void {
    this.#asked.get(id)?.fail(refusal('this takes too long to read'));
    if (performance.now() - this.#heardMs >= this.deadlineMs) this.#end(`silent for ${this.deadlineMs} ms`);
  }

  #start(): ChildProcess {
    const child = forkProgram('answer-requests', HEAP_FLAGS);
    this.#heardMs = performance.now() + START_MS;
    child.on('message', (answer: Answer) => {
      if (this.#process === child) this.#hear(answer);
    });
    const lost = (reason: string): void => {
      if (this.#process === child) this.#end(reason);
    };
    child.on('exit', (code, signal) => {
      lost(`ended by itself: ${signal ?? `exit code ${code}`}`);
    });
    child.on('error', (error) => {
      lost(error.message);
    });
    tell(child, { kind: 'begin', settings: this.settings });
    return child;
  }

  #hear(answer: Answer): void {
    this.#heardMs = performance.now();
    const asked = this.#asked.get(answer.id);
    asked?.heard();
    if (answer.kind === 'failed') {
      this.log.error({ event: 'web.failed', err: answer.error }, 'could not answer a request');
      // What has begun is cut off: to its reader it must not look whole. What could be read he is given before.
      if (asked === undefined) return;
      this.#asked.delete(answer.id);
      void whenSent(asked.body, asked.response).then(() => {
        asked.fail(answer.error);
      });
    } else if (answer.kind === 'head') {
      asked?.begin(answer, asked.body);
    } else {
      if (answer.bytes === null) this.#asked.delete(answer.id);
      asked?.body.push(answer.bytes);
    }
  }

  /** @param reason  null: nothing more is to be answered. */
  #end(reason: string | null): void {
    const child = this.#process;
    this.#process = null;
    for (const asked of [...this.#asked.values()]) asked.fail(refusal('reading this was given up'));
    this.#asked.clear();
    if (child === null) return;
    if (reason !== null)
      this.log.warn({ event: 'web.answersEnded', reason }, 'the process that answers requests was ended');
    child.kill('SIGKILL');
  }
}

function tell(child: ChildProcess, question: Question): void {
  tellChild(child, question);
}

function refusal(message: string): WebRefusal {
  return new WebRefusal(503, 'web.tooSlow', message, { 'retry-after': '10' });
}
