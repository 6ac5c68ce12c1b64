import type { Edition } from '../../domain/edition.js';
import { parseRobots } from './parse-robots.js';

interface RobotsRules {
  /** @param realUrl  Real https address on the host. */
  allows(realUrl: string): boolean;
  /** Null: none asked for. */
  readonly crawlDelayMs: number | null;
}

/** A longer Crawl-delay would end every crawl; it is cut to this. */
const CRAWL_DELAY_MS_MAX = 60_000;

/** Paths that robots.txt of these sites closes (site facts, §3); while it is obeyed they are closed even if it is missing. */
const CLOSED_PATHS = /^\/(?:services|search|cms)\/|-print\.html$/;

/** No robots.txt: everything but the closed paths is allowed. */
const NO_ROBOTS_FILE: RobotsRules = {
  allows: (url) => !CLOSED_PATHS.test(new URL(url).pathname),
  crawlDelayMs: null,
};
/** robots.txt could not be fetched, so nothing is allowed (RFC 9309, §2.3.1.4). */
const UNREACHABLE_ROBOTS: RobotsRules = { allows: () => false, crawlDelayMs: null };

/**
 * Reads robots.txt for our user agent.
 *
 * @param text       Without content encoding; see {@link parseRobots} for its limits.
 * @param userAgent  The whole User-Agent header; its product token chooses the group.
 *
 * Pure.
 */
export function readRobots(text: Buffer, userAgent: string): RobotsRules {
  const group = parseRobots(text, productToken(userAgent));
  const { crawlDelaySecs } = group;
  return {
    allows: (realUrl) => {
      const { pathname, search } = new URL(realUrl);
      return !CLOSED_PATHS.test(pathname) && group.allows(pathname + search);
    },
    crawlDelayMs: crawlDelaySecs === null ? null : Math.min(crawlDelaySecs * 1000, CRAWL_DELAY_MS_MAX),
  };
}

/** @returns the product that robots.txt groups name: `sputnik-harvester` of `Mozilla/5.0 (compatible; sputnik-harvester/1.0)`. */
export function productToken(userAgent: string): string {
  const compatible = /\(compatible;\s*([A-Za-z0-9_-]+)/.exec(userAgent);
  return compatible?.[1] ?? /^[^/\s]+/.exec(userAgent.trim())?.[0] ?? '*';
}

/** RFC 9309, §2.4: no longer than a day. An hour keeps a back-fill of a thousand days from asking a thousand times. */
export const ROBOTS_AGE_MS_MAX = 3_600_000;

interface KnownRules {
  readonly rules: RobotsRules;
  readonly host: string;
  /** Monotonic milliseconds of this process. */
  readonly readAtMs: number;
}

/** Edition → its rules, as long as they hold. What could not be read is not kept beyond its run. */
export type RobotsCache = Map<string, KnownRules>;

/** What robots.txt said, where all processes that crawl see it: one of them asks a host, the others ask here. */
export interface SharedRobots {
  /** @returns the text, null where the host has none; null: nobody has read it within {@link ROBOTS_AGE_MS_MAX}. */
  lookUp(edition: string, host: string): Promise<{ readonly text: Buffer | null; readonly ageMs: number } | null>;
  keep(edition: string, host: string, text: Buffer | null): Promise<void>;
}

interface RobotsRulesCacheOptions {
  readonly obey: boolean;
  readonly userAgent: string;
  /** Rules that earlier runs of this process have read; those that this one reads are added. */
  readonly earlier: RobotsCache;
  /** What other processes have read; null: nobody tells. */
  readonly shared: SharedRobots | null;
  /** Host and port from which an edition's robots.txt comes. */
  readonly hostOf: (edition: Edition) => string;
}

/** The robots.txt rules of each edition's host, for one run. */
export class RobotsRulesCache {
  readonly #options: RobotsRulesCacheOptions;
  readonly #known: RobotsCache;

  constructor(options: RobotsRulesCacheOptions) {
    this.#options = options;
    this.#known = new Map(options.earlier);
  }

  /**
   * Whether robots.txt has to be asked for before anything else of the edition is; again when the rules are an hour old.
   *
   * @throws what asking for the shared ones throws.
   */
  async isDue(edition: Edition): Promise<boolean> {
    const { obey, shared, hostOf } = this.#options;
    const known = this.#known.get(edition.id);
    if (!obey || (known !== undefined && performance.now() - known.readAtMs < ROBOTS_AGE_MS_MAX)) return false;
    const found = (await shared?.lookUp(edition.id, hostOf(edition))) ?? null;
    if (found !== null) this.#know(edition, found.text, found.ageMs);
    return found === null;
  }

  /** Whether robots.txt could not be fetched, so that nothing may be requested. */
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

  /** What the edition's own robots.txt asks for, in milliseconds, 0 if nothing. */
  crawlDelayOf(editionId: string): number {
    return this.#known.get(editionId)?.rules.crawlDelayMs ?? 0;
  }

  /** @param text  Of robots.txt without its content encoding; null: the host has none. @throws what keeping it for others throws. */
  async learn(edition: Edition, text: Buffer | null): Promise<void> {
    const { shared, hostOf } = this.#options;
    this.#know(edition, text, 0);
    await shared?.keep(edition.id, hostOf(edition), text);
  }

  /** robots.txt could not be had. */
  close(edition: Edition): void {
    const host = this.#options.hostOf(edition);
    this.#known.set(edition.id, { rules: UNREACHABLE_ROBOTS, host, readAtMs: performance.now() });
  }

  #know(edition: Edition, text: Buffer | null, ageMs: number): void {
    const { userAgent, hostOf, earlier } = this.#options;
    const rules = text === null ? NO_ROBOTS_FILE : readRobots(text, userAgent);
    const known = { rules, host: hostOf(edition), readAtMs: performance.now() - ageMs };
    this.#known.set(edition.id, known);
    earlier.set(edition.id, known);
  }
}
