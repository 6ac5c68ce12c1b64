import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromium, type Browser, type Page } from 'playwright';
import { findTestBrowser } from '../find-test-browser.js';
import { createWorkplace, eventually, finished, type Workplace } from './run-sputnik.js';

/** Set by the soak: the corpus alone takes minutes. */
const stories = Number(process.env['SOAK_WALK_STORIES'] ?? 0);
const executablePath = stories === 0 ? null : await findTestBrowser();

/** Of a shorter walk, which is tried while the test is written, about as many. */
const ARTICLES_MIN = Math.min(2_000, stories / 2);
const PAGE_BYTES_MAX = 150_000;
const ANSWER_MS_MAX = 50;
const PAGES_MAX = 400;
/** Beyond this something hangs, however slow the machine. */
const HANGING = { timeout: 600_000 };

interface DemoCorpus {
  readonly makeDemoCorpus: (dataDir: string, options: { stories: number }) => Promise<{ editions: readonly string[] }>;
}

/** Eight editions through ten days, with edits, withdrawals, repetitions, pages that cannot be read and an edition that is lost. */
describe.skipIf(executablePath === null)('a walk through the pages of two thousand articles', HANGING, () => {
  let workplace: Workplace;
  let browser: Browser;
  let origin = '';
  let stop: () => Promise<unknown> = () => Promise.resolve();
  const errors: string[] = [];

  beforeAll(async () => {
    const script = new URL('../../../scripts/demo-corpus.js', import.meta.url).href;
    const { makeDemoCorpus } = (await import(script)) as DemoCorpus;
    workplace = await createWorkplace({ web: { port: 0, requestsPerMinute: 100_000 } });
    await makeDemoCorpus(workplace.dataDir, { stories });
    const service = workplace.start(['serve', '--only', 'web', '--json']);
    let said = '';
    service.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const ended = finished(service);
    stop = () => {
      service.kill('SIGTERM');
      return ended;
    };
    origin = await eventually(() => /"origin":\s*"([^"]+)"/.exec(said)?.[1] ?? null, 60_000);
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] });
  }, 1_200_000);

  afterAll(async () => {
    await browser.close();
    await stop();
    await workplace.remove();
  });

  async function opened(path: string): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(`${page.url()}: ${message.text()}`);
    });
    await page.goto(origin + path);
    return page;
  }

  async function countIn(page: Page, pattern: RegExp): Promise<number> {
    const [, count = '0'] = pattern.exec((await page.textContent('main')) ?? '') ?? [];
    return Number(count.replaceAll(',', ''));
  }

  it('leads from a number to exactly as many articles, each once, and back', async () => {
    const page = await opened('/');
    const told = await countIn(page, /([\d,]+)\s*articles/);
    expect(told).toBeGreaterThanOrEqual(ARTICLES_MIN);
    await page.click('.tiles >> text=articles');
    const seen = new Set<string>();
    for (let pages = 0; pages < 200; pages += 1) {
      expect(await countIn(page, /([\d,]+) articles/)).toBe(told);
      for (const href of await page
        .locator('ol.list h2 a')
        .evaluateAll((links) => links.map((link) => link.getAttribute('href')))) {
        expect(seen.has(href ?? '')).toBe(false);
        seen.add(href ?? '');
      }
      const next = page.locator('a[rel=next]');
      if ((await next.count()) === 0) break;
      await next.first().click();
    }
    expect(seen.size).toBe(told);
    await page.click('a[rel=prev] >> nth=0');
    expect(await page.locator('ol.list h2 a').count()).toBe(30);
    await page.close();
  });

  it('finds words in another script, narrows them down, and reads what was changed', async () => {
    const page = await opened('/articles');
    await page.fill('input[name=q]', '亞美尼亞');
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=/);
    const all = await countIn(page, /([\d,]+) articles/);
    expect(all).toBeGreaterThan(stories / 100);
    await page.goto(`${origin}/articles?edited=yes&q=${encodeURIComponent('亞美尼亞')}`);
    const edited = await countIn(page, /([\d,]+) articles?/);
    expect(edited).toBeGreaterThan(0);
    expect(edited).toBeLessThan(all);
    await page.click('ol.list h2 a >> nth=0');
    expect(await page.locator('del, ins').count()).toBeGreaterThan(0);
    await page.close();
  });

  it('tells each edit and withdrawal, to the last', async () => {
    const page = await opened('/edits');
    const told: string[] = [];
    for (let pages = 0; pages < 100; pages += 1) {
      told.push(
        ...(await page
          .locator('ol.edits > li')
          .evaluateAll((items) =>
            items.map(
              (item) =>
                `${item.querySelector('a')?.getAttribute('href') ?? ''} ${item.querySelector('time')?.getAttribute('datetime') ?? ''}`,
            ),
          )),
      );
      const next = page.locator('a[rel=next]');
      if ((await next.count()) === 0) break;
      await next.click();
    }
    expect(told.length).toBeGreaterThan(20);
    expect(new Set(told).size).toBe(told.length);
    await page.selectOption('select[name=kind]', 'withdrawn');
    await page.click('form.fields button');
    await page.waitForURL(/kind=withdrawn/);
    expect(await page.locator('.chip.bad').count()).toBeGreaterThan(0);
    await page.close();
  });

  it('names the edition that is lost, the pages that cannot be read, and the day of a gap', async () => {
    const page = await opened('/');
    expect(await page.textContent('.say')).toContain('sputniknews.jp is unreachable');
    await page.click('.say >> text=pages');
    await page.waitForURL('**/quarantine');
    expect(await page.locator('text=extract.timeout').count()).toBeGreaterThan(0);
    await page.goto(`${origin}/coverage?edition=sputniknews.jp`);
    await page.click('.day-gap a >> nth=0');
    expect(await page.textContent('main')).toContain('could not be had');
    await page.close();
  });

  it('meets no page that is missing, heavy or slow behind any link', async () => {
    const waiting = ['/'];
    const known = new Set(waiting);
    const perKind = new Map<string, number>();
    const times: number[] = [];
    for (let path = waiting.shift(); path !== undefined && times.length < PAGES_MAX; path = waiting.shift()) {
      const startedAt = performance.now();
      const response = await fetch(origin + path);
      times.push(performance.now() - startedAt);
      const body = await response.text();
      expect([path, response.status, body.length < PAGE_BYTES_MAX || path.startsWith('/api')]).toEqual([
        path,
        200,
        true,
      ]);
      if (response.headers.get('content-type')?.startsWith('text/html') !== true) continue;
      for (const [, href = ''] of body.matchAll(/<a [^>]*href="(\/[^"#]*)"/g)) {
        const to = href.replaceAll('&amp;', '&');
        const kind = to.replaceAll(/\d+|=[^&]*/g, '');
        if (known.has(to) || /^\/(?:download|captures)\//.test(to) || (perKind.get(kind) ?? 0) >= 12) continue;
        known.add(to);
        perKind.set(kind, (perKind.get(kind) ?? 0) + 1);
        waiting.push(to);
      }
    }
    times.sort((a, b) => a - b);
    expect(times.length).toBeGreaterThan(100);
    expect(times[Math.floor(times.length / 2)]).toBeLessThan(ANSWER_MS_MAX);
    expect(errors).toEqual([]);
  });
});
