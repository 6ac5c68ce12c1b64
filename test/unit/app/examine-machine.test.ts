import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import type * as FileSystem from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { examineMachine, type Finding } from '../../../src/app/maintenance/examine-machine.js';
import type { Config } from '../../../src/config/config.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { findBrowser } from '../../../src/crawlers/browser/find-browser.js';
import { silentLogger } from '../../../src/platform/logger.js';
import { edition } from '../crawlers/crawl-setup.js';
import { html, redirect, startHostileSite, status, type Answer, type HostileSite } from '../crawlers/hostile-site.js';
import { startFakeRedis, type FakeRedis } from './fake-redis.js';

const disk = vi.hoisted(() => ({ freeBytes: 5e12 }));
vi.mock('node:fs/promises', async (original) => ({
  ...(await original<typeof FileSystem>()),
  statfs: () => Promise.resolve({ bavail: disk.freeBytes, bsize: 1 }),
}));

const ID = 'am.sputniknews.ru';
const NOW_MS = Date.parse('2026-07-20T12:00:00Z');
const BLOCKED = '<html><title>Blocked</title><h1>This website has been blocked</h1><p>Council Regulation</p></html>';
const CAPTCHA = '<html><title>Are you a robot?</title><form><div class="g-recaptcha"></div></form></html>';
const page = (text: string): Answer => {
  return (_request, response) => {
    html(response, text);
  };
};

let folder: string;
let redis: FakeRedis;
const sites: HostileSite[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  redis = await startFakeRedis('7.4.1');
});

afterEach(async () => {
  vi.unstubAllEnvs();
  disk.freeBytes = 5e12;
  await Promise.all(sites.splice(0).map((site) => site.stop()));
});

afterAll(async () => {
  await redis.stop();
  rmSync(folder, { recursive: true });
});

/** A machine with everything well, but for the changes; no edition is asked unless one is given. */
async function examine(changes: Partial<Config> = {}, searchPath = ''): Promise<(subject: string) => Finding> {
  const base = loadConfig({ variables: {} });
  const config: Config = {
    ...base,
    dataDir: join(folder, 'data'),
    redis: { ...base.redis, url: redis.url },
    browser: { ...base.browser, mode: 'never' },
    politeness: { ...base.politeness, timeoutMs: 400 },
    editions: [],
    ...changes,
  };
  const environment = {
    settings: {},
    searchPath,
    cacheFolder: join(folder, 'cache'),
    terminal: { colour: false, columns: null, isDumb: false },
    isStartedByNpm: false,
  };
  const runtime = { config, environment, clock: { now: () => NOW_MS }, log: silentLogger };
  const findings = await examineMachine(runtime, new AbortController().signal);
  return (subject) => findings.find((finding) => finding.subject === subject)!;
}

async function siteSaying(robots: Answer): Promise<string> {
  const site = await startHostileSite({ '/robots.txt': robots });
  sites.push(site);
  return site.origin;
}

async function examineEdition(fetchFrom: string): Promise<Finding> {
  return (await examine({ editions: [edition(ID, fetchFrom)] }))(ID);
}

const playwrightsBrowser = await findBrowser(null, '');

describe('the doctor on Redis', () => {
  it('tells version and address of the one that answers', async () => {
    const detail = `version 7.4.1 at ${redis.url}`;
    expect((await examine())('redis')).toMatchObject({ verdict: 'good', detail, remedy: null });
  });

  it('says how to start one where none answers at the configured address', async () => {
    const gone = await startFakeRedis('7.4.1');
    await gone.stop();
    expect((await examine({ redis: { url: gone.url, prefix: null } }))('redis')).toMatchObject({
      verdict: 'bad',
      detail: expect.stringContaining('does not answer') as string,
      remedy: expect.stringContaining('start it') as string,
    });
  });

  it('says how to get one where none is configured and none can be brought along', async () => {
    vi.stubEnv('PATH', join(folder, 'nothing-here'));
    expect((await examine({ redis: { url: null, prefix: null } }))('redis')).toMatchObject({
      verdict: 'bad',
      remedy: expect.stringContaining('apt-get install redis-server') as string,
    });
  });
});

describe('the doctor on the browser', () => {
  const browser = (changes: Partial<Config['browser']>): Partial<Config> => ({
    browser: { ...loadConfig({ variables: {} }).browser, ...changes },
  });

  it('wants none where the settings want none', async () => {
    expect((await examine(browser({ mode: 'never' })))('browser')).toMatchObject({ verdict: 'good', remedy: null });
  });

  it('names the one it found', async () => {
    const path = join(folder, 'chromium');
    writeFileSync(path, '');
    chmodSync(path, 0o755);
    const found = await examine(browser({ mode: 'fallback', executablePath: null }), folder);
    expect(found('browser')).toMatchObject({ verdict: 'good', detail: path, remedy: null });
  });

  it.skipIf(playwrightsBrowser !== null)('advises how to get one where none is found', async () => {
    expect((await examine(browser({ mode: 'fallback', executablePath: null })))('browser')).toMatchObject({
      verdict: 'advice',
      remedy: expect.stringContaining('--fetch-browser') as string,
    });
    expect((await examine(browser({ mode: 'always', executablePath: null })))('browser').verdict).toBe('bad');
  });

  it('calls a configured one bad that is not there', async () => {
    const found = await examine(browser({ mode: 'fallback', executablePath: '/nowhere/chromium' }));
    expect(found('browser')).toMatchObject({
      verdict: 'bad',
      remedy: expect.stringContaining('browser.executablePath') as string,
    });
  });
});

