import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DELIVERY_CRASH_POINTS } from '../../src/platform/crash-points.js';
import type { EditionConfig } from '../../testsite/start-test-site.js';
import { createWorkplace, NO_SCHEDULES, type Workplace } from '../integration/program/run-sputnik.js';
import { startTlsRedis, type TlsRedis } from '../integration/redis/tls-redis.js';
import { differencesFromTruth } from './compare-with-truth.js';
import { canMakeNetworks, openHostNetworks, type HostNetworks } from './host-networks.js';
import { type Hosts, liveRound, type Lives } from './hosts-round.js';
import { seededRandom } from './random.js';
import type { Crash } from './service-process.js';
import { settingsFor } from './site-settings.js';
import { startSite, type SiteProcess } from './site-process.js';
import { readWarcRecordIds } from './warc-record-ids.js';

/** `npm run soak -- hosts --rounds N` sets them: so many kills at random moments come after those that are named here. */
const ROUNDS = Number(process.env['FAULT_ROUNDS'] ?? 0);
const SEED = Number(process.env['FAULT_SEED'] ?? 20261126);
/** The soak gives each process a network of its own as well, where it may. */
const HAS_NETWORKS = process.env['FAULT_NETWORKS'] !== undefined && canMakeNetworks();
if (process.env['FAULT_NETWORKS'] !== undefined && !HAS_NETWORKS)
  console.info('SKIPPED: networks of their own for crawl hosts, which need Linux, root and iproute2');
const KILLS_PER_ROUND = 6;
const LONG_MS = 200_000;

const EDITIONS = ['sputniknews.cn', 'big5.sputniknews.cn'];
const DAYS = 14;
/** By which crawl hosts in networks of their own know the site. */
const SITE_NAME = 'site.test';
const HOSTS = ['host-1', 'host-2', 'host-3'];
/** As docs/scaling.md writes it down. */
const RULES = ['on', '>secret', 'resetchannels', '~sputnik-*', '+@all', '-@admin', '-@dangerous', '+info'];
const LIVES: Lives = {
  writer: [{ point: 'piece.appended', nth: 3 }, { point: 'piece.queued', nth: 3 }, undefined],
  'host-1': [{ point: 'delivery.sent', nth: 1 }, undefined],
  'host-2': [{ point: 'delivery.accepted', nth: 1 }, undefined],
  'host-3': [{ point: 'capture.appended', nth: 1 }, undefined],
};

