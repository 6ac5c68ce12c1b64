import type { Config } from '../config/config.js';

/** The part of the settings that a crawl needs. */
export type CrawlSettings = Pick<Config, 'politeness' | 'proxy' | 'browser' | 'crawl'>;
