import { createRequire } from 'node:module';
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AxeResults } from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright';
import { systemClock } from '../../../src/platform/clock.js';
import type { ModeAction } from '../../../testsite/modes/mode-table.js';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { findTestBrowser } from '../find-test-browser.js';
import { createWorkplace, eventually, finished, testSiteSettings, type Workplace } from './run-sputnik.js';
import { readStoredArticles } from './stored-articles.js';

const CHINESE = ['sputniknews.cn', 'big5.sputniknews.cn'];
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const PADDING = '<div class="x"><p>…</p></div>'.repeat(800_000);
const DEADLINE_MS = 100;

/** The usual page in so much markup that it cannot be read within the shortest deadline. */
const heavyPage: ModeAction = ({ response, answer }) => {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  response.end(answer.body().replace('</body>', `<footer>${PADDING}</footer></body>`));
};

/** What can differ between two looks of one page. */
const RULES_OF_LOOKS = ['color-contrast', 'link-in-text-block', 'scrollable-region-focusable', 'target-size'];
const LOOKS = [
  [360, 'light', ''],
  [360, 'dark', JSON.stringify({ runOnly: RULES_OF_LOOKS })],
  [1920, 'light', JSON.stringify({ runOnly: RULES_OF_LOOKS })],
  [1920, 'dark', ''],
] as const;

const executablePath = await findTestBrowser();
/** Beyond this something hangs, however slow the machine. */
const HANGING_MS = 480_000;
const WAIT_MS = 120_000;

