import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TestSiteOptions } from '../../testsite/content/test-site-options.js';
import type { BrowserModeName, HostileModeName } from '../../testsite/modes/hostile-modes.js';
import type { PublishRequest } from '../../testsite/content/site-content.js';
import type { LoggedRequest } from '../../testsite/request-log.js';
import type { EditionConfig } from '../../testsite/start-test-site.js';
import type { EditRequest } from '../../testsite/content/story-changes.js';
import type { TruthArticle } from '../../testsite/content/truth.js';

const PROGRAM = fileURLToPath(new URL('./processes/site.js', import.meta.url));

/** A mode laid upon requests of an edition whose path fits the pattern. */
export interface ModeSetting {
  readonly edition: string;
  readonly path?: string;
  readonly mode: HostileModeName | BrowserModeName;
  readonly times?: number;
}

export type History = readonly { readonly from: number; readonly article: TruthArticle }[];

/** The test site in a process of its own, so that neither its memory nor its work is the program's. */
export interface SiteProcess {
  /** Requests answered since the last `clearRequests`, as last reported. */
  readonly requestCount: () => number;
  truth(): Promise<readonly TruthArticle[]>;
  /** `<edition>/<id>` → all states so far. */
  histories(): Promise<Readonly<Record<string, History>>>;
  editionConfig(): Promise<Readonly<Record<string, EditionConfig>>>;
  requests(): Promise<readonly LoggedRequest[]>;
  publish(request: PublishRequest): Promise<string>;
  edit(articleId: string, request: EditRequest): Promise<void>;
  setModes(modes: readonly ModeSetting[]): Promise<void>;
  clearModes(): Promise<void>;
  clearRequests(): Promise<void>;
  stop(): Promise<void>;
}

export async function startSite(options: Omit<TestSiteOptions, 'clock'>): Promise<SiteProcess> {
  const child = fork(PROGRAM, [JSON.stringify(options)]);
  const waiting = new Map<number, (value: unknown) => void>();
  let count = 0;
  let asked = 0;
  child.on('message', (message: { id?: number; value?: unknown; count?: number }) => {
    if (message.count !== undefined) count = message.count;
    if (message.id !== undefined) waiting.get(message.id)?.(message.value);
  });
  await once(child, 'message');
  const ask = <Value>(command: string, value: unknown = null): Promise<Value> =>
    new Promise<unknown>((resolve) => {
      asked += 1;
      waiting.set(asked, resolve);
      child.send({ command, id: asked, value });
    }) as Promise<Value>;
  return {
    requestCount: () => count,
    truth: () => ask('truth'),
    histories: () => ask('histories'),
    editionConfig: () => ask('editionConfig'),
    requests: () => ask('requests'),
    publish: (request) => ask('publish', request),
    edit: (articleId, request) => ask('edit', { articleId, ...request }),
    setModes: (modes) => ask('setModes', modes),
    clearModes: () => ask('clearModes'),
    clearRequests: async () => {
      await ask('clearRequests');
      count = 0;
    },
    stop: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
