import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import type * as BoardApi from '@bull-board/api';
import type * as BoardAdapter from '@bull-board/api/bullMQAdapter';
import type {
  AppControllerRoute,
  AppViewRoute,
  BullBoardRequest,
  IServerAdapter,
  UIConfig,
} from '@bull-board/api/typings/app';
import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import { FatalError } from '../../domain/errors.js';
import { escapeMarkup } from '../../export/safe-markup.js';
import { everyQueue } from '../../queue/open-queues.js';
import { BOARD_PATH } from '../../web/sources/views.js';
import { WebRefusal } from '../../web/web-refusal.js';
import type { Runtime } from '../harvester/runtime.js';
import { withQueues } from './create-web-actions.js';

/** Policy of the board only: it may load its own scripts and styles and contact this server, and nothing else. */
const POLICY = [
  ...[
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self'",
    "font-src 'self'",
  ],
  ...["connect-src 'self'", "base-uri 'self'", "form-action 'none'", "frame-ancestors 'none'"],
].join(';');
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
};

type Handler = (request: BullBoardRequest) => ReturnType<AppControllerRoute['handler']>;

/**
 * Bull Board below `/queues/board/`, to be looked at only: queues are given to it as read only, and of its routes those
 * by GET alone are there. Its page is written here, without what it would load from elsewhere. Queues are opened for
 * each request, so it outlives a Redis that starts again.
 *
 * @throws {FatalError} `web.noQueueBoard` where its packages are not installed.
 */
export async function queueBoardRoutes(runtime: Runtime): Promise<FastifyPluginCallback> {
  const { createBullBoard, BullMQAdapter, folder } = loadBoard();
  const board = new BoardRoutes();
  createBullBoard({
    queues: [],
    serverAdapter: board,
    options: { uiBasePath: folder, uiConfig: { boardTitle: 'Queues' } },
  });
  const page = pageOf(await readFile(join(folder, 'dist/index.ejs'), 'utf8'), board.uiConfig);
  const answer = (handler: Handler) => (request: FastifyRequest, reply: FastifyReply) =>
    withQueues(runtime, async (queues, closers) => {
      const shown = everyQueue(queues, closers).map(
        (queue) => [queue.name, new BullMQAdapter(queue, { readOnlyMode: true })] as const,
      );
      const { params, query } = request as { readonly params: object; readonly query: object };
      const asked = { queues: new Map(shown), uiConfig: board.uiConfig, params, query, body: {}, headers: {} };
      const { status = 200, body } = await handler(asked);
      return reply.code(status).type('application/json; charset=utf-8').send(body);
    });
  return (app, _options, done) => {
    app.addHook('onRequest', (_request, reply, next) => {
      reply.header('content-security-policy', POLICY);
      next();
    });
    app.get(BOARD_PATH.slice(0, -1), (_request, reply) => reply.redirect(BOARD_PATH, 308));
    for (const path of board.pages) {
      app.get(BOARD_PATH + path.slice(1), (_request, reply) => reply.type('text/html; charset=utf-8').send(page));
    }
    for (const { path, handler } of board.reads) app.get(BOARD_PATH + path.slice(1), answer(handler));
    serveFiles(app, join(folder, 'dist/static'));
    done();
  };
}

/** By `require`: from the bundle, `import()` of what stands beside it has Node warn of an experiment. */
function loadBoard() {
  const load = createRequire(import.meta.url);
  try {
    const { createBullBoard } = load('@bull-board/api') as typeof BoardApi;
    const { BullMQAdapter } = load('@bull-board/api/bullMQAdapter') as typeof BoardAdapter;
    return { createBullBoard, BullMQAdapter, folder: dirname(load.resolve('@bull-board/ui/package.json')) };
  } catch (error) {
    // The first line: what Node adds is the files that asked.
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new FatalError(`queueBoard.enabled: Bull Board cannot be loaded: ${reason}`, {
      code: 'web.noQueueBoard',
      // Bull Board asks for `bullmq` itself, and does not find the one inside this package where that is installed
      // globally.
      hint: 'npm install @bull-board/api@9 @bull-board/ui@9 bullmq@6 beside this program (with -g if it was installed so), or set queueBoard.enabled to false',
      cause: error,
    });
  }
}

/** Takes the routes of Bull Board that are used: the paths of its page, and those read by GET. */
class BoardRoutes implements IServerAdapter {
  uiConfig: UIConfig = {};
  pages: readonly string[] = [];
  reads: readonly { readonly path: string; readonly handler: Handler }[] = [];

  setQueues(): this {
    return this;
  }

  setViewsPath(): this {
    return this;
  }

  setStaticPath(): this {
    return this;
  }

  setErrorHandler(): this {
    return this;
  }

  setUIConfig(uiConfig: UIConfig): this {
    this.uiConfig = uiConfig;
    return this;
  }

  setEntryRoute({ route }: AppViewRoute): this {
    this.pages = [route].flat();
    return this;
  }

  setApiRoutes(routes: AppControllerRoute[]): this {
    const reads = routes.filter(({ method }) => [method].flat().includes('get'));
    this.reads = reads.flatMap((one) => {
      const handler: Handler = (request) => one.handler(request);
      return [one.route].flat().map((path) => ({ path, handler }));
    });
    return this;
  }
}

/** Its page with its own scripts and styles, by the names that they have in this version. Pure. */
function pageOf(template: string, uiConfig: UIConfig): string {
  const scripts = [...template.matchAll(/src="(static\/[\w./-]+\.js)"/g)].map(
    ([, path]) => `<script defer src="${path ?? ''}"></script>`,
  );
  const styles = [...template.matchAll(/href="(static\/[\w./-]+\.css)"/g)].map(
    ([, path]) => `<link rel="stylesheet" href="${path ?? ''}">`,
  );
  const config = JSON.stringify(uiConfig).replace(/[<>]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<base href="${BOARD_PATH}"><title>${escapeMarkup(uiConfig.boardTitle ?? 'Queues')}</title>${styles.join('')}</head>`,
    `<body class="preload"><script id="__UI_CONFIG__" type="application/json">${config}</script><div id="root"></div>${scripts.join('')}</body></html>`,
  ].join('\n');
}

/** Files of the package by their names, as they were at the start, and no others. */
function serveFiles(app: FastifyInstance, folder: string): void {
  const names = new Set(
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/')),
  );
  app.get<{ Params: { '*': string } }>(`${BOARD_PATH}static/*`, async ({ params }, reply) => {
    const name = params['*'];
    const type = names.has(name) ? TYPES[extname(name)] : undefined;
    if (type === undefined) throw new WebRefusal(404, 'web.notFound', 'nothing is here');
    return reply
      .type(type)
      .header('cache-control', 'private, max-age=3600')
      .send(await readFile(join(folder, name)));
  });
}