/** A site in two Chinese scripts, with an edit, a withdrawal, a repetition and a page that cannot be read; a service works on it. */
describe.skipIf(executablePath === null)('the pages, in a browser', { timeout: HANGING_MS }, () => {
  let testSite: TestSite;
  let workplace: Workplace;
  let browser: Browser;
  let origin = '';
  let stop: () => Promise<number | null> = () => Promise.resolve(null);
  let edited = '';
  let heavy = '';
  const paths: string[] = [];

  beforeAll(async () => {
    testSite = await startTestSite({
      seed: 5,
      stories: 60,
      clock: systemClock,
      editions: CHINESE,
      duplicates: { exact: 1, near: 1 },
    });
    workplace = await createWorkplace({});
    await setDeadline(60_000);
    await workplace.document(['crawl']);
    edited =
      testSite
        .seedArticles('sputniknews.cn')
        .at(-1)
        ?.match(/(\d+)\.html$/)?.[1] ?? '';
    testSite.edit(edited, { title: '埃里温会谈结束', replaceParagraph: { index: 0, text: '代表团昨天抵达埃里温。' } });
    heavy = testSite.publish();
    testSite.setMode({ path: new RegExp(heavy) }, heavyPage);
    await setDeadline(DEADLINE_MS);
    const urls = testSite.truth().flatMap(({ articleId, url }) => (articleId === heavy ? [url] : []));
    await workplace.document(['crawl', '--refetch', '--url', ...urls]);
    await setDeadline(60_000);
    await workplace.document([
      'crawl',
      '--refetch',
      '--url',
      ...testSite.truth().flatMap(({ articleId, url }) => (articleId === edited ? [url] : [])),
    ]);
    const service = workplace.start(['serve', '--json']);
    const said: string[] = [];
    service.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    const ended = finished(service);
    stop = async () => {
      service.kill('SIGTERM');
      return (await ended).code;
    };
    ({ origin } = await eventually(() => originIn(said.join('')), WAIT_MS));
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] });
    const today = new Date().toISOString().slice(0, 10);
    paths.push(
      '/',
      '/?days=365&topic=armenia',
      '/articles',
      '/articles?q=%E4%BA%9A%E7%BE%8E%E5%B0%BC%E4%BA%9A&edited=no',
    );
    paths.push(`/articles/sputniknews.cn/${edited}`, '/edits', '/coverage', `/coverage/sputniknews.cn/${today}`);
    const runs = await (await fetch(`${origin}/runs`)).text();
    paths.push('/runs', /\/runs\/[\w-]+/.exec(runs)?.[0] ?? '/a-run', `/delays/${today}`, '/pages?state=stored');
    paths.push('/quarantine', '/notifications', '/status', '/articles?topic=cheese', '/nothing');
  }, HANGING_MS);

  afterAll(async () => {
    await browser.close();
    await stop();
    await testSite.stop();
    await workplace.remove();
  });

  async function setDeadline(deadlineMs: number): Promise<void> {
    const settings = testSiteSettings(testSite);
    await writeFile(
      workplace.configFile,
      JSON.stringify({
        ...settings,
        politeness: { ...settings['politeness'], bodyBytesMax: 40_000_000 },
        extract: { deadlineMs, memoryMb: 2_000 },
        web: { port: 0, requestsPerMinute: 10_000 },
        schedules: Object.fromEntries(['newest', 'revisit', 'retry'].map((name) => [name, { enabled: false }])),
      }),
    );
  }

  async function opened(path: string, width: number, colorScheme: 'light' | 'dark'): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme, bypassCSP: true });
    page.setDefaultTimeout(WAIT_MS);
    await page.goto(origin + path);
    return page;
  }

  it('break no rule of accessibility, light and dark, narrow and wide, and fit', async () => {
    for (const path of paths) {
      const page = await opened(path, 360, 'light');
      await page.addScriptTag({ path: AXE });
      for (const [width, colorScheme, options] of LOOKS) {
        await page.setViewportSize({ width, height: 800 });
        await page.emulateMedia({ colorScheme });
        const { violations } = await page.evaluate<AxeResults>(`axe.run(${options})`);
        const told = violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html)]);
        expect([path, width, colorScheme, told]).toEqual([path, width, colorScheme, []]);
        const overflow = await page.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        expect([path, width, overflow]).toEqual([path, width, 0]);
      }
      await page.close();
    }
  });

  it('can be walked by keyboard alone, each stop seen, the first one past the navigation', async () => {
    const page = await opened('/', 1280, 'light');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the text');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    for (let stops = 0; stops < 12; stops += 1) {
      await page.keyboard.press('Tab');
      const [inside, outline] = await page.evaluate<[boolean, string]>(
        '[document.querySelector("main").contains(document.activeElement), getComputedStyle(document.activeElement).outlineStyle]',
      );
      expect([stops, inside, outline]).toEqual([stops, true, 'solid']);
    }
    const current = await page.evaluate('document.querySelector("nav [aria-current=page]").textContent');
    expect(current).toBe('Overview');
    await page.close();
  });

  it('lead from the overview to an edit, told in both wordings, without an error', async () => {
    const page = await opened('/', 1280, 'light');
    const errors: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    expect(await page.textContent('main')).toContain('The figures of “Articles per day”');
    await page.click('nav >> text=Edits');
    await page.click('text=埃里温会谈结束');
    expect(page.url()).toBe(`${origin}/articles/sputniknews.cn/${edited}`);
    const body = await page.textContent('body');
    expect(body).toMatch(/Headline\s+substantive/);
    expect(await page.locator('h2', { hasText: 'big5.sputniknews.cn' }).count()).toBeGreaterThan(0);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=WARC >> nth=0')]);
    expect(download.suggestedFilename()).toMatch(/\.warc\.gz$/);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('store a quarantined page that is retried there, and fill a day', async () => {
    const page = await opened('/quarantine', 1280, 'light');
    const id = `sputniknews.cn/${heavy}`;
    expect((await readStoredArticles(workplace.dataDir)).has(id)).toBe(false);
    await page.click(`[aria-label="Retry ${id}"]`);
    await page.waitForURL(/did=retry/, { timeout: WAIT_MS });
    await page.click('text=Retry all');
    await page.waitForURL(/did=retry/, { timeout: WAIT_MS });
    await eventually(async () => (await readStoredArticles(workplace.dataDir)).get(id) ?? null, WAIT_MS);
    await page.goto(`${origin}/quarantine`);
    expect(await page.textContent('main')).toContain('Nothing waits in quarantine');
    const day = new Date().toISOString().slice(0, 4);
    await page.goto(`${origin}/coverage/sputniknews.cn/${day}-01-02`);
    await page.click('text=Fill this day');
    await page.waitForURL(/queued=1/);
    expect(await page.textContent('[role=status]')).toContain('1 crawl queued');
    await page.close();
  });
});

function originIn(text: string): { readonly origin: string } | null {
  try {
    return JSON.parse(text) as { readonly origin: string };
  } catch {
    return null;
  }
}
