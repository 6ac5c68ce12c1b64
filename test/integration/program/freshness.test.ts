import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/platform/clock.js';
import { resetAtOnce, silence } from '../../../testsite/modes/wire-modes.js';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { createWorkplace, eventually, finished, testSiteSettings, type Workplace } from './run-sputnik.js';

const AWAY = 'am.sputniknews.ru';
const THERE = 'big5.sputniknews.cn';

interface Row {
  readonly edition: string;
  readonly topic: string | null;
  readonly state: string;
  readonly reason: string | null;
  readonly since: string | null;
}

describe('an edition that is down while the service runs', () => {
  let testSite: TestSite;
  let workplace: Workplace;

  beforeAll(async () => {
    testSite = await startTestSite({ seed: 17, stories: 20, clock: systemClock, editions: [AWAY, THERE] });
    workplace = await createWorkplace({
      ...testSiteSettings(testSite),
      politeness: { delayMs: 0, concurrencyPerHost: 8, timeoutMs: 2_000, retries: 0 },
      browser: { mode: 'never' },
      web: { port: 0 },
      schedules: { newest: { cron: '*/2 * * * * *' } },
    });
  });

  afterAll(async () => {
    await testSite.stop();
    await workplace.remove();
  });

  it('makes it unready and is named alike by status, API, metrics and page, and so is its return', async () => {
    const end = testSite.setMode({ edition: AWAY }, resetAtOnce);
    const service = workplace.start(['serve', '--json']);
    const said: string[] = [];
    service.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    const ended = finished(service);
    const origin = await eventually(() => /"origin": "(.+)"/.exec(said.join(''))?.[1] ?? null, 30_000);
    const reasons = async (): Promise<{ status: number; reasons: string[] }> => {
      const answer = await fetch(`${origin}/readyz`);
      return { status: answer.status, ...((await answer.json()) as { reasons: string[] }) };
    };
    const unready = await eventually(async () => ((await reasons()).status === 503 ? reasons() : null), 60_000);
    expect(unready.reasons).toEqual([
      expect.stringMatching(new RegExp(`^${AWAY} is unreachable \\(reset\\) since 20`)),
    ]);
    expect((await fetch(`${origin}/healthz`)).status).toBe(200);

    // What the web tells is read beside, some seconds later than readiness.
    const away = await eventually(async () => {
      const { freshness } = (await (await fetch(`${origin}/api/status`)).json()) as { freshness: Row[] };
      const rows = freshness.filter(({ edition }) => edition === AWAY);
      return rows.some(({ state }) => state === 'unreachable') ? rows : null;
    }, 60_000);
    expect(away).toMatchObject(
      [null, 'armenia', 'azerbaijan'].map((topic) => ({ topic, state: 'unreachable', reason: 'reset' })),
    );
    expect(away[0]!.since).toMatch(/^20/);
    const status = (await workplace.document(['status'])).value as { freshness: Row[] };
    const told = (rows: Row[]): string[] =>
      rows.map(({ edition, topic, state }) => `${edition} ${topic ?? ''} ${state}`);
    expect(told(status.freshness).filter((row) => row.startsWith(AWAY))).toEqual(told(away));
    expect((await workplace.run(['status'])).stdout).toMatch(new RegExp(`${AWAY} +\\(all\\) +unreachable \\(reset\\)`));
    const metrics = await (await fetch(`${origin}/metrics`)).text();
    expect(metrics).toContain(`sputnik_freshness{edition="${AWAY}",topic="",state="unreachable"} 1\n`);
    expect(await (await fetch(`${origin}/status`)).text()).toContain('<strong>unreachable (reset)</strong>');

    end();
    testSite.publish();
    await eventually(async () => ((await reasons()).status === 200 ? true : null), 90_000);
    service.kill('SIGTERM');
    expect((await ended).code).toBe(143);
  });
});

interface Coverage {
  readonly gaps: number;
  readonly editions: readonly {
    readonly edition: string;
    readonly gaps: { readonly unread: { readonly reason: string; readonly failure: string | null } | null };
  }[];
}

