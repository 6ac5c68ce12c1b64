import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CRASH_POINTS, WORK_CRASH_POINTS } from '../../src/platform/crash-points.js';
import { openCatalogueQueries } from '../../src/store/catalogue/catalogue-queries.js';
import { createWorkplace, type Workplace } from '../integration/program/run-sputnik.js';
import { differencesFromTruth } from './compare-with-truth.js';
import { expectSection } from './fault-table.js';
import { endOf, pause } from './faulty-program.js';
import { settingsFor } from './site-settings.js';
import { startSite, type SiteProcess } from './site-process.js';
import { startHarvester } from './start-harvester.js';

const POINTS = [...WORK_CRASH_POINTS, ...CRASH_POINTS];
const RUNS_MAX = 1_000;
/** So many kills follow each other before a run is left undisturbed; `npm run soak` leaves every second one so. */
const KILLS_IN_A_ROW = process.env['FAULT_ROUNDS'] === undefined ? 9 : 1;
const GROUPS = Array.from({ length: Math.ceil(POINTS.length / KILLS_IN_A_ROW) }, (_, index) =>
  POINTS.slice(index * KILLS_IN_A_ROW, (index + 1) * KILLS_IN_A_ROW),
);

describe('a crawl killed at a moment by name', () => {
  let site: SiteProcess;
  let workplace: Workplace;
  const rows: (readonly [string, string])[] = [];

  beforeAll(async () => {
    site = await startSite({ seed: 5, stories: 16, editions: ['sputniknews.cn', 'big5.sputniknews.cn'] });
    workplace = await createWorkplace(await settingsFor(site));
  });

  afterAll(async () => {
    await site.stop();
    await workplace.remove();
  });

  it.each(GROUPS)(
    '%s … : after a kill at each, the next run ends equal to the site',
    { timeout: 200_000 },
    async (...points) => {
      for (const point of points) {
        // There is something to write each time: a new article and a new text of an old one, both in a later second.
        await pause(1_001 - (Date.now() % 1_000));
        const [first] = await site.truth();
        await site.publish({});
        await site.edit(first!.articleId, { appendParagraph: `Before ${point}.` });
        const nth = /^(start|run)\./.test(point) ? 1 : 2;
        const killed = await endOf(startHarvester(workplace, { crash: { point, nth } }));
        expect(killed.signal, `${point} was not reached: ${killed.stderr}`).toBe('SIGKILL');
      }
      const next = await endOf(startHarvester(workplace, {}));
      expect(next.code, next.stderr).toBe(0);
      expect(await differencesFromTruth(workplace.dataDir, site)).toEqual([]);
      for (const point of points) rows.push([`\`${point}\``, 'the next run ends equal to the site']);
    },
  );

  it('keeps the summary of a run that was killed before it was queued', { timeout: 200_000 }, async () => {
    const runs = (): number => {
      const opened = openCatalogueQueries(workplace.dataDir);
      const { length } = opened!.queries.runs.newest(RUNS_MAX);
      opened!.close();
      return length;
    };
    const before = runs();
    await endOf(startHarvester(workplace, { crash: { point: 'run.summed', nth: 1 } }));
    await endOf(startHarvester(workplace, {}));
    expect(runs()).toBe(before + 2);
  });

  it('has left captures and catalogue in which nothing is wrong', async () => {
    const verified = await workplace.run(['verify']);
    expect(verified.code, verified.stdout + verified.stderr).toBe(0);
  });

  it('comes to what docs/faults.md says', async () => {
    await expectSection({
      title: 'Killed with SIGKILL at a named moment',
      columns: ['killed at', 'outcome'],
      rows,
    });
  });
});
