import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settingsFor } from '../../faults/site-settings.js';
import { startSite, type SiteProcess } from '../../faults/site-process.js';
import { createWorkplace, eventually, finished, type Workplace } from '../program/run-sputnik.js';
import { describeMemory, growthPerPage, watchMemory } from './memory-record.js';

/** `npm run soak -- memory` sets them: less tells nothing, since the collector gives memory back in steps of many megabytes. */
const PAGES = Number(process.env['SOAK_MEMORY_PAGES'] ?? 0);
/** Pages, not minutes: on a busy machine a quarter of an hour is over before the heap has found its size. */
const MINUTES_MAX = 90;
const MINUTE_MS = 60_000;
const MINUTE_S = 60;
const SAMPLE_EVERY_S = 5;
const PUBLISH_EVERY_S = 2;
/** A megabyte for a thousand pages. */
const GROWTH_BYTES_MAX = 1_000;
const REDIS_BYTES_MAX = 64_000_000;
const FAMILIES = ['sputniknews.cn', 'am.sputniknews.ru', 'sputnikglobe.com'];

describe.runIf(PAGES > 0)('the writer of a service that reads every page again each minute', () => {
  let site: SiteProcess;
  let workplace: Workplace;
  let origin: string;
  const services: ReturnType<Workplace['start']>[] = [];

  async function serve(parts: string): Promise<string> {
    const service = workplace.start(['serve', '--only', parts, '--json']);
    services.push(service);
    // Nobody reads the log of so long a run.
    service.stderr.resume();
    const said: string[] = [];
    service.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    await eventually(() => (said.join('').includes('"ready"') ? true : null), MINUTE_MS);
    return /"origin": "(.+)"/.exec(said.join(''))?.[1] ?? '';
  }

  beforeAll(async () => {
    // Without validators every visit brings the page, which is read and compared.
    const editions = [...FAMILIES, 'big5.sputniknews.cn'];
    site = await startSite({ seed: 31, stories: 300, days: 3, editions, onTopicShare: 1, conditional: false });
    const often = { cron: '*/10 * * * * *' };
    const rest = { reconcile: { enabled: false }, maintenance: { enabled: false } };
    workplace = await createWorkplace({
      ...(await settingsFor(site)),
      crawl: { recheck: [{ ageHoursMax: 8_760, everyMinutes: 1 }], via: ['feed', 'sitemap'] },
      schedules: { newest: often, revisit: often, retry: often, ...rest },
    });
    origin = await serve('page,web');
    await serve('crawl');
  });

  afterAll(async () => {
    for (const service of services.reverse()) {
      service.kill('SIGTERM');
      await finished(service);
    }
    await site.stop();
    await workplace.remove();
  });

  it(
    `grows by less than a megabyte for a thousand pages in ${PAGES} of them, and Redis stays below its limit`,
    async () => {
      const memory = watchMemory(services[0]?.pid ?? 0, origin, workplace.dataDir);
      const endsAt = performance.now() + MINUTES_MAX * MINUTE_MS;
      const isOver = (): boolean => (memory.samples.at(-1)?.pages ?? 0) >= PAGES || performance.now() > endsAt;
      for (let second = 0; !isOver(); second += 1) {
        if (second % SAMPLE_EVERY_S === 0) await memory.take();
        if (second % MINUTE_S === 0) console.info(describeMemory(memory));
        const family = FAMILIES[second % FAMILIES.length] ?? '';
        if (second % PUBLISH_EVERY_S === 0) await site.publish({ family, topics: ['armenia'] });
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      }
      memory.close();
      console.info(describeMemory(memory));
      const { samples } = memory;
      expect(samples.at(-1)?.pages).toBeGreaterThanOrEqual(PAGES);
      expect(Math.max(...samples.map(({ redisBytes }) => redisBytes))).toBeLessThan(REDIS_BYTES_MAX);
      expect(growthPerPage(memory)).toBeLessThan(GROWTH_BYTES_MAX);
    },
    (MINUTES_MAX + 5) * MINUTE_MS,
  );
});
