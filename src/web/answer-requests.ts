import type { FastifyInstance } from 'fastify';
import { tellParent } from '../platform/child-program.js';
import type { Answer, AnsweringSettings, Question } from './answer-process.js';
import { apiRoutes } from './api-routes.js';
import { feedRoutes } from './selection-routes.js';
import { pageRoutes } from './page-routes.js';
import { createAnsweringApp } from './web-server.js';
import { CatalogueHandle, type WebSources } from './web-sources.js';

/** Start of the process that answers requests which read records: the same routes as in the service, asked by messages. */
let app: ReturnType<typeof createAnsweringApp> | null = null;
/** By request: whether the next piece is wanted already, and who waits to be told. */
const wishes = new Map<number, { isWanted: boolean; tell: ((isWanted: boolean) => void) | null }>();

process.on('message', (question: Question) => {
  if (question.kind === 'begin') {
    app = begin(question.settings);
    return;
  }
  if (question.kind === 'ask') {
    wishes.set(question.id, { isWanted: false, tell: null });
    void answer(question);
    return;
  }
  const wish = wishes.get(question.id);
  const isWanted = question.kind === 'more';
  if (wish === undefined) return;
  if (wish.tell !== null) wish.tell(isWanted);
  else if (isWanted) wish.isWanted = true;
  if (!isWanted) wishes.delete(question.id);
});

// The process that started this one has ended.
process.on('disconnect', () => process.exit());

function begin({ dataDir, ...known }: AnsweringSettings): ReturnType<typeof createAnsweringApp> {
  const sources: WebSources = {
    ...known,
    catalogue: new CatalogueHandle(dataDir),
    status: () => Promise.reject(new Error('the status is read by the service itself')),
  };
  return createAnsweringApp([feedRoutes(sources), apiRoutes(sources), pageRoutes(sources)], (error) => {
    say({ kind: 'failed', id: 0, error: asError(error) });
  });
}

function say(answer: Answer): void {
  tellParent(answer);
}

async function answer({ id, method, url, headers }: Extract<Question, { kind: 'ask' }>): Promise<void> {
  let made: Awaited<ReturnType<FastifyInstance['inject']>> | null = null;
  try {
    if (app === null) throw new Error('a request came before the settings');
    made = await (await app).inject({ method, url, headers, payloadAsStream: true });
    say({ kind: 'head', id, status: made.statusCode, headers: textHeaders(made.headers) });
    for await (const piece of made.stream() as AsyncIterable<Buffer>) {
      if (!(await isWanted(id))) break;
      say({ kind: 'piece', id, bytes: piece });
    }
    say({ kind: 'piece', id, bytes: null });
  } catch (error) {
    // What was read before the failure.
    const left = made?.stream().read() as Buffer | null | undefined;
    if (left) say({ kind: 'piece', id, bytes: left });
    say({ kind: 'failed', id, error: asError(error) });
  }
  // Stops the making of an answer that is no longer wanted.
  made?.raw.res.destroy();
  wishes.delete(id);
}

/** @returns when the next piece is wanted; false: no further piece is wanted. */
function isWanted(id: number): Promise<boolean> {
  const wish = wishes.get(id);
  if (wish === undefined) return Promise.resolve(false);
  if (wish.isWanted) {
    wish.isWanted = false;
    return Promise.resolve(true);
  }
  return new Promise((resolve) => {
    wish.tell = (isWantedNow) => {
      wish.tell = null;
      resolve(isWantedNow);
    };
  });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function textHeaders(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
