import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { ModeAction } from '../../../testsite/modes/mode-table.js';
import { captcha } from '../../../testsite/modes/status-modes.js';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { systemClock } from '../../../src/platform/clock.js';
import { findTestBrowser } from '../find-test-browser.js';
import { createWorkplace, finished, testSiteSettings, type Finished, type Workplace } from './run-sputnik.js';

const ID = 'am.sputniknews.ru';
const browserPath = await findTestBrowser();
const withBrowser = test.skipIf(browserPath === null);

/** Lets nobody in who runs no scripts; a browser comes back with the cookie. */
const gate: ModeAction = ({ request, response, sendUsual }) => {
  if (request.headers.cookie?.includes('passed=1')) {
    sendUsual();
    return;
  }
  response.writeHead(403, { 'content-type': 'text/html; charset=utf-8' });
  response.end(
    '<html><title>Just a moment...</title><script>document.cookie="passed=1;path=/";location.reload()</script></html>',
  );
};

describe('a crawl that meets a challenge', () => {
  let testSite: TestSite;
  let urls: readonly string[];
  const workplaces: Workplace[] = [];

  beforeAll(async () => {
    testSite = await startTestSite({ seed: 41, stories: 16, clock: systemClock, editions: [ID] });
    urls = testSite.truth().flatMap(({ edition, topics, url }) => (edition === ID && topics.length > 0 ? [url] : []));
  });

  afterAll(async () => {
    await testSite.stop();
    await Promise.all(workplaces.map((workplace) => workplace.remove()));
  });

  async function workplaceWith(executablePath: string | null): Promise<Workplace> {
    const workplace = await createWorkplace({
      ...testSiteSettings(testSite),
      politeness: { delayMs: 0, concurrencyPerHost: 1, timeoutMs: 5_000, retries: 0 },
      browser: { mode: 'fallback', executablePath, deadlineMs: 10_000 },
    });
    workplaces.push(workplace);
    return workplace;
  }

  async function endState(workplace: Workplace, url: string): Promise<object> {
    const { value } = await workplace.document(['why', url]);
    return (value as { pages: object[] }).pages[0]!;
  }

  it('goes on without harm where no browser is to be found, and calls the challenge by its name', async () => {
    const [first = '', shut = '', last = ''] = urls;
    const workplace = await workplaceWith('/nowhere/chromium');
    const open = testSite.setMode({ edition: ID, path: new URL(shut).pathname }, captcha);
    const done = await workplace.run(['crawl', '--url', first, shut, last]);
    open();
    expect(done.code, done.stderr).toBe(3);
    expect(done.stdout).toContain('browser: 0 pages tried, 0 showed an article, 1 wanted one that is not there');
    expect(events(done, 'browser.missing')).toEqual([
      expect.objectContaining({ reason: expect.stringContaining('browser.executablePath') as string }),
    ]);
    expect(await endState(workplace, first)).toMatchObject({ endState: 'stored' });
    expect(await endState(workplace, last)).toMatchObject({ endState: 'stored' });
    expect(await endState(workplace, shut)).toMatchObject({ endState: 'unreachable', reason: 'challenge' });
  });

  withBrowser(
    'passes one that a browser passes; each try and its result are logged, and counted in the summary',
    async () => {
      const [first = '', gated = '', shut = ''] = urls;
      const workplace = await workplaceWith(browserPath);
      const ends = [
        testSite.setMode({ edition: ID, path: new URL(gated).pathname }, gate),
        testSite.setMode({ edition: ID, path: new URL(shut).pathname }, captcha),
      ];
      const temporary = await mkdtemp(join(tmpdir(), 'sputnik-browser-'));
      const words = ['crawl', '--log-level', 'info', '--url', first, gated, shut];
      const done = await finished(workplace.start(words, { TMPDIR: temporary }));
      // Each browser has folders of its own there while it runs.
      expect(await readdir(temporary)).toEqual([]);
      await rm(temporary, { recursive: true });
      for (const end of ends) end();
      expect(done.code, done.stderr).toBe(3);
      expect(done.stdout).toContain('browser: 2 pages tried, 1 showed an article, 0 wanted one that is not there');
      const reads = events(done, 'browser.read').map(({ url, outcome }) => [url, outcome]);
      expect(new Map(reads as [string, string][])).toEqual(
        new Map([
          [gated, 'article'],
          [shut, 'noArticle'],
        ]),
      );
      expect(reads).toHaveLength(2);
      expect(await endState(workplace, gated)).toMatchObject({ endState: 'stored' });
      expect(await endState(workplace, shut)).toMatchObject({ endState: 'unreachable', reason: 'challenge' });
    },
  );
});

function events({ stderr }: Finished, event: string): Record<string, unknown>[] {
  return stderr
    .split('\n')
    .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : []))
    .filter((entry) => entry['event'] === event);
}
