import { describe, expect, it } from 'vitest';
import { productToken, readRobots, RobotsRulesCache } from '../../../src/crawlers/politeness/robots-rules.js';
import { edition } from './crawl-setup.js';

const SITE = 'https://sputniknews.cn';
const AGENT = 'sputnik-harvester/0.1 (+https://example.org/)';
const USUAL = 'User-agent: *\nDisallow: /services/\nDisallow: /search/\nDisallow: /cms/\nDisallow: *-print.html$\n';

function read(text: string, userAgent = AGENT): ReturnType<typeof readRobots> {
  return readRobots(Buffer.from(text), userAgent);
}

const EDITION = edition('sputniknews.cn', null);

/** Rules that were learned without a text, as the crawler asks them. */
function learned(how: (cache: RobotsRulesCache) => void) {
  const cache = new RobotsRulesCache({
    obey: true,
    userAgent: AGENT,
    earlier: new Map(),
    shared: null,
    hostOf: ({ id }) => id,
  });
  how(cache);
  return { allows: (url: string) => cache.allows(EDITION.id, url) };
}

describe('robots.txt', () => {
  it.each(['/20230412/1049499304.html', '/geo_Vanadzor/', '/20230412/', '/export/rss2/archive/index.xml'])(
    'allows %s on these sites',
    (path) => {
      expect(read(USUAL).allows(SITE + path)).toBe(true);
    },
  );

  it.each(['/services/geo_Vanadzor/more.html?id=1', '/search/?query=x', '/cms/x', '/20230412/1049499304-print.html'])(
    'keeps %s closed, also where robots.txt is missing, empty or silent about it',
    (path) => {
      const missing = learned((cache) => {
        void cache.learn(EDITION, null);
      });
      for (const rules of [read(USUAL), read(''), read('User-agent: *\nAllow: /\n'), missing]) {
        expect(rules.allows(SITE + path)).toBe(false);
      }
    },
  );

  it('goes by the group of our product, whatever version and comment follow', () => {
    const text = 'User-agent: *\nDisallow: /\n\nUser-agent: Sputnik-Harvester\nAllow: /\nCrawl-delay: 7\n';
    expect(read(text).allows(`${SITE}/a`)).toBe(true);
    expect(read(text).crawlDelayMs).toBe(7000);
    expect(read(text, 'other/1.0').allows(`${SITE}/a`)).toBe(false);
  });

  it('takes the longest match, as RFC 9309 wants', () => {
    const rules = read('User-agent: *\nDisallow: /a/\nAllow: /a/b/\n');
    expect(rules.allows(`${SITE}/a/c`)).toBe(false);
    expect(rules.allows(`${SITE}/a/b/c`)).toBe(true);
  });

  it.each([
    ['Crawl-delay: 0.5', 500],
    ['Crawl-delay: 86400', 60_000],
    ['Crawl-delay: -3', null],
    ['Crawl-delay: soon', null],
    ['', null],
  ])('reads %j as a delay of %j ms', (line, expected) => {
    expect(read(`User-agent: *\n${line}\nDisallow: /x\n`).crawlDelayMs).toBe(expected);
  });

  it('reads rubbish of any size without harm and finds no rule in it', () => {
    const rules = read(`<!DOCTYPE html><html>${'\u0000\uffff: * $ \n'.repeat(100_000)}`);
    expect(rules.allows(`${SITE}/a`)).toBe(true);
  });

  it('allows nothing where it could not be had', () => {
    const unreachable = learned((cache) => {
      cache.close(EDITION);
    });
    expect(unreachable.allows(`${SITE}/a`)).toBe(false);
  });

  it.each([
    ['sputnik-harvester/0.1 (+https://example.org)', 'sputnik-harvester'],
    ['Mozilla/5.0 (compatible; my-bot/2.0; +https://example.org)', 'my-bot'],
    ['plain', 'plain'],
    ['', '*'],
  ])('takes the product of %j to be %j', (agent, product) => {
    expect(productToken(agent)).toBe(product);
  });
});
