import type { Edition } from '../domain/edition.js';
import type { FetchFailure } from '../domain/outcome.js';
import type { Clock } from '../platform/clock.js';
import { robotsUrl } from '../sputnik/urls/site-urls.js';
import type { CrawlSettings } from './requests/crawl-run.js';
import { PageFetcher } from './http/fetch-page.js';
import { HttpClient } from './http/http-client.js';
import { createGuardedLookup, NetworkGuard } from './http/network-guard.js';

/** Whether one edition answers from here. */
export interface EditionProbe {
  readonly edition: string;
  /** Null: it answered. */
  readonly failure: FetchFailure | null;
  /** One line for people. */
  readonly detail: string;
  /** The site's clock by its `Date` header less ours, in ms; null where it said none. */
  readonly clockSkewMs: number | null;
}

/** Asks each edition once for its robots.txt, all at the same time; nothing is retried, nothing is kept. */
export async function probeEditions(
  editions: readonly Edition[],
  settings: Pick<CrawlSettings, 'politeness' | 'proxy'>,
  clock: Clock,
  signal: AbortSignal,
): Promise<EditionProbe[]> {
  const { userAgent, timeoutMs, bodyBytesMax } = settings.politeness;
  const guard = new NetworkGuard(editions);
  const lookup = createGuardedLookup(guard);
  const client = new HttpClient({ lookup, connectionsPerHost: 1, timeoutMs, proxyUrls: settings.proxy.urls });
  const { fetch: fetchPage } = new PageFetcher({
    guard,
    client,
    userAgent,
    timeoutMsOf: () => timeoutMs,
    bodyBytesMax,
    robotsAllow: () => true,
    stopSignal: signal,
    now: () => clock.now(),
  });
  try {
    return await Promise.all(
      editions.map(async (edition): Promise<EditionProbe> => {
        const url = robotsUrl(edition);
        const target = { kind: 'robots', edition: edition.id, url, pageId: null, foundBy: 'feed' } as const;
        const { attempt } = await fetchPage(target, null);
        if (attempt.kind === 'fault') {
          const { reason, detail } = attempt.fault;
          return { edition: edition.id, failure: reason, detail, clockSkewMs: null };
        }
        const headers = attempt.kind === 'answer' ? attempt.answer.headers : [];
        return { edition: edition.id, failure: null, detail: 'answers', clockSkewMs: skewOf(headers, clock.now()) };
      }),
    );
  } finally {
    await client.close();
  }
}

function skewOf(headers: readonly (readonly [string, string])[], nowMs: number): number | null {
  const date = headers.find(([name]) => name.toLowerCase() === 'date')?.[1];
  const atMs = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(atMs) ? null : atMs - nowMs;
}