describe('a writer and three crawl hosts that share nothing but a Redis over TLS, each killed with SIGKILL', () => {
  let site: SiteProcess;
  let redis: TlsRedis;
  let hosts: Hosts;
  let networks: HostNetworks | null = null;
  const workplaces = new Map<string, Workplace>();

  /** The writer reaches Redis alone, crawl hosts the site as well, none the other. @returns the editions at the name by which they know it. */
  async function separate(): Promise<Record<string, EditionConfig>> {
    const editions = Object.entries(await site.editionConfig());
    const ports = editions.map(([, { fetchFrom }]) => Number(new URL(fetchFrom).port));
    const database = [Number(new URL(redis.url('writer', 'secret')).port)];
    const ofHost = { localhost: database, [SITE_NAME]: ports };
    networks = await openHostNetworks({
      writer: { localhost: database },
      ...Object.fromEntries(HOSTS.map((name) => [name, ofHost])),
    });
    return Object.fromEntries(
      editions.map(([id, edition]) => [
        id,
        { ...edition, fetchFrom: edition.fetchFrom.replace('127.0.0.1', SITE_NAME) },
      ]),
    );
  }

  beforeAll(async () => {
    site = await startSite({ seed: 12, stories: 40, days: DAYS, editions: EDITIONS });
    redis = await startTlsRedis([
      ['writer', 'reset', ...RULES],
      ['crawler', 'reset', ...RULES],
    ]);
    const editionConfig = (): ReturnType<SiteProcess['editionConfig']> =>
      HAS_NETWORKS ? separate() : site.editionConfig();
    const settings = {
      ...(await settingsFor({ editionConfig })),
      schedules: NO_SCHEDULES,
      workers: { crawlConcurrency: 1 },
    };
    for (const name of Object.keys(LIVES)) workplaces.set(name, await createWorkplace(settings));
    const variablesOf = (name: string): Record<string, string> => ({
      REDIS_URL: redis.url(name === 'writer' ? 'writer' : 'crawler', 'secret'),
      NODE_EXTRA_CA_CERTS: redis.certificateFile,
    });
    const prefixOf = (name: string): readonly string[] => networks?.prefixOf(name) ?? [];
    hosts = { workplaces, variablesOf, prefixOf, admin: redis.admin, editions: EDITIONS, days: DAYS };
  });

  afterAll(async () => {
    await networks?.stop();
    await site.stop();
    await redis.stop();
    for (const workplace of workplaces.values()) await workplace.remove();
  });

  async function expectEqual(): Promise<void> {
    const { dataDir } = workplaces.get('writer')!;
    expect(await differencesFromTruth(dataDir, site)).toEqual([]);
    const ids = await readWarcRecordIds(dataDir);
    expect(ids.length).toBeGreaterThan(100);
    expect(new Set(ids).size, 'each record is kept once').toBe(ids.length);
    for (const name of HOSTS) {
      const left = await readdir(join(workplaces.get(name)!.dataDir, 'captures'));
      expect(left, `${name} keeps nothing that the writer has`).toEqual([]);
    }
  }

  it.runIf(HAS_NETWORKS)('in networks of their own: the writer cannot reach the site, and nobody another', async () => {
    const sitePort = Number(new URL(Object.values(await site.editionConfig())[0]!.fetchFrom).port);
    const redisPort = Number(new URL(redis.url('writer', 'secret')).port);
    const reaches = (name: string, host: string, port: number): boolean => {
      const code = `require('net').connect(${port}, '${host}').setTimeout(1000, () => process.exit(2))
        .on('connect', () => process.exit(0)).on('error', () => process.exit(1))`;
      const [program, ...words] = [...networks!.prefixOf(name), process.execPath, '-e', code];
      return spawnSync(program, words).status === 0;
    };
    for (const name of Object.keys(LIVES)) expect(reaches(name, 'localhost', redisPort), name).toBe(true);
    expect(HOSTS.map((name) => reaches(name, SITE_NAME, sitePort))).toEqual([true, true, true]);
    expect(reaches('writer', SITE_NAME, sitePort)).toBe(false);
    for (const host of ['127.0.0.1', '10.77.0.1', '10.77.1.1', '10.77.2.2'])
      expect(reaches('writer', host, sitePort), host).toBe(false);
  });

  it('at the moments of a hand-over: ends with what the site says is true, each record kept once', async () => {
    await liveRound(hosts, LIVES, 0);
    await expectEqual();
  });

  it.runIf(ROUNDS > 0)(
    `at ${ROUNDS} random moments: the same`,
    async () => {
      const random = seededRandom(SEED);
      for (let round = 1; round * KILLS_PER_ROUND < ROUNDS + KILLS_PER_ROUND; round += 1) {
        const lives = randomLives(random);
        console.info(`round ${round}, seed ${SEED}: ${JSON.stringify(lives)}`);
        await liveRound(hosts, lives, round);
        await expectEqual();
      }
    },
    LONG_MS * Math.ceil(ROUNDS / KILLS_PER_ROUND),
  );
});

function randomLives(random: () => number): Lives {
  const crash = (points: readonly Crash['point'][]): Crash => ({
    point: points[Math.floor(random() * points.length)]!,
    nth: 1 + Math.floor(random() * 4),
  });
  const ofHosts = [
    ...DELIVERY_CRASH_POINTS.filter((point) => point.startsWith('delivery.')),
    'capture.queued',
  ] as const;
  const ofWriter = ['piece.appended', 'piece.queued', 'batch.committed', 'page.interpreted', 'files.renamed'] as const;
  return {
    writer: [crash(ofWriter), crash(ofWriter), undefined],
    'host-1': [crash(ofHosts), crash(ofHosts), undefined],
    'host-2': [crash(ofHosts), undefined],
    'host-3': [crash([...ofHosts, 'capture.appended']), undefined],
  };
}
