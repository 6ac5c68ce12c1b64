import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EditionCoverage } from '../../../src/app/coverage/read-coverage.js';
import type { Status } from '../../../src/app/service/read-status.js';
import {
  createWorkplace,
  eventually,
  finished,
  testSiteSettings,
  type Finished,
  type Workplace,
} from '../program/run-sputnik.js';
import { describeMemory, watchMemory, type MemoryRecord } from './memory-record.js';
import { HEALTHY, startSickSite, type SickSite } from './sick-site.js';

const MINUTE_MS = 60_000;
/** `npm run soak -- isolation` takes an hour; a run of all tests, some five minutes, most of them spent waiting for the next tick. */
const soakMinutes = process.env['SOAK_ISOLATION_MINUTES'];
const CRON = '* * * * *';
const SICK_MS = Number(soakMinutes ?? '3') * MINUTE_MS;
const PUBLISH_EVERY_S = 15;
/** A look at everything starts a command. */
const LOOK_EVERY_MS = soakMinutes === undefined ? 5_000 : 15_000;
/** The soak asserts what is promised; beside all the other tests, on whatever machine they run, twice as long is let pass. */
const PATIENCE = soakMinutes === undefined ? 2 : 1;
/** From publication to the record on disk. */
const STORED_WITHIN_MS = PATIENCE * 75_000;
/** Until sickness is told, and recovery. */
const NAMED_WITHIN_MS = PATIENCE * 2 * MINUTE_MS;
const MARGIN_MS = 3 * MINUTE_MS;
/** Of a Redis that only passes jobs on; with crawl hosts 64 MB of captures may be under way beside them. */
const REDIS_BYTES_MAX = 64_000_000;
const MEMORY_EVERY_S = 10;

interface Told {
  readonly status: Pick<Status, 'freshness' | 'failingPages' | 'runCounts'>;
  readonly ready: { readonly reasons: readonly string[]; readonly failingPages: readonly string[] };
  readonly page: string;
  readonly coverage: readonly EditionCoverage[];
}

