import robotsParserModule from 'robots-parser';

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
export const NO_ROBOTS_FILE: RobotsRules = { allows: (url) => !isClosedPath(url), crawlDelayMs: null };
/** robots.txt could not be had: nothing is allowed (RFC 9309, §2.3.1.4). */
export const UNREACHABLE_ROBOTS: RobotsRules = { allows: () => false, crawlDelayMs: null };

/**
 * Reads robots.txt for our user agent.
 *
 * @param robotsUrl  Its real address.
 * @param text       Its text without content encoding; only the first 512,000 bytes count.
 * @param userAgent  The whole User-Agent header; its product token chooses the group.
 *
 * Pure.
 */
export function readRobots(robotsUrl: string, text: Buffer, userAgent: string): RobotsRules {
  const robots = robotsParser(robotsUrl, text.subarray(0, ROBOTS_BYTES_MAX).toString('utf8'));
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
