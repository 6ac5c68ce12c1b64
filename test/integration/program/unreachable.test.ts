import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ModeAction } from '../../../testsite/modes/mode-table.js';
import { blockPage, captcha, status } from '../../../testsite/modes/status-modes.js';
import { resetAtOnce, silence } from '../../../testsite/modes/wire-modes.js';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { systemClock } from '../../../src/platform/clock.js';
import { createWorkplace, testSiteSettings, type Workplace } from './run-sputnik.js';

const AWAY = 'am.sputniknews.ru';
const THERE = 'sputniknews.cn';
/** Reasons that the ledger has been given so far; each fell upon a page of its own. */
const SEEN: string[] = [];

/** A feed that breaks off in the middle of an item. */
const brokenXml: ModeAction = ({ response, answer }) => {
  const body = answer.body();
  response.writeHead(200, { 'content-type': 'application/rss+xml; charset=utf-8' });
  response.end(`${body.slice(0, body.indexOf('<item>'))}<item><title>a title without`);
};

interface Coverage {
  readonly editions: readonly {
    readonly gaps: Readonly<Record<'lists' | 'pages', readonly { readonly reason: string }[]>>;
  }[];
}

describe('one of two editions', () => {
  let testSite: TestSite;
  let workplace: Workplace;
  let settings: Record<string, object>;
  let urls: readonly string[];
  const ends: (() => void)[] = [];

  beforeAll(async () => {
    testSite = await startTestSite({ seed: 31, stories: 24, clock: systemClock, editions: [AWAY, THERE] });
    settings = {
      ...testSiteSettings(testSite),
      politeness: { delayMs: 0, concurrencyPerHost: 8, timeoutMs: 700, retries: 0 },
      browser: { mode: 'never' },
    };
    workplace = await createWorkplace(settings);
    urls = testSite.truth().flatMap(({ edition, url }) => (edition === AWAY ? [url] : []));
  });

  afterEach(() => {
    for (const end of ends.splice(0)) end();
  });

  afterAll(async () => {
    await testSite.stop();
    await workplace.remove();
  });

  async function expectTold(other: Workplace, words: readonly string[], reason: string, told: string): Promise<void> {
    const { code, stdout, stderr } = await other.run(['crawl', ...words]);
    expect(code).toBe(3);
    expect(stdout).toContain(`unreachable: ${AWAY} (${reason}: ${told})`);
    expect(stdout).not.toContain(`unreachable: ${THERE}`);
    const logged = stderr.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as object] : []));
    expect(logged).toContainEqual(expect.objectContaining({ edition: AWAY, reason }));
  }

  async function gapsOf(other: Workplace): Promise<string[]> {
    const { code, value } = await other.document(['coverage', '--edition', AWAY]);
    expect(code).toBe(3);
    const { lists, pages } = (value as Coverage).editions[0]!.gaps;
    return [...lists, ...pages].map(({ reason }) => reason);
  }

  it.each<[string, string, ModeAction]>([
    ['reset', 'the connection was cut', resetAtOnce],
    ['timeout', 'no whole answer in time', silence],
    ['legalBlock', 'HTTP 451, withheld by law', status(451)],
    ['forbidden', 'HTTP 401, 403 or 407', status(403)],
    ['blockPage', "somebody else's page in its place", blockPage(200)],
    ['challenge', 'a captcha or a check of the browser', captcha],
  ])('that is away by %s is told by this name in summary, log, why and exit code', async (reason, told, mode) => {
    const away = urls[SEEN.push(reason)]!;
    const there = testSite.truth().find(({ edition }) => edition === THERE)!.url;
    ends.push(testSite.setMode({ edition: AWAY, path: /^(?!\/robots\.txt)/ }, mode));
    await expectTold(workplace, ['--url', away, there], reason, told);
    const { value } = await workplace.document(['why', away]);
    expect((value as { pages: object[] }).pages).toMatchObject([{ endState: 'unreachable', reason }]);
  });

  it('leaves a gap under each of these names in coverage, and alone ends a crawl with 5', async () => {
    expect([...new Set(await gapsOf(workplace))].sort()).toEqual([...SEEN].sort());
    ends.push(testSite.setMode({ edition: AWAY }, resetAtOnce));
    expect((await workplace.run(['crawl', '--edition', AWAY, '--via', 'feed'])).code).toBe(5);
  });

  it('whose feed breaks off in the middle is told from one that is away', async () => {
    const other = await createWorkplace(settings);
    ends.push(testSite.setMode({ edition: AWAY, path: /index\.xml$/ }, brokenXml));
    await expectTold(other, ['--via', 'feed'], 'broken', 'a document that breaks off or is none');
    expect(await gapsOf(other)).toEqual(['broken']);
    await other.remove();
  });

  it('whose name leads nowhere is told by this name', async () => {
    const editions = settings['editions'] as Record<string, object>;
    const lost = { ...editions[AWAY], fetchFrom: 'http://test-site.invalid:8801' };
    const other = await createWorkplace({ ...settings, editions: { ...editions, [AWAY]: lost } });
    await expectTold(other, ['--via', 'feed'], 'dns', 'its name leads to no address');
    expect(new Set(await gapsOf(other))).toEqual(new Set(['dns']));
    await other.remove();
  });
});
