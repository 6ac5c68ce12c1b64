import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createWorkplace,
  eventually,
  finished,
  NO_SCHEDULES,
  type Workplace,
} from '../integration/program/run-sputnik.js';
import { differencesFromTruth } from './compare-with-truth.js';
import { pause } from './faulty-program.js';
import { settingsFor } from './site-settings.js';
import { startSite, type SiteProcess } from './site-process.js';

const isLong = process.env['FAULT_ROUNDS'] !== undefined || process.env['WRITE_FAULTS'] === '1';
if (!isLong)
  console.info('SKIPPED: a crawl process that is frozen beside another takes a minute; `npm run soak` runs it');

const STORIES = 50;
const CONCURRENCY = 2;
const DELAY_MS = 700;
/** Longer than a crawl is its process's own without a sign of life. */
const FROZEN_MS = 27_000;
const CRAWLERS = ['crawler-1', 'crawler-2'];

describe.skipIf(!isLong)('one of two crawl processes is frozen until the other takes its crawl over', () => {
  let site: SiteProcess;
  let workplace: Workplace;
  const processes = new Map<string, ReturnType<Workplace['start']>>();

  async function start(part: string, name: string): Promise<void> {
    const service = workplace.start(['serve', '--only', part, '--json'], { SPUTNIK_POLITENESS_USER_AGENT: name });
    const said: string[] = [];
    service.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    service.stderr.resume();
    processes.set(name, service);
    await eventually(() => (said.join('').includes('"ready"') ? true : null), 60_000);
  }

  const askedBy = async (name: string): Promise<number> =>
    (await site.requests()).filter(({ headers }) => headers.userAgent === name).length;

  beforeAll(async () => {
    site = await startSite({ seed: 84, stories: STORIES, editions: ['am.sputniknews.ru'] });
    const settings = await settingsFor(site, { concurrencyPerHost: CONCURRENCY, delayMs: DELAY_MS });
    workplace = await createWorkplace({ ...settings, schedules: NO_SCHEDULES });
    await start('page', 'writer');
    for (const name of CRAWLERS) await start('crawl', name);
  });

  afterAll(async () => {
    for (const service of processes.values()) {
      service.kill('SIGTERM');
      await finished(service);
    }
    await site.stop();
    await workplace.remove();
  });

  it('stops when it wakes; the crawl is summed up once, whole and true', { timeout: 240_000 }, async () => {
    const command = workplace.document(['crawl', '--via', 'sitemap']);
    const busy = await eventually(async () => {
      for (const name of CRAWLERS) if ((await askedBy(name)) > 8) return name;
      return null;
    }, 60_000);
    const other = CRAWLERS.find((name) => name !== busy)!;
    processes.get(busy)!.kill('SIGSTOP');
    await pause(FROZEN_MS);
    expect(await askedBy(other)).toBeGreaterThan(0);
    const asked = await askedBy(busy);
    processes.get(busy)!.kill('SIGCONT');
    const { code, value } = await command;
    expect(code).toBe(0);
    const { outcomes, ...summary } = value as { readonly outcomes: Readonly<Record<string, number>> };
    expect(summary).toMatchObject({ found: STORIES, fetched: STORIES });
    expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(STORIES);
    expect([outcomes['failed'], outcomes['unchanged']]).toEqual([0, 0]);
    // What it had begun to ask for before it looked at its lock.
    expect((await askedBy(busy)) - asked).toBeLessThanOrEqual(CONCURRENCY);
    const paths = (await site.requests()).map(({ path }) => path).filter((path) => /\d\.html$/.test(path));
    expect(paths.length - new Set(paths).size).toBeLessThanOrEqual(2 * CONCURRENCY);
    expect(await differencesFromTruth(workplace.dataDir, site)).toEqual([]);
  });
});
