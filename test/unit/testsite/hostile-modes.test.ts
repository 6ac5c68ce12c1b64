import { get } from 'node:http';
import { gunzipSync } from 'node:zlib';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { HOSTILE_MODES } from '../../../testsite/modes/hostile-modes.js';
import { tooManyRequests } from '../../../testsite/modes/status-modes.js';
import { startTestSite } from '../../../testsite/start-test-site.js';
import type { TestSite } from '../../../testsite/start-test-site.js';

const NOW = Date.UTC(2026, 6, 29, 5, 19);
const EDITION = 'sputniknews.cn';
let testSite: TestSite;
let articlePath: string;
let otherPath: string;
const FEED = '/export/rss2/archive/index.xml';

beforeAll(async () => {
  testSite = await startTestSite({ seed: 3, stories: 40, clock: { now: () => NOW }, editions: [EDITION] });
  const [first, second] = testSite.truth().filter((article) => article.url.endsWith('.html'));
  articlePath = new URL(first!.url).pathname;
  otherPath = new URL(second!.url).pathname;
});
afterEach(() => {
  testSite.clearModes();
});
afterAll(async () => {
  await testSite.stop();
});

/** What a reader with a limit of 2.5 MB makes of a request, in a word. */
async function outcome(path: string, patienceMs = 20_000): Promise<string> {
  const signal = AbortSignal.timeout(patienceMs);
  try {
    const response = await fetch(testSite.origin(EDITION) + path, { redirect: 'manual', signal });
    let bytes = 0;
    const reader = response.body?.getReader();
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
      bytes += part.value.length;
      if (bytes > 2_500_000) {
        await reader?.cancel();
        return `${response.status} too large`;
      }
    }
    return String(response.status);
  } catch (error) {
    return (error as Error).name === 'TimeoutError' ? 'timeout' : 'failed';
  }
}

const EXPECTED: Partial<Record<keyof typeof HOSTILE_MODES, string>> = {
  status500: '500',
  tooManyRequests: '429',
  blocked451: '451',
  resetAtOnce: 'failed',
  resetMidBody: 'failed',
  shortBody: 'failed',
  partialContent: '206',
  lyingGzip: 'failed',
  gzipBomb: '200 too large',
  hugePage: '200 too large',
  endlessBody: '200 too large',
  slowDrip: 'timeout',
  silence: 'timeout',
  garbage: 'failed',
  hugeHeaders: 'failed',
  endlessRedirect: '302',
  redirectLinkLocal: '302',
  challenge: '503',
};

describe('a hostile test site', () => {
  it.each(Object.entries(HOSTILE_MODES))('%s harms only the page it is set on', async (name, { on, action }) => {
    const path = on === 'list' ? FEED : articlePath;
    const end = testSite.setMode({ edition: EDITION, path }, action);
    const expected = EXPECTED[name as keyof typeof HOSTILE_MODES];
    const found = await outcome(path, expected === 'timeout' ? 200 : undefined);
    if (expected !== undefined) expect(found).toBe(expected);
    expect(await outcome(otherPath)).toBe('200');
    end();
    expect(await outcome(path)).toBe('200');
  });

  it('cuts a compressed body so that a strict reader refuses it', async () => {
    const end = testSite.setMode({ path: articlePath }, HOSTILE_MODES.truncatedGzip.action);
    const body = await new Promise<Buffer>((resolve, reject) => {
      get(testSite.origin(EDITION) + articlePath, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          resolve(Buffer.concat(chunks));
        });
      }).on('error', reject);
    });
    expect(() => gunzipSync(body)).toThrow('unexpected end of file');
    end();
  });

  it('lets a mode pass after so many requests', async () => {
    testSite.setMode({ path: articlePath }, tooManyRequests(5), { times: 1 });
    expect(await outcome(articlePath)).toBe('429');
    expect(await outcome(articlePath)).toBe('200');
  });

  it('refuses connections while an edition is taken down, and answers at the same port afterwards', async () => {
    await testSite.takeDown(EDITION);
    expect(await outcome(otherPath)).toBe('failed');
    await testSite.bringBack(EDITION);
    expect(await outcome(otherPath)).toBe('200');
  });

  it('puts forged entries before the true ones of feed, sitemap and HTML list', async () => {
    const sitemap = '/sitemap_article.xml?date_start=20260701&date_end=20260731';
    for (const path of [FEED, sitemap, '/']) {
      const end = testSite.setMode({ path }, HOSTILE_MODES.traversalEntries.action);
      const text = await (await fetch(testSite.origin(EDITION) + path)).text();
      expect(text.indexOf('attacker.example')).toBeGreaterThan(0);
      expect(text.indexOf('attacker.example')).toBeLessThan(
        text.indexOf(otherPath.slice(0, 4), text.indexOf('javascript:')),
      );
      end();
    }
  });

  it('hides the article in a shell that needs script', async () => {
    const end = testSite.setMode({ path: articlePath }, HOSTILE_MODES.scriptShell.action);
    const text = await (await fetch(testSite.origin(EDITION) + articlePath)).text();
    expect(text).not.toContain('article__');
    expect(text).toContain('<script>');
    end();
  });

  it('lets in who brings the cookie that its challenge sets', async () => {
    const end = testSite.setMode({ path: articlePath }, HOSTILE_MODES.challenge.action);
    const url = testSite.origin(EDITION) + articlePath;
    expect((await fetch(url)).status).toBe(503);
    const passed = await fetch(url, { headers: { cookie: 'test_site_pass=1' } });
    expect(await passed.text()).toContain('article__title');
    end();
  });
});
