import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from '../integration/program/run-sputnik.js';
import { readStoredArticles } from '../integration/program/stored-articles.js';
import { differencesFromTruth } from './compare-with-truth.js';
import { settingsFor } from './site-settings.js';
import { startSite, type SiteProcess } from './site-process.js';

/** What the fault tests rest on: that the comparison would have seen it. */
describe('the comparison with the truth', () => {
  let site: SiteProcess;
  let workplace: Workplace;
  let path = '';
  let text = '';

  beforeAll(async () => {
    site = await startSite({ seed: 3, stories: 10, editions: ['sputniknews.cn', 'big5.sputniknews.cn'] });
    workplace = await createWorkplace(await settingsFor(site));
    expect((await workplace.run(['crawl'])).code).toBe(0);
    path = [...(await readStoredArticles(workplace.dataDir)).values()][0]?.path ?? '';
    text = readFileSync(path, 'utf8');
  });

  afterAll(async () => {
    await site.stop();
    await workplace.remove();
  });

  const differences = (): Promise<readonly string[]> => differencesFromTruth(workplace.dataDir, site);
  const inData = (...names: string[]): string => join(workplace.dataDir, ...names);

  it('finds nothing wrong with a crawl that nobody disturbed', async () => {
    expect(await differences()).toEqual([]);
  });

  it.each<readonly [what: string, as: RegExp, spoil: () => void, mend: () => void]>([
    [
      'missing',
      /^lost: sputniknews/,
      () => {
        rmSync(path);
      },
      () => {
        writeFileSync(path, text);
      },
    ],
    [
      'cut off',
      /^torn: articles/,
      () => {
        writeFileSync(path, text.slice(0, 900));
      },
      () => {
        writeFileSync(path, text);
      },
    ],
    [
      'there twice',
      /^doubled: /,
      () => {
        mkdirSync(inData('articles', 'sputniknews.cn', '2001', '01'), { recursive: true });
        copyFileSync(path, inData('articles', 'sputniknews.cn', '2001', '01', path.split('/').at(-1) ?? ''));
      },
      () => {
        rmSync(inData('articles', 'sputniknews.cn', '2001'), { recursive: true });
      },
    ],
    [
      'of another text',
      /^wrong: title/,
      () => {
        writeFileSync(path, JSON.stringify({ ...(JSON.parse(text) as object), title: 'Another' }));
      },
      () => {
        writeFileSync(path, text);
      },
    ],
    [
      'without a rendition',
      /^lost: rendition/,
      () => {
        writeFileSync(path, JSON.stringify({ ...(JSON.parse(text) as object), renditions: [] }));
      },
      () => {
        writeFileSync(path, text);
      },
    ],
    [
      'with a capture that is gone',
      /^torn: capture/,
      () => {
        renameSync(inData('captures'), inData('elsewhere'));
      },
      () => {
        renameSync(inData('elsewhere'), inData('captures'));
      },
    ],
    [
      'beside a temporary file',
      /^left: /,
      () => {
        writeFileSync(join(dirname(path), '.1.json.00000000.tmp'), '{');
      },
      () => {
        rmSync(join(dirname(path), '.1.json.00000000.tmp'));
      },
    ],
  ])('sees a record that is %s', async (_what, as, spoil, mend) => {
    spoil();
    expect((await differences()).some((line) => as.test(line))).toBe(true);
    mend();
    expect(await differences()).toEqual([]);
  });
});
