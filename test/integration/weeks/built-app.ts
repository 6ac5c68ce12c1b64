import type * as CrawlWorker from '../../../src/app/crawl/open-crawl-worker.js';
import type * as Knowledge from '../../../src/app/crawl/catalogue-knowledge.js';
import type * as Gaps from '../../../src/app/coverage/fill-gaps.js';
import type * as Harvester from '../../../src/app/harvester/open-harvester.js';
import type * as Coverage from '../../../src/app/coverage/read-coverage.js';
import type * as EditionRuns from '../../../src/app/crawl/queue-edition-runs.js';
import type * as NotifyPart from '../../../src/app/notify/open-notify-part.js';
import type * as ReadStatus from '../../../src/app/service/read-status.js';
import type * as Environment from '../../../src/config/environment.js';
import type * as Config from '../../../src/config/load-config.js';

/** The application as it was built, in this process: its extraction threads need built files. Types come from the sources. */
async function built<T>(path: string): Promise<T> {
  return (await import(new URL(`../../../dist/src/${path}`, import.meta.url).href)) as T;
}

export const { openHarvester } = await built<typeof Harvester>('app/harvester/open-harvester.js');
export const { openCrawlWorker } = await built<typeof CrawlWorker>('app/crawl/open-crawl-worker.js');
export const { knowledgeOf } = await built<typeof Knowledge>('app/crawl/catalogue-knowledge.js');
export const { readCoverage } = await built<typeof Coverage>('app/coverage/read-coverage.js');
export const { crawlsForGaps, crawlsForUnread } = await built<typeof Gaps>('app/coverage/fill-gaps.js');
export const { crawlOfSchedule } = await built<typeof EditionRuns>('app/crawl/queue-edition-runs.js');
export const { openNotifyPart } = await built<typeof NotifyPart>('app/notify/open-notify-part.js');
export const { readHealth } = await built<typeof ReadStatus>('app/service/read-status.js');
export const { loadConfig } = await built<typeof Config>('config/load-config.js');
export const { loadEnvironment } = await built<typeof Environment>('config/environment.js');
