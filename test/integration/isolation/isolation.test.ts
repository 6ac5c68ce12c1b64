import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Status } from '../../../src/app/service/read-status.js';
import { loadConfig } from '../../../src/config/load-config.js';
import {
  createWorkplace,
  eventually,
  finished,
  testSiteSettings,
  type Finished,
  type Workplace,
} from '../program/run-sputnik.js';
import { HEALTHY, startSickSite, type SickSite } from './sick-site.js';

const ALL_EDITIONS = loadConfig({ variables: {} }).editions.map(({ id }) => id);
const MINUTE_MS = 60_000;
/** `npm run soak -- isolation` takes an hour; a run of all tests takes five minutes, start and end included. */
const soakMinutes = process.env['SPUTNIK_ISOLATION_MINUTES'];
const SICK_MS = Number(soakMinutes ?? '2.5') * MINUTE_MS;
/** The soak has the machine to itself and holds the times that are promised; beside other tests they say little. */
const LENIENCY = soakMinutes === undefined ? 4 : 1;
const PUBLISH_EVERY_S = 15;
/** A look at everything starts a command. */
const LOOK_EVERY_MS = 15_000;
/** From publication to the record on disk, under a schedule of one minute. */
const STORED_WITHIN_MS = LENIENCY * 75_000;
const NAMED_WITHIN_MS = LENIENCY * 2 * MINUTE_MS;
/** A page is tried a minute after its last failure, at the next full minute; then it is told. */
const PAGES_WELL_WITHIN_MS = LENIENCY * 3 * MINUTE_MS;
const MARGIN_MS = 8 * MINUTE_MS;

interface Told {
  readonly status: Pick<Status, 'freshness' | 'failingPages' | 'runCounts'>;
  readonly ready: { readonly reasons: readonly string[]; readonly failingPages: readonly string[] };
  readonly page: string;
  readonly coverage: string;
}

describe('six editions and one more, under a schedule of one minute', () => {
  let sick: SickSite;
  let workplace: Workplace;
  let service: ReturnType<Workplace['start']>;
  let ended: Promise<Finished>;
  let origin: string;
  let driver: NodeJS.Timeout;

  beforeAll(async () => {
    sick = await startSickSite();
    const everyMinute = { cron: '* * * * *' };
    workplace = await createWorkplace({
      ...testSiteSettings(sick.site, ALL_EDITIONS),
      politeness: { delayMs: 200, concurrencyPerHost: 2, timeoutMs: 8_000 },
      crawl: { retryMinutes: [1], via: ['feed', 'sitemap'] },
      web: { port: 0 },
      schedules: {
        newest: everyMinute,
        revisit: everyMinute,
        retry: everyMinute,
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
    let ticks = 0;
    driver = setInterval(() => {
      if (ticks % PUBLISH_EVERY_S === 0) sick.publish();
      ticks += 1;
      sick.look(workplace.dataDir).catch((error: unknown) => {
        console.error(error);
      });
    }, 1_000);
  }, 2 * MINUTE_MS);

  afterAll(async () => {
    clearInterval(driver);
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
      workplace.run(['coverage', '--json']).then(({ stdout }) => stdout),
    ]);
    return { status, ready, page, coverage };
  }

  /** What one of the four places does not name yet. */
  function unnamed({ status, ready, page, coverage }: Told): string[] {
    const unreachable = status.freshness.filter(({ state, topic }) => state === 'unreachable' && topic === null);
    const editions = sick.sickEditions.flatMap((edition) => [
      ...(unreachable.some((row) => row.edition === edition) ? [] : [`status: ${edition}`]),
      ...(ready.reasons.some((reason) => reason.startsWith(`${edition} is unreachable`)) ? [] : [`readyz: ${edition}`]),
      ...(new RegExp(`${edition}[\\s\\S]{0,400}unreachable`).test(page) ? [] : [`page: ${edition}`]),
      ...(coverage.includes(edition) ? [] : [`coverage: ${edition}`]),
    ]);
    const pages = sick.sickPages.flatMap((url) => [
      ...(status.failingPages.pages.some((failing) => failing.url === url) ? [] : [`status: ${url}`]),
      ...(ready.failingPages.some((failing) => failing.startsWith(url)) ? [] : [`readyz: ${url}`]),
      ...(page.includes(url) ? [] : [`page: ${url}`]),
      ...(coverage.includes(url) ? [] : [`coverage: ${url}`]),
    ]);
    return [...editions, ...pages];
  }

  it(
    'names every sick edition and page in status, readiness, coverage and page',
    async () => {
      await sick.fallSick();
      const sickFrom = Date.now();
      let left: string[] = ['everything'];
      while (left.length > 0 && Date.now() - sickFrom < NAMED_WITHIN_MS) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
        left = unnamed(await told());
      }
      expect(left).toEqual([]);
      console.info(`named after ${Math.round((Date.now() - sickFrom) / 1000)} s`);
      await new Promise((resolve) => setTimeout(resolve, SICK_MS - (Date.now() - sickFrom)));
      expect(unnamed(await told())).toEqual([]);
    },
    SICK_MS + MARGIN_MS,
  );

  it(
    'names their recovery',
    async () => {
      const wellFrom = Date.now();
      await sick.recover();
      const telling = async () => (await (await fetch(`${origin}/readyz`)).json()) as Told['ready'];
      let ready = await telling();
      while (ready.reasons.length + ready.failingPages.length > 0) {
        if (Date.now() - wellFrom > NAMED_WITHIN_MS) expect(ready.reasons).toEqual([]);
        if (Date.now() - wellFrom > PAGES_WELL_WITHIN_MS) expect(ready.failingPages).toEqual([]);
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        ready = await telling();
      }
      console.info(`well after ${Math.round((Date.now() - wellFrom) / 1000)} s`);
    },
    PAGES_WELL_WITHIN_MS + MARGIN_MS,
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