describe('the coverage of editions of which one is down and one was never asked', () => {
  let testSite: TestSite;
  let workplace: Workplace;

  beforeAll(async () => {
    testSite = await startTestSite({ seed: 18, stories: 12, clock: systemClock, editions: [AWAY, THERE] });
    workplace = await createWorkplace({
      ...testSiteSettings(testSite),
      politeness: { delayMs: 0, concurrencyPerHost: 8, timeoutMs: 2_000, retries: 0 },
      browser: { mode: 'never' },
    });
  });

  afterAll(async () => {
    await testSite.stop();
    await workplace.remove();
  });

  async function unread(): Promise<{ code: number | null; reasons: unknown[]; stdout: string }> {
    const { code, value } = await workplace.document(['coverage']);
    const reasons = (value as Coverage).editions.map(({ gaps }) => gaps.unread?.reason ?? null);
    return { code, reasons, stdout: (await workplace.run(['coverage'])).stdout };
  }

  it('says "No gaps." only once each of them was read whole, and crawl names those that are out of reach', async () => {
    const end = testSite.setMode({ edition: AWAY }, resetAtOnce);
    const down = await workplace.document(['crawl', '--edition', AWAY]);
    expect(down).toMatchObject({ code: 5, value: { unreachable: [{ edition: AWAY, reason: 'reset' }] } });
    const never = await unread();
    expect(never).toMatchObject({ code: 3, reasons: ['neverRead', 'neverRead'] });
    expect(never.stdout).toContain('gap: no list was read (last failure: reset)');
    expect(never.stdout).not.toContain('No gaps.');
    end();

    const back = await workplace.document(['crawl', '--via', 'feed']);
    expect(back.code).toBe(0);
    expect(back.value).not.toHaveProperty('unreachable');
    const parts = await unread();
    expect(parts).toMatchObject({ code: 3, reasons: ['notWhole', 'notWhole'] });
    expect(parts.stdout).toContain('gap: days not read whole since they ended');

    expect((await workplace.document(['coverage', '--fill'])).code).toBe(0);
    const whole = await unread();
    expect(whole).toMatchObject({ code: 0, reasons: [null, null] });
    expect(whole.stdout).toContain('No gaps.');
  });
});

describe('a page that does not answer', () => {
  let testSite: TestSite;
  let workplace: Workplace;

  beforeAll(async () => {
    testSite = await startTestSite({ seed: 19, stories: 6, clock: systemClock, editions: [AWAY] });
    workplace = await createWorkplace({
      ...testSiteSettings(testSite),
      politeness: { delayMs: 0, concurrencyPerHost: 8, timeoutMs: 10_000, retries: 1 },
      browser: { mode: 'never' },
    });
  });

  afterAll(async () => {
    await testSite.stop();
    await workplace.remove();
  });

  it('is told by why to be asked for while a crawl goes on, then to have failed, and when', async () => {
    const id = testSite.publish();
    testSite.setMode({ path: new RegExp(id) }, silence);
    interface Why {
      readonly pages: readonly [
        {
          readonly visits: readonly object[];
          readonly crawlsUnderWay: readonly {
            readonly requestedBy: string;
            readonly trying: readonly { readonly failed: readonly object[] }[];
          }[];
        },
      ];
    }
    const crawl = workplace.start(['crawl', '--via', 'feed']);
    const ended = finished(crawl);
    const during = await eventually(async () => {
      const { code, value } = await workplace.document(['why', id]);
      const [underWay] = code === 0 ? (value as Why).pages[0].crawlsUnderWay : [];
      return (underWay?.trying[0]?.failed.length ?? 0) > 0 ? (value as Why).pages[0] : null;
    }, 60_000);
    const failed = { at: expect.stringMatching(/^20/) as string, reason: 'timeout' };
    expect(during).toMatchObject({ visits: [], crawlsUnderWay: [{ requestedBy: 'cli', editions: null }] });
    expect(during.crawlsUnderWay[0]?.trying).toMatchObject([{ since: failed.at, failed: [failed] }]);
    expect(during.crawlsUnderWay[0]).toHaveProperty('startedAt', expect.stringMatching(/^20/));
    expect((await workplace.run(['why', id])).stdout).toMatch(
      /A crawl is under way since 20\S+ \(cli\): it asks for the page since 20\S+\.\n +attempt without an answer: 20\S+ \(timeout\)/,
    );
    expect((await ended).code).toBe(3);
    const { value } = await workplace.document(['why', id]);
    expect((value as Why).pages[0]).toMatchObject({
      endState: 'unreachable',
      crawlsUnderWay: [],
      visits: [{ kind: 'unreachable', reason: 'timeout', fetchedAt: failed.at, tries: [failed, failed] }],
    });
  });
});
