/**
 * The two queues (CONTRACT §7). Another program may enqueue into them: payload schemas stand in `crawl-jobs.ts` and
 * `page-jobs.ts`; the key prefix is the setting `redis.prefix`.
 */
export const CRAWL_QUEUE = 'crawl';
export const PAGE_QUEUE = 'page';
