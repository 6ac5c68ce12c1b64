import type { ChildProcess } from 'node:child_process';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { forkProgram, tellChild } from '../platform/child-program.js';
import type { Logger } from '../platform/logger.js';
import { WebRefusal } from './web-refusal.js';
import type { WebSources } from './web-sources.js';
import { whenSent } from './when-sent.js';

/** The settings that the process is started with. */
export type AnsweringSettings = Pick<WebSources, 'topics' | 'editions' | 'version'> & {
  /** An absolute path. */
  readonly dataDir: string;
  readonly languages: Readonly<Record<string, string>>;
};

/** A message to the process. */
export type Question =
  /** The first message, sent once. */
  | { readonly kind: 'begin'; readonly settings: AnsweringSettings }
  | {
      readonly kind: 'ask';
      readonly id: number;
      readonly method: 'GET' | 'HEAD';
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
    }
  /** `more` asks for the next piece of an answer; `enough` says that no more is wanted. */
  | { readonly kind: 'more' | 'enough'; readonly id: number };

/** A message from the process. */
export type Answer =
  | { readonly kind: 'head'; readonly id: number; readonly status: number; readonly headers: Record<string, string> }
  /** Null: the answer is complete. */
  | { readonly kind: 'piece'; readonly id: number; readonly bytes: Uint8Array | null }
  /** The last message about a request. */
  | { readonly kind: 'failed'; readonly id: number; readonly error: Error };

/** Routes that read records or captures of any size, so that no other request waits for them. Not PNG pictures: the service owns the browser that renders them. */
const READS =
  /^\/(?!edits\/[^?]*\.png)(?:articles|captures|delays|download|edits|feeds|search|api\/(?:articles|changes|edits|search))(?:\/|$)/;
/** If an answer takes longer to begin, the request is refused; if a later piece takes longer, it is cut off. A process that says nothing for this long is ended. */
const DEADLINE_MS = 10_000;
/** Additional time for a process that has just been started. Without it, a busy machine might never get one to run. */
const START_MS = 30_000;
/** Limits of the heap, in MB. V8 would let new objects take 48; they take three times the second number. */
const HEAP_FLAGS = ['--max-old-space-size=128', '--max-semi-space-size=4'];
const HEADERS_PASSED = ['accept', 'host', 'if-none-match'] as const;
/** Headers that the server sends itself. */
const OWN_HEADERS: ReadonlySet<string> = new Set(['connection', 'content-length', 'date', 'transfer-encoding']);

interface Asked {
  readonly begin: (head: Extract<Answer, { kind: 'head' }>, body: Readable) => void;
  readonly fail: (error: Error) => void;
  /** The process has said something about this request, so that its deadline is over. */
  readonly heard: () => void;
  readonly body: Readable;
  readonly response: ServerResponse;
}

/**
 * Answers requests that read records in a separate process, with a deadline and a memory limit. The process starts with the first such
 * request. If it is ended, the requests that it was answering are refused (503), and the next request starts it again.
 *
 * It is not a thread: a thread that is ended, or runs out of memory, inside SQLite would end the whole program.
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

  /** Passes the requests of an app that read records to the process, once they are admitted. */
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
    // Before the answer has begun nobody else listens for errors of the body.
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
      // An answer that has begun is cut off, so that it does not look complete. What could be read is sent before that.
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

  /** @param reason  Why the process is ended; null: the service stops. */
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