describe('the doctor on the disk', () => {
  it('tells how much is free, and leaves nothing behind', async () => {
    const dataDir = join(folder, 'tidy');
    const found = (await examine({ dataDir }))('disk');
    expect(found).toMatchObject({ verdict: 'good', remedy: null });
    expect(found.detail).toBe(`${dataDir} can be written, 5000.0 GB free`);
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('advises to make room where less than a gigabyte is free', async () => {
    disk.freeBytes = 9e8;
    const found = (await examine())('disk');
    expect(found).toMatchObject({ verdict: 'advice', remedy: 'make room, or name another dataDir' });
    expect(found.detail).toContain('0.9 GB free');
  });

  it('calls a folder bad that cannot be written', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    const found = (await examine({ dataDir: join(file, 'data') }))('disk');
    expect(found).toMatchObject({ verdict: 'bad', remedy: 'make it writable, or name another dataDir' });
    expect(found.detail).toContain('cannot be written');
  });
});

describe('the doctor on the clock', () => {
  it.each([
    [0, 'good', '0 s behind', null],
    [-299, 'good', '299 s ahead of', null],
    [-301, 'bad', '301 s ahead of', 'timedatectl'],
    [7200, 'bad', '7200 s behind', 'timedatectl'],
  ])('that differs from the site by %i s is %s', async (skewS, verdict, words, remedy) => {
    const date = new Date(NOW_MS + skewS * 1000).toUTCString();
    const found = (await examine({ editions: [edition(ID, await siteSaying(status(200, { date })))] }))('clock');
    expect(found).toMatchObject({ verdict, detail: `${words} the sites` });
    expect(found.remedy ?? '').toContain(remedy ?? '');
    expect(found.remedy === null).toBe(remedy === null);
  });

  it('goes by the sites in the middle, not by one whose own clock is wrong', async () => {
    const dates = [0, 0, -86_400].map((skewS) => new Date(NOW_MS + skewS * 1000).toUTCString());
    const origins = await Promise.all(dates.map((date) => siteSaying(status(200, { date }))));
    const editions = origins.map((origin, index) => edition(`e${index}.example`, origin));
    expect((await examine({ editions }))('clock').verdict).toBe('good');
  });

  it('cannot be judged where no site answers', async () => {
    expect((await examine())('clock')).toMatchObject({ verdict: 'advice', remedy: null });
  });
});

describe('the doctor on an edition', () => {
  it.each([
    ['answers', status(200, {}, 'User-agent: *\n')],
    ['has no robots.txt', status(404)],
  ])('that %s calls it good', async (_name, answer) => {
    expect(await examineEdition(await siteSaying(answer))).toMatchObject({ verdict: 'good', remedy: null });
  });

  it.each<[string, Answer, string]>([
    ['legalBlock', status(451), 'Council Regulation 2022/350'],
    ['forbidden', status(403), 'politeness.userAgent'],
    ['blockPage', page(BLOCKED), 'a page of the provider stands in its place'],
    ['challenge', page(CAPTCHA), '--fetch-browser'],
    ['serverError', status(503), 'the site itself fails'],
    ['rateLimited', status(429), 'politeness.delayMs'],
    ['redirectForbidden', redirect('https://elsewhere.example/'), 'add the host to its hosts'],
    ['reset', (request) => request.socket.destroy(), 'the connection is cut on the way'],
    ['timeout', () => undefined, 'check the network'],
    ['clientError', status(400), 'the next crawl tries again'],
  ])('that fails by %s tells so, and its remedy', async (reason, answer, remedy) => {
    expectBad(await examineEdition(await siteSaying(answer)), reason, remedy);
  });

  it('that redirects to www. names the host and the setting that lets it be followed', async () => {
    const { detail } = await examineEdition(await siteSaying(redirect('https://www.sputniknews.cn/robots.txt')));
    expect(detail).toMatch(
      /www\.sputniknews\.cn\/robots\.txt: no configured host.* add the host to editions\.[a-z0-9.]+\.hosts$/,
    );
  });

  it('that cannot be connected to tells how, and its remedy', async () => {
    const gone = await startHostileSite();
    await gone.stop();
    expectBad(await examineEdition(gone.origin), 'refused', 'check fetchFrom or the proxy');
    const plain = await siteSaying(status(200));
    expectBad(
      await examineEdition(plain.replace('http:', 'https:')),
      'tls',
      'no connection over TLS that can be trusted',
    );
    expectBad(await examineEdition('http://lookalike.invalid:8801'), 'dns', 'check the name server');
  });

  it('that is disabled is not asked', async () => {
    const origin = await siteSaying(status(200));
    const examined = await examine({ editions: [edition(ID, origin, { enabled: false })] });
    expect(examined(ID)).toBeUndefined();
    expect(sites[0]!.connections()).toBe(0);
  });

  function expectBad({ verdict, detail, remedy }: Finding, reason: string, words: string): void {
    expect(verdict).toBe('bad');
    expect(detail).toMatch(new RegExp(`^${reason}: .`));
    expect(remedy).toContain(words);
  }
});
