import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/platform/clock.js';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { createWorkplace, eventually, finished, MAIN, testSiteSettings, type Workplace } from './run-sputnik.js';
import { readStoredArticles } from './stored-articles.js';

const DOCUMENT = new URL('../../../docs/operations.md', import.meta.url);

/** The commands of docs/operations.md, as they stand there, which begin so. */
function recipes(beginning: string): string {
  const lines = readFileSync(DOCUMENT, 'utf8').split('\n');
  const found = lines.filter((line) => line.startsWith(beginning));
  if (found.length === 0) throw new Error(`docs/operations.md has no command that begins with ${beginning}`);
  return found.join('\n');
}

describe('a backup by docs/operations.md', () => {
  let testSite: TestSite;
  let workplace: Workplace;
  let folder: string;

  beforeAll(async () => {
    testSite = await startTestSite({ seed: 8, stories: 30, clock: systemClock, editions: ['sputniknews.cn'] });
    workplace = await createWorkplace(testSiteSettings(testSite));
    folder = await mkdtemp(join(tmpdir(), 'sputnik-backup-'));
  });
  afterAll(async () => {
    await testSite.stop();
    await workplace.remove();
    await rm(folder, { recursive: true });
  });

  // The test site answers in this process meanwhile.
  async function shell(commands: string, restored: string): Promise<void> {
    const { dataDir, configFile } = workplace;
    const variables = {
      SPUTNIK_DATA_DIR: dataDir,
      SETTINGS: configFile,
      RESTORED: restored,
      MAIN,
      NODE: process.execPath,
    };
    const script = `set -eu\nsputnik() { "$NODE" "$MAIN" "$@"; }\n${commands}`;
    await promisify(execFile)('bash', ['-c', script], { cwd: folder, env: { ...process.env, ...variables } });
  }

  const bare = async (dataDir: string): Promise<[string, string][]> => {
    const stored = await readStoredArticles(dataDir);
    return [...stored.values()]
      .map(({ path }): [string, string] => [basename(path), readFileSync(path, 'utf8')])
      .sort();
  };

  it('of a service that is stopped is the same corpus again', async () => {
    expect((await workplace.run(['crawl'])).code).toBe(0);
    const restored = join(folder, 'restored');
    await shell(
      [recipes('tar --create'), recipes('mkdir "$RESTORED"'), recipes('sputnik verify --data-dir')].join('\n'),
      restored,
    );
    expect(await bare(restored)).toEqual(await bare(workplace.dataDir));
  });

  it('without the catalogue, copied while a crawl was writing, becomes whole by verify --repair and a crawl', async () => {
    testSite.publish();
    const crawl = workplace.start(['crawl']);
    const ended = finished(crawl);
    const copied = join(folder, 'copied');
    await eventually(() => (holder() === crawl.pid ? true : null), 30_000);
    await cp(workplace.dataDir, copied, {
      recursive: true,
      filter: (path) => !/\/catalogue\.db|\/redis(?:\/|$)|\.tmp/.test(path),
    });
    expect((await ended).code).toBe(0);
    await shell(recipes('sputnik verify --repair --data-dir'), copied);
    await shell('sputnik crawl --config "$SETTINGS" --data-dir "$RESTORED"', copied);
    expect((await bare(copied)).map(([name]) => name)).toEqual((await bare(workplace.dataDir)).map(([name]) => name));
  });

  function holder(): number | null {
    const file = join(workplace.dataDir, 'lock.json');
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { pid: number }).pid : null;
  }
});
