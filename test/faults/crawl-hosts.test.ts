import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DELIVERY_CRASH_POINTS } from '../../src/platform/crash-points.js';
import { createWorkplace, type Workplace } from '../integration/program/run-sputnik.js';
import { startTlsRedis, type TlsRedis } from '../integration/redis/tls-redis.js';
import { differencesFromTruth } from './compare-with-truth.js';
import { type Hosts, liveRound, type Lives } from './hosts-round.js';
import { seededRandom } from './random.js';
import type { Crash } from './service-process.js';
import { settingsFor } from './site-settings.js';
import { startSite, type SiteProcess } from './site-process.js';
import { readWarcRecordIds } from './warc-record-ids.js';

/** `npm run soak -- hosts --rounds N` sets them: so many kills at random moments come after those that are named here. */
const ROUNDS = Number(process.env['FAULT_ROUNDS'] ?? 0);
const SEED = Number(process.env['FAULT_SEED'] ?? 20261126);
const KILLS_PER_ROUND = 6;
const LONG_MS = 200_000;

const EDITIONS = ['sputniknews.cn', 'big5.sputniknews.cn'];
const DAYS = 14;
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
  const workplaces = new Map<string, Workplace>();

  beforeAll(async () => {
    site = await startSite({ seed: 12, stories: 40, days: DAYS, editions: EDITIONS });
    redis = await startTlsRedis([
      ['writer', 'reset', ...RULES],
      ['crawler', 'reset', ...RULES],
    ]);
    const names = ['newest', 'revisit', 'retry', 'reconcile', 'maintenance'];
    const schedules = Object.fromEntries(names.map((name) => [name, { enabled: false }]));
    const settings = { ...(await settingsFor(site)), schedules, workers: { crawlConcurrency: 1 } };
    for (const name of Object.keys(LIVES)) workplaces.set(name, await createWorkplace(settings));
    const variablesOf = (name: string): Record<string, string> => ({
      REDIS_URL: redis.url(name === 'writer' ? 'writer' : 'crawler', 'secret'),
      NODE_EXTRA_CA_CERTS: redis.certificateFile,
    });
    hosts = { workplaces, variablesOf, admin: redis.admin, editions: EDITIONS, days: DAYS };
  });

  afterAll(async () => {
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
