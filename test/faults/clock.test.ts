import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from '../integration/program/run-sputnik.js';
import { differencesFromTruth } from './compare-with-truth.js';
import { expectSection } from './fault-table.js';
import { endOf } from './faulty-program.js';
import { settingsFor } from './site-settings.js';
import { startSite, type SiteProcess } from './site-process.js';
import { startHarvester } from './start-harvester.js';

const HOUR_MS = 3_600_000;

describe('a clock that jumps while a crawl is under way', () => {
  let site: SiteProcess;
  let workplace: Workplace;
  const rows: string[][] = [];

  beforeAll(async () => {
    site = await startSite({
      seed: 61,
      stories: 24,
      editions: ['sputniknews.cn', 'big5.sputniknews.cn'],
      latencyMs: 10,
    });
    workplace = await createWorkplace(await settingsFor(site));
  });

  afterAll(async () => {
    await site.stop();
    await workplace.remove();
  });

  it.each([
    ['back an hour', -HOUR_MS],
    ['forward a day', 24 * HOUR_MS],
  ])('%s: the crawl ends equal, and so does the next one', { timeout: 200_000 }, async (jump, byMs) => {
    await site.publish({});
    // Several moments, so that one of them lies between two pages however fast the machine is.
    const jumps = [300, 600, 900, 1_200].map((afterMs, index) => ({ afterMs, byMs: index % 2 === 0 ? byMs : -byMs }));
    for (const faults of [{ jumps }, { jumps: jumps.slice(0, 1) }, {}]) {
      const { code, stderr } = await endOf(startHarvester(workplace, faults));
      expect(code, stderr.slice(-3000)).toBe(0);
      expect(await differencesFromTruth(workplace.dataDir, site)).toEqual([]);
    }
    rows.push([jump, 'the crawl ends equal to the site, and so does the next one']);
  });

  it('has left captures and catalogue in which nothing is wrong', async () => {
    const verified = await workplace.run(['verify']);
    expect(verified.code, verified.stdout + verified.stderr).toBe(0);
  });

  it('comes to what docs/faults.md says', async () => {
    await expectSection({ title: 'Clock', columns: ['the clock jumps', 'outcome'], rows });
  });
});
