import { readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestSite, type TestSite } from '../../testsite/start-test-site.js';
import { systemClock } from '../../src/platform/clock.js';
import { createWorkplace, type Workplace } from '../integration/program/run-sputnik.js';
import { expectSection } from './fault-table.js';
import { settingsFor } from './site-settings.js';

const EDITION = 'am.sputniknews.ru';

describe('an article file that a worn disk has damaged, met by a run', () => {
  let site: TestSite;
  let workplace: Workplace;
  let url = '';
  let file = '';
  const rows: string[][] = [];

  beforeAll(async () => {
    site = await startTestSite({ seed: 12, stories: 6, clock: systemClock, editions: [EDITION] });
    workplace = await createWorkplace({});
    const editionConfig = (): Promise<ReturnType<TestSite['editionConfig']>> => Promise.resolve(site.editionConfig());
    await writeFile(workplace.configFile, JSON.stringify(await settingsFor({ editionConfig }, {})));
    const articleId = site.publish();
    url = site.truth().find((truth) => truth.articleId === articleId)?.url ?? '';
    expect((await workplace.run(['crawl', '--url', url])).code).toBe(0);
    const folder = join(workplace.dataDir, 'articles');
    const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((name) => name.includes(articleId));
    file = join(folder, found ?? '');
  });

  afterAll(async () => {
    await site.stop();
    await workplace.remove();
  });

  const recordOf = (): Record<string, unknown> => ({
    ...(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>),
    lastSeenAt: null,
  });

  const damages: readonly (readonly [string, () => void])[] = [
    [
      'overwritten with garbage',
      () => {
        writeFileSync(file, Buffer.alloc(5_000, 0xa5));
      },
    ],
    [
      'cut off in the middle',
      () => {
        truncateSync(file, 200);
      },
    ],
    [
      'gone',
      () => {
        rmSync(file);
      },
    ],
  ];

  it.each(damages)('%s: it is made again from the captures', async (what, damage) => {
    const before = recordOf();
    damage();
    expect((await workplace.run(['crawl', '--url', url])).code).toBe(0);
    expect(recordOf()).toEqual(before);
    expect((await workplace.run(['verify'])).code).toBe(0);
    rows.push([what, 'the run that meets it rebuilds it from the captures; `verify` finds nothing']);
  });

  it('overwritten with garbage, its captures lost: a run that asks for the page by name stores it again', async () => {
    const before = recordOf();
    writeFileSync(file, Buffer.alloc(5_000, 0xa5));
    renameSync(join(workplace.dataDir, 'captures'), join(workplace.dataDir, 'captures-lost'));
    // Asked for by name the page comes whole, whatever was known of it.
    expect((await workplace.run(['crawl', '--url', url])).code).toBe(0);
    expect(recordOf()).toMatchObject({ title: before['title'], body: before['body'] });
    rows.push([
      'overwritten with garbage, its captures lost',
      'a run that fetches the page by name (`--url`, `--refetch`) gets it in full and stores it again',
    ]);
  });

  it('leaves a page that says so', async () => {
    const title = 'Article files damaged on the disk';
    await expectSection({ title, columns: ['the file is', 'outcome'], rows });
  });
});
