import { DEFAULT_EDITIONS, editionProfile } from './content/edition-profiles.js';
import { startEditionServer } from './edition-server.js';
import type { EditionServer } from './edition-server.js';
import { createSite } from './site.js';
import { withDefaults } from './content/test-site-options.js';
import type { TestSiteOptions } from './content/test-site-options.js';
import { ModeTable } from './modes/mode-table.js';
import type { ModeAction, ModeTarget, ModeWindow } from './modes/mode-table.js';
import { createSiteContent } from './content/site-content.js';
import type { SiteContent } from './content/site-content.js';
import { PageCache } from './page-cache.js';
import { populate } from './content/populate.js';
import { RequestLog } from './request-log.js';
import type { LoggedRequest } from './request-log.js';
import { warmCache } from './warm-cache.js';
import { World } from './content/world.js';

/** One edition's part of an `editions:` configuration. */
export interface EditionConfig {
  readonly enabled: true;
  readonly fetchFrom: string;
  readonly seedArticles: readonly string[];
}

/** What robots.txt disallows. */
const FORBIDDEN = /^\/(?:services|search|cms)\/|-print\.html$/;

/** A running imitation of the sites: what it serves, what is true, what it was asked. */
export interface TestSite extends SiteContent {
  /** Edition ids, in the order of the options. */
  readonly editions: readonly string[];
  /** `http://127.0.0.1:<port>` at which an edition answers; goes into `fetchFrom`. */
  origin(edition: string): string;
  /** Edition id → its part of the configuration. Seed articles carry both topics' tags. */
  editionConfig(): Record<string, EditionConfig>;
  /** Requests so far, oldest first, at most `requestsLoggedMax`. */
  requests(): readonly LoggedRequest[];
  /** Those of them that robots.txt forbids: load-more, tag search, search, print pages. */
  forbiddenRequests(): readonly LoggedRequest[];
  /** Forgets the log and the peaks. */
  clearRequests(): void;
  /** The most requests of an edition that were ever in progress at once. */
  peakConcurrency(edition: string): number;
  /** Makes requests that fit end as the action says. @returns a function that ends the mode. */
  setMode(target: ModeTarget, action: ModeAction, window?: ModeWindow): () => void;
  clearModes(): void;
  /** Closes an edition's port: connections are refused until `bringBack`. */
  takeDown(edition: string): Promise<void>;
  bringBack(edition: string): Promise<void>;
  /** Renders and compresses every article page now, so that a benchmark measures serving alone. */
  warm(): void;
  stop(): Promise<void>;
}

/**
 * Starts the test site on loopback, one port per edition.
 *
 * @param options  See `TestSiteOptions`; the same seed, time and options give the same site.
 * @throws {RangeError} if an edition cannot be imitated or the stories do not fit into the days.
 */
export async function startTestSite(options: TestSiteOptions): Promise<TestSite> {
  const settings = withDefaults(options, DEFAULT_EDITIONS);
  const world = new World(settings.editions.map(editionProfile));
  populate(world, settings);
  const content = createSiteContent(world, settings);
  const log = new RequestLog(settings.requestsLoggedMax);
  const modes = new ModeTable();
  const parts = {
    site: createSite(world, settings),
    cache: new PageCache(settings.cacheBytesMax),
    log,
    modes,
    advance: content.advance,
  };
  const servers = new Map<string, EditionServer>();
  for (const [index, edition] of settings.editions.entries()) {
    servers.set(edition, await startEditionServer(parts, edition, settings.port === 0 ? 0 : settings.port + index));
  }
  const server = (edition: string): EditionServer => {
    const found = servers.get(edition);
    if (found === undefined) throw new RangeError(`not among the test site's editions: ${edition}`);
    return found;
  };
  const editionConfig = (): Record<string, EditionConfig> =>
    Object.fromEntries(
      settings.editions.map((edition) => [
        edition,
        { enabled: true, fetchFrom: server(edition).origin, seedArticles: content.seedArticles(edition) },
      ]),
    );
  return {
    ...content,
    editions: settings.editions,
    origin: (edition) => server(edition).origin,
    editionConfig,
    requests: () => log.list(),
    forbiddenRequests: () => log.list().filter(({ path }) => FORBIDDEN.test(path)),
    clearRequests: () => {
      log.clear();
    },
    peakConcurrency: (edition) => log.peak(edition),
    setMode: (target, action, window) => modes.add(target, action, window),
    clearModes: () => {
      modes.clear();
    },
    takeDown: (edition) => server(edition).close(),
    bringBack: (edition) => server(edition).open(),
    warm: () => {
      warmCache(parts.site, parts.cache);
    },
    stop: async () => {
      await Promise.all([...servers.values()].map((each) => each.stop()));
    },
  };
}
