import type { Edition } from '../domain/edition.js';
import { robotsUrl } from '../sputnik/urls/site-urls.js';
import type { DayRange } from '../sputnik/urls/calendar-days.js';
import type { FetchEngine } from './fetch-engine.js';
import type { NetworkGuard } from './network-guard.js';
import { NO_ROBOTS_FILE, readRobots, UNREACHABLE_ROBOTS, type RobotsRules } from './robots-rules.js';
import type { RunRecord } from './run-record.js';

/** robots.txt of each edition's host, for one run. */
export interface RobotsRulesCache {
  /**
   * Has the rules ready before anything else of the edition is asked for; asks again when they are a day old.
   *
   * @returns  False where they could not be had, so that nothing may be asked for. A run that does not obey has them at once.
   */
  prepare(edition: Edition): Promise<boolean>;
  allows(editionId: string, realUrl: string): boolean;
  /** The longest Crawl-delay asked for on a contacted host, in milliseconds, 0 if none. */
  crawlDelayMs(networkHost: string): number;
}

export interface RobotsRulesCacheOptions {
  readonly obey: boolean;
  readonly userAgent: string;
  readonly guard: NetworkGuard;
  readonly record: RunRecord;
  /** Rules that earlier runs of this process have read; those that this one reads are added. */
  readonly cache: RobotsCache;
  /** Days of which lists will be asked for once the rules are there; null: none. It is written beside a failure. */
  readonly wantedDays: (edition: Edition) => DayRange | null;
  /** Asked for late: the engine needs the rules, and the rules need the engine. */
  readonly engine: () => FetchEngine;
}

/** RFC 9309, §2.4: no longer than a day. An hour keeps a back-fill of a thousand days from asking a thousand times. */
const RULES_AGE_MS_MAX = 3_600_000;

interface KeptRules {
  readonly rules: RobotsRules;
  readonly host: string;
  /** Monotonic milliseconds of this process. */
  readonly readAtMs: number;
}

/** Edition → its rules, as long as they hold. What could not be read is not kept beyond its run. */
export type RobotsCache = Map<string, KeptRules>;

export function createRobotsRulesCache(options: RobotsRulesCacheOptions): RobotsRulesCache {
  const kept: RobotsCache = new Map(options.cache);

  async function ask(edition: Edition): Promise<RobotsRules | null> {
    const url = robotsUrl(edition);
    const wantedDays = options.wantedDays(edition);
    const target = { kind: 'robots', edition: edition.id, url, pageId: null, foundBy: 'feed' } as const;
    const fetched = await options.engine().fetch(wantedDays === null ? target : { ...target, wantedDays });
    if (fetched === null) return null;
    const { result, decoded } = fetched;
    if (result.kind === 'response') {
      return result.status < 300 && decoded !== null ? readRobots(url, decoded, options.userAgent) : NO_ROBOTS_FILE;
    }
    // RFC 9309, §2.3.1.3: any 4xx means that there are no rules; 429 is a host that has had enough.
    const status = result.kind === 'failure' ? result.status : null;
    if (status !== null && status >= 400 && status < 500 && status !== 429) return NO_ROBOTS_FILE;
    const { reason, detail } = result.kind === 'failure' ? result : { reason: 'empty' as const, detail: 'HTTP 304' };
    options.record.failed(edition.id, reason, `robots.txt: ${detail}`);
    options.record.problem({
      edition: edition.id,
      foundBy: 'robots',
      url,
      reason,
      detail: `${detail}: nothing may be asked for`,
    });
    return UNREACHABLE_ROBOTS;
  }

  return {
    async prepare(edition) {
      if (!options.obey) return true;
      const known = kept.get(edition.id);
      if (known !== undefined && performance.now() - known.readAtMs < RULES_AGE_MS_MAX) {
        return known.rules !== UNREACHABLE_ROBOTS;
      }
      const rules = await ask(edition);
      if (rules === null) return false;
      const host = options.guard.place(edition.id, robotsUrl(edition))?.networkUrl.host ?? '';
      kept.set(edition.id, { rules, host, readAtMs: performance.now() });
      if (rules !== UNREACHABLE_ROBOTS) options.cache.set(edition.id, { rules, host, readAtMs: performance.now() });
      return rules !== UNREACHABLE_ROBOTS;
    },
    allows: (editionId, realUrl) => !options.obey || (kept.get(editionId)?.rules ?? NO_ROBOTS_FILE).allows(realUrl),
    crawlDelayMs(networkHost) {
      let delayMs = 0;
      for (const { rules, host } of kept.values())
        if (host === networkHost) delayMs = Math.max(delayMs, rules.crawlDelayMs ?? 0);
      return delayMs;
    },
  };
}
