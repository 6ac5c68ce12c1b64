import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModeAction } from '../../testsite/modes/mode-table.js';
import { startTestSite, type TestSite } from '../../testsite/start-test-site.js';
import { systemClock } from '../../src/platform/clock.js';
import { QUARANTINE_CRASH_POINTS } from '../../src/platform/crash-points.js';
import { openCatalogueQueries } from '../../src/store/catalogue/catalogue-queries.js';
import type { QuarantinedPage } from '../../src/store/catalogue/quarantine-table.js';
import { createWorkplace, type Workplace } from '../integration/program/run-sputnik.js';
import { readStoredArticles } from '../integration/program/stored-articles.js';
import { expectSection } from './fault-table.js';
import { endOf } from './faulty-program.js';
import { settingsFor } from './site-settings.js';
import { startHarvester } from './start-harvester.js';

const EDITION = 'am.sputniknews.ru';
const PADDING_BYTES = 24_000_000;
const SHORTEST_MS = 100;
const AMPLE_MS = 60_000;

/** The usual page in so much markup that it cannot be read within the shortest deadline. */
const heavyPage: ModeAction = ({ response, answer }) => {
  const padding = '<div class="x"><p>…</p></div>'.repeat(PADDING_BYTES / 30);
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  response.end(answer.body().replace('</body>', `<footer>${padding}</footer></body>`));
};

describe('a decision about a page in quarantine, killed at a moment by name', () => {
  let site: TestSite;
  let workplace: Workplace;
  const heavy: string[] = [];
  const rows: string[][] = [];

  async function setDeadline(deadlineMs: number): Promise<void> {
    const editionConfig = (): Promise<ReturnType<TestSite['editionConfig']>> => Promise.resolve(site.editionConfig());
    const settings = await settingsFor({ editionConfig }, { bodyBytesMax: 40_000_000 });
    await writeFile(workplace.configFile, JSON.stringify({ ...settings, extract: { deadlineMs, memoryMb: 2_000 } }));
  }

  /** The page that was published first or second, as it stands in quarantine, given up or not; null: not in it. */
  function inQuarantine(which: 0 | 1): QuarantinedPage | null {
    const opened = openCatalogueQueries(workplace.dataDir);
    const pages = opened!.queries.quarantine(true);
    opened!.close();
    return pages.find(({ pageId }) => pageId === `${EDITION}/${heavy[which]}`) ?? null;
  }

  beforeAll(async () => {
    site = await startTestSite({ seed: 8, stories: 6, clock: systemClock, editions: [EDITION] });
    workplace = await createWorkplace({});
    await setDeadline(SHORTEST_MS);
    heavy.push(site.publish(), site.publish());
    site.setMode({ path: new RegExp(heavy.join('|')) }, heavyPage);
    const urls = site.truth().flatMap(({ articleId, url }) => (heavy.includes(articleId) ? [url] : []));
    expect((await workplace.run(['crawl', '--url', ...urls])).code).toBe(3);
  });

  afterAll(async () => {
    await site.stop();
    await workplace.remove();
  });

  const cases = QUARANTINE_CRASH_POINTS.map((point) =>
    /dropped|counted/.test(point) ? ([point, 'drop', 1] as const) : ([point, 'retry', 0] as const),
  );

  it.each(cases)('%s, while it is to %s: the page is in quarantine or found again', async (point, action, which) => {
    const page = inQuarantine(which);
    expect(page, `page ${which}`).not.toBeNull();
    const decision = { action, pages: [page!] };
    const killed = await endOf(startHarvester(workplace, { decision, crash: { point, nth: 1 } }));
    expect(killed.signal, `${point} was not reached: ${killed.stderr}`).toBe('SIGKILL');
    expect(inQuarantine(which) === null).toBe(point === 'quarantine.released');
    if (point === 'quarantine.released') {
      // Whoever starts next finishes what was begun: the capture that left the quarantine is processed again.
      expect((await workplace.run(['crawl', '--url', site.truth()[0]!.url])).code).toBe(3);
    }
    expect(inQuarantine(which)).toMatchObject({ code: 'extract.timeout', capture: page!.capture });
    rows.push([`\`${point}\``, `\`failed ${action}\``, 'the page is in quarantine or its capture is processed again']);
  });

  it('has lost neither the pages nor what was decided', async () => {
    await setDeadline(AMPLE_MS);
    expect(inQuarantine(0)?.droppedAt).toBeNull();
    expect(inQuarantine(1)?.droppedAt).not.toBeNull();
    const { code, stderr } = await workplace.run(['failed', 'retry', '--all']);
    expect(code, stderr).toBe(0);
    expect((await readStoredArticles(workplace.dataDir)).has(`${EDITION}/${heavy[0]}`)).toBe(true);
    const verified = await workplace.run(['verify']);
    expect(verified.code, verified.stdout + verified.stderr).toBe(0);
  });

  it('comes to what docs/faults.md says', async () => {
    await expectSection({
      title: 'Killed with SIGKILL during `failed retry` or `failed drop`',
      columns: ['killed at', 'during', 'outcome'],
      rows,
    });
  });
});
