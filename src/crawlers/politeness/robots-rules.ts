import robotsParserModule from 'robots-parser';
import type { Edition } from '../../domain/edition.js';
import { robotsUrl } from '../../sputnik/urls/site-urls.js';

/** What one host's robots.txt says to us. */
export interface RobotsRules {
  /** @param realUrl  Real https address on the host. */
  allows(realUrl: string): boolean;
  /** Null: none asked for. */
  readonly crawlDelayMs: number | null;
}

/** A parser has to read this much (RFC 9309, §2.5); we read no more. */
const ROBOTS_BYTES_MAX = 512_000;
/** A longer Crawl-delay would end every crawl; it is cut to this. */
const CRAWL_DELAY_MS_MAX = 60_000;

/** Paths that robots.txt of these sites closes (site facts, §3); while it is obeyed they are closed even if it is missing. */
const CLOSED_PATHS = /^\/(?:services|search|cms)\/|-print\.html$/;

/** The typings describe an ES module; the package is CommonJS and its export is the function itself. */
const robotsParser = robotsParserModule as unknown as (url: string, text: string) => Robot;
interface Robot {
  isAllowed(url: string, userAgent: string): boolean | undefined;
  getCrawlDelay(userAgent: string): number | undefined;
}

/** No robots.txt: everything but the closed paths is allowed. */
const NO_ROBOTS_FILE: RobotsRules = { allows: (url) => !isClosedPath(url), crawlDelayMs: null };
/** robots.txt could not be had: nothing is allowed (RFC 9309, §2.3.1.4). */
const UNREACHABLE_ROBOTS: RobotsRules = { allows: () => false, crawlDelayMs: null };

/**
 * Reads robots.txt for our user agent.
 *
 * @param url        Its real URL.
 * @param text       Its text without content encoding; only the first 512,000 bytes count.
 * @param userAgent  The whole User-Agent header; its product token chooses the group.
 *
 * Pure.
 */
export function readRobots(url: string, text: Buffer, userAgent: string): RobotsRules {
  const robots = robotsParser(url, text.subarray(0, ROBOTS_BYTES_MAX).toString('utf8'));
  const product = productToken(userAgent);
  const delaySecs = robots.getCrawlDelay(product);
  const valid = delaySecs !== undefined && Number.isFinite(delaySecs) && delaySecs > 0;
  return {
    allows: (url) => !isClosedPath(url) && robots.isAllowed(url, product) !== false,
    crawlDelayMs: valid ? Math.min(delaySecs * 1000, CRAWL_DELAY_MS_MAX) : null,
  };
}

/** @returns the product that robots.txt groups name: `sputnik-harvester` of `Mozilla/5.0 (compatible; sputnik-harvester/1.0)`. */
export function productToken(userAgent: string): string {
  const compatible = /\(compatible;\s*([A-Za-z0-9_-]+)/.exec(userAgent);
  return compatible?.[1] ?? /^[^/\s]+/.exec(userAgent.trim())?.[0] ?? '*';
}

function isClosedPath(url: string): boolean {
  return CLOSED_PATHS.test(new URL(url).pathname);
}

/** RFC 9309, §2.4: no longer than a day. An hour keeps a back-fill of a thousand days from asking a thousand times. */
const RULES_AGE_MS_MAX = 3_600_000;

interface KnownRules {
  readonly rules: RobotsRules;
  readonly host: string;
  /** Monotonic milliseconds of this process. */
  readonly readAtMs: number;
}

/** Edition → its rules, as long as they hold. What could not be read is not kept beyond its run. */
export type RobotsCache = Map<string, KnownRules>;

export interface RobotsRulesCacheOptions {
  readonly obey: boolean;
  readonly userAgent: string;
  /** Rules that earlier runs of this process have read; those that this one reads are added. */
  readonly shared: RobotsCache;
  /** Host and port from which an edition's robots.txt comes. */
  readonly hostOf: (edition: Edition) => string;
}

/** The robots.txt rules of each edition's host, for one run. */
export class RobotsRulesCache {
  readonly #options: RobotsRulesCacheOptions;
  readonly #known: RobotsCache;

  constructor(options: RobotsRulesCacheOptions) {
    this.#options = options;
    this.#known = new Map(options.shared);
  }

  /** Whether robots.txt has to be asked for before anything else of the edition is; again when the rules are an hour old. */
  isDue(editionId: string): boolean {
    const known = this.#known.get(editionId);
    return this.#options.obey && (known === undefined || performance.now() - known.readAtMs >= RULES_AGE_MS_MAX);
  }

  /** Whether robots.txt could not be had, so that nothing may be asked for. */
  isClosed(editionId: string): boolean {
    return this.#options.obey && this.#known.get(editionId)?.rules === UNREACHABLE_ROBOTS;
  }

  allows(editionId: string, realUrl: string): boolean {
    return !this.#options.obey || (this.#known.get(editionId)?.rules ?? NO_ROBOTS_FILE).allows(realUrl);
  }

  /** The longest Crawl-delay asked for on a contacted host, in milliseconds, 0 if none. */
  crawlDelayMs(networkHost: string): number {
    let delayMs = 0;
    for (const { rules, host } of this.#known.values()) {
      if (host === networkHost) delayMs = Math.max(delayMs, rules.crawlDelayMs ?? 0);
    }
    return delayMs;
  }

  /** @param text  Of robots.txt without its content encoding; null: the host has none. */
  learn(edition: Edition, text: Buffer | null): void {
    const url = robotsUrl(edition);
    const rules = text === null ? NO_ROBOTS_FILE : readRobots(url, text, this.#options.userAgent);
    const known = { rules, host: this.#options.hostOf(edition), readAtMs: performance.now() };
    this.#known.set(edition.id, known);
    this.#options.shared.set(edition.id, known);
  }

  /** robots.txt could not be had. */
  close(edition: Edition): void {
    const host = this.#options.hostOf(edition);
    this.#known.set(edition.id, { rules: UNREACHABLE_ROBOTS, host, readAtMs: performance.now() });
  }
}
