import { loadConfig } from '../../src/config/load-config.js';
import type { SiteProcess } from './site-process.js';

const ALL_EDITIONS = loadConfig({ variables: {} }).editions.map(({ id }) => id);

/** Settings for a crawl of the site: its editions only, at full speed, with short limits. */
export async function settingsFor(site: Pick<SiteProcess, 'editionConfig'>, politeness: object = {}): Promise<object> {
  const disabled = Object.fromEntries(ALL_EDITIONS.map((id) => [id, { enabled: false }]));
  return {
    politeness: { delayMs: 0, concurrencyPerHost: 8, timeoutMs: 10_000, ...politeness },
    browser: { mode: 'never' },
    crawl: { sitemapDays: 60 },
    web: { port: 0 },
    schedules: { newest: { cron: '* * * * * *' }, revisit: { enabled: false }, reconcile: { enabled: false } },
    editions: { ...disabled, ...(await site.editionConfig()) },
  };
}