describe('six editions and one more, two of them down and one too busy', () => {
  let sick: SickSite;
  let workplace: Workplace;
  let service: ReturnType<Workplace['start']>;
  let ended: Promise<Finished>;
  let origin: string;
  let driver: NodeJS.Timeout;
  let memory: MemoryRecord;

  beforeAll(async () => {
    sick = await startSickSite();
    const scheduled = { cron: CRON };
    workplace = await createWorkplace({
      ...testSiteSettings(sick.site),
      politeness: { delayMs: 200, concurrencyPerHost: 2, timeoutMs: 8_000 },
      crawl: { retryMinutes: [1], via: ['feed', 'sitemap'] },
      web: { port: 0 },
      schedules: {
        newest: scheduled,
        revisit: scheduled,
        retry: scheduled,
        reconcile: { enabled: false },
        maintenance: { enabled: false },
      },
    });
    expect((await workplace.run(['crawl'])).code).toBe(0);
    service = workplace.start(['serve', '--json']);
    const said: string[] = [];
    service.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    ended = finished(service);
    origin = await eventually(() => /"origin": "(.+)"/.exec(said.join(''))?.[1] ?? null, MINUTE_MS);
    memory = watchMemory(service.pid ?? 0, origin, workplace.dataDir);
    let ticks = 0;
    const report = (error: unknown): void => {
      console.error(error);
    };
    driver = setInterval(() => {
      if (ticks % PUBLISH_EVERY_S === 0) sick.publish();
      if (ticks % MEMORY_EVERY_S === 0) memory.take().catch(report);
      ticks += 1;
      sick.look(workplace.dataDir).catch(report);
    }, 1_000);
  }, 2 * MINUTE_MS);

  afterAll(async () => {
    clearInterval(driver);
    memory.close();
    service.kill('SIGKILL');
    await sick.site.stop();
    await workplace.remove();
  });

  async function told(): Promise<Told> {
    const read = async <T>(path: string): Promise<T> => (await (await fetch(`${origin}${path}`)).json()) as T;
    const [status, ready, page, coverage] = await Promise.all([
      read<Told['status']>('/api/status'),
      read<Told['ready']>('/readyz'),
      fetch(`${origin}/status`).then((answer) => answer.text()),
      workplace.document(['coverage']).then(({ value }) => (value as { editions: EditionCoverage[] }).editions),
    ]);
    return { status, ready, page, coverage };
  }

  /** What each of the four places says of everything that is, or was, sick: named as such or not. */
  function namings({ status, ready, page, coverage }: Told): { readonly where: string; readonly isNamed: boolean }[] {
    const unreachable = status.freshness.filter(({ state, topic }) => state === 'unreachable' && topic === null);
    const rows = page.split('<tr');
    const gaps = coverage.map(({ gaps: { lists, pages } }) => ({ lists, pages }));
    const editions = sick.sickEditions.flatMap((edition) => [
      { where: `status: ${edition}`, isNamed: unreachable.some((row) => row.edition === edition) },
      {
        where: `readyz: ${edition}`,
        isNamed: ready.reasons.some((one) => one.startsWith(`${edition} is unreachable`)),
      },
      {
        where: `page: ${edition}`,
        isNamed: rows.some((row) => row.includes(edition) && row.includes('unreachable')),
      },
      {
        where: `coverage: ${edition}`,
        isNamed: coverage.some((one) => one.edition === edition && one.gaps.lists.length > 0),
      },
    ]);
    const pages = sick.sickPages.flatMap((url) => [
      { where: `status: ${url}`, isNamed: status.failingPages.pages.some((failing) => failing.url === url) },
      { where: `readyz: ${url}`, isNamed: ready.failingPages.some((failing) => failing.startsWith(url)) },
      { where: `page: ${url}`, isNamed: page.includes(url) },
      { where: `coverage: ${url}`, isNamed: gaps.some((gap) => gap.pages.some((one) => one.url === url)) },
    ]);
    return [...editions, ...pages];
  }

  /** Looks until all of them say the one, or the other; @returns what does not in time. */
  async function untilAll(isNamed: boolean, fromMs: number): Promise<string[]> {
    for (;;) {
      const others = namings(await told()).filter((one) => one.isNamed !== isNamed);
      if (others.length === 0 || Date.now() - fromMs > NAMED_WITHIN_MS) return others.map(({ where }) => where);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  it(
    'names every sick edition and page in status, readiness, coverage and page',
    async () => {
      await sick.fallSick();
      const sickFrom = Date.now();
      expect(await untilAll(true, sickFrom)).toEqual([]);
      console.info(`named after ${Math.round((Date.now() - sickFrom) / 1000)} s`);
      await new Promise((resolve) => setTimeout(resolve, SICK_MS - (Date.now() - sickFrom)));
      expect(namings(await told()).filter(({ isNamed }) => !isNamed)).toEqual([]);
    },
    Math.max(SICK_MS, NAMED_WITHIN_MS) + MARGIN_MS,
  );

  it(
    'names their recovery in all four',
    async () => {
      const wellFrom = Date.now();
      await sick.recover();
      expect(await untilAll(false, wellFrom)).toEqual([]);
      console.info(`well after ${Math.round((Date.now() - wellFrom) / 1000)} s`);
    },
    NAMED_WITHIN_MS + MARGIN_MS,
  );

  it(
    `stores what healthy editions publish all the while within ${STORED_WITHIN_MS / 1000} seconds`,
    async () => {
      clearInterval(driver);
      await eventually(async () => {
        await sick.look(workplace.dataDir);
        return sick.publications.every(({ storedAt }) => storedAt !== null) ? true : null;
      }, STORED_WITHIN_MS);
      const took = sick.publications.map(({ at, storedAt }) => (storedAt ?? Infinity) - at).sort((a, b) => a - b);
      const seconds = [took[Math.floor(took.length / 2)], took.at(-1)].map((ms) => Math.round((ms ?? 0) / 1000));
      console.info(`${took.length} publications were stored after ${seconds.join(' s in the middle, ')} s at most`);
      const late = sick.publications.filter(({ at, storedAt }) => (storedAt ?? Infinity) - at > STORED_WITHIN_MS);
      expect(late).toEqual([]);
      expect(new Set(sick.publications.map(({ edition }) => edition))).toEqual(new Set(HEALTHY));
    },
    MARGIN_MS,
  );

  it('keeps Redis below its limit throughout', () => {
    console.info(describeMemory(memory));
    const used = memory.samples.map(({ redisBytes }) => redisBytes);
    expect(used.length).toBeGreaterThan(3);
    expect(Math.max(...used)).toBeLessThan(REDIS_BYTES_MAX);
  });

  it(
    'stops in order, and nothing is damaged',
    async () => {
      service.kill('SIGTERM');
      expect((await ended).code).toBe(143);
      expect((await workplace.run(['verify'])).code).toBe(0);
    },
    MARGIN_MS,
  );
});
