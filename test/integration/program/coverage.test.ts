import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blockPage, status } from '../../../testsite/modes/status-modes.js';
import type { ModeAction } from '../../../testsite/modes/mode-table.js';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { systemClock } from '../../../src/platform/clock.js';
import { createWorkplace, testSiteSettings, type Workplace } from './run-sputnik.js';

const EDITION = 'am.sputniknews.ru';

interface Coverage {
  readonly gaps: number;
  readonly editions: readonly {
    readonly edition: string;
    readonly since: string;
    readonly until: string;
    readonly days: readonly {
      readonly day: string;
      readonly topic: string | null;
      readonly pages: number;
      readonly announced: Readonly<Record<string, number>>;
      readonly fetched: number;
      readonly endStates: Readonly<Record<string, number>>;
    }[];
    readonly gaps: {
      readonly pages: readonly { readonly url: string; readonly endState: string; readonly reason: string | null }[];
      readonly lists: readonly { readonly day: string; readonly route: string; readonly reason: string }[];
    };
    readonly unreadDays: readonly string[];
  }[];
  readonly filled?: readonly { readonly fetched: number }[];
}

interface Why {
  readonly pages: readonly {
    readonly pageId: string;
    readonly endState: string;
    readonly reason: string | null;
    readonly record: string | null;
    readonly foundBy: readonly { readonly route: string; readonly topic: string | null }[];
    readonly visits: readonly { readonly kind: string; readonly status: number | null; readonly outcome: string }[];
    readonly nextVisit: { readonly dueAt: string | null; readonly rule: string };
  }[];
}

describe('the ledger of a crawled edition', () => {
  let testSite: TestSite;
  let workplace: Workplace;
  let since: string;

  async function coverage(...words: string[]): Promise<{ code: number | null; value: Coverage }> {
    const { code, value } = await workplace.document(['coverage', '--since', since, ...words]);
    return { code, value: value as Coverage };
  }

  async function why(word: string): Promise<Why['pages']> {
    const { code, value } = await workplace.document(['why', word]);
    expect(code).toBe(0);
    return (value as Why).pages;
  }

  beforeAll(async () => {
    testSite = await startTestSite({ seed: 5, stories: 40, days: 12, clock: systemClock, editions: [EDITION] });
    workplace = await createWorkplace({
      ...testSiteSettings(testSite),
      politeness: { delayMs: 0, concurrencyPerHost: 8, timeoutMs: 5_000, retries: 0 },
    });
    const days = testSite.truth().map(({ url }) => /\/(\d{4})(\d{2})(\d{2})(?=[\d/])/.exec(url)!.slice(1).join('-'));
    since = days.sort()[0]!;
    const { code } = await workplace.document(['crawl', '--since', since, '--via', 'feed,tag,sitemap']);
    expect(code).toBe(0);
  });

  afterAll(async () => {
    await testSite.stop();
    await workplace.remove();
  });

  it('counts every page of the site in exactly one end state, by day, and has no gaps', async () => {
    const { code, value } = await coverage();
    expect(code).toBe(0);
    expect(value.gaps).toBe(0);
    const [ledger] = value.editions;
    const all = ledger!.days.filter(({ topic }) => topic === null);
    const truth = testSite.truth();
    expect(all.reduce((sum, { pages }) => sum + pages, 0)).toBe(truth.length);
    for (const line of ledger!.days) {
      expect(Object.values(line.endStates).reduce((a, b) => a + b, 0)).toBe(line.pages);
    }
    expect(all.reduce((sum, { endStates }) => sum + endStates['stored']!, 0)).toBe(
      truth.filter(({ onTopic }) => onTopic).length,
    );
    expect(all.every(({ pages, announced }) => announced['sitemap'] === pages)).toBe(true);
    expect(ledger!.unreadDays).toEqual([]);
    const armenia = await coverage('--topic', 'armenia');
    expect(new Set(armenia.value.editions[0]!.days.map(({ topic }) => topic))).toEqual(new Set(['armenia']));
  });

  it('prints a table that fits into 100 columns', async () => {
    const { code, stdout } = await workplace.run(['coverage', '--since', since]);
    expect(code).toBe(0);
    expect(stdout).toContain(EDITION);
    expect(stdout).toContain('No gaps.');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it("tells one URL's whole story", async () => {
    const truth = testSite.truth().find(({ onTopic }) => onTopic)!;
    const [page] = await why(truth.url);
    expect(page).toMatchObject({ pageId: `${EDITION}/${truth.articleId}`, endState: 'stored' });
    expect(page!.record).toMatch(new RegExp(`^articles/.*/${truth.articleId}\\.json$`));
    expect(page!.foundBy.map(({ route }) => route)).toContain('sitemap');
    expect(page!.visits).toMatchObject([{ kind: 'article', status: 200, outcome: 'new' }]);
    expect(page!.nextVisit.dueAt).toMatch(/^\d{4}-/);
    const byId = await why(truth.articleId);
    expect(byId).toEqual([page]);
    const { stdout } = await workplace.run(['why', truth.url]);
    expect(stdout).toContain('State: stored');
    expect(stdout).toContain('Found by');
  });

  it.each([
    ['https://am.sputniknews.ru/20200101/1.html', 2],
    ['https://am.sputniknews.ru/20200101/unknown-10000001.html', 2],
    ['10000001', 2],
    ['https://example.org/20200101/x-10000001.html', 2],
  ])('ends why %s with exit code %i', async (word, expected) => {
    expect((await workplace.run(['why', word])).code).toBe(expected);
  });

  it('names a page that could not be had, and closes the gap with --fill', async () => {
    const id = testSite.publish({ title: 'Գյումրու փորձնական հոդված' });
    const end = testSite.setMode({ path: new RegExp(id) }, status(500));
    expect((await workplace.document(['crawl', '--via', 'feed'])).code).toBe(3);
    const broken = await coverage();
    expect(broken.code).toBe(3);
    expect(broken.value.editions[0]!.gaps.pages).toMatchObject([{ endState: 'unreachable', reason: 'serverError' }]);
    expect(broken.value.editions[0]!.gaps.pages[0]!.url).toContain(id);
    const [page] = await why(id);
    expect(page).toMatchObject({ endState: 'unreachable', reason: 'serverError', record: null });

    const still = await coverage('--fill');
    expect(still.code).toBe(3);
    end();
    testSite.clearRequests();
    const filled = await coverage('--fill');
    expect(filled).toMatchObject({ code: 0, value: { gaps: 0 } });
    expect(filled.value.filled).toMatchObject([{ fetched: 1, outcomes: { new: 1 } }]);
    const asked = testSite.requests().map(({ path }) => path.replace(/\?.*/, ''));
    expect(asked.filter((path) => path !== '/robots.txt')).toEqual([expect.stringContaining(id)]);
  });

  it('names the day on which the lists failed, and closes it with --fill, which finds what was missed', async () => {
    const { until } = (await coverage()).value.editions[0]!;
    const id = testSite.publish({ title: 'Լռության օրվա հոդված' });
    const end = testSite.setMode({ edition: EDITION }, status(503));
    expect((await workplace.document(['crawl', '--via', 'feed,sitemap'])).code).toBe(5);
    end();
    const broken = await coverage();
    expect(broken.code).toBe(3);
    expect(broken.value.editions[0]!.gaps.lists).toMatchObject([{ day: until, reason: 'serverError' }]);
    const { stdout, code } = await workplace.run(['coverage', '--since', since]);
    expect(code).toBe(3);
    expect(stdout).toMatch(new RegExp(`gap: ${until}.*could not be had: serverError`));

    const filled = await coverage('--fill');
    expect(filled).toMatchObject({ code: 0, value: { gaps: 0 } });
    expect((await why(id))[0]).toMatchObject({ endState: 'stored' });
  });

  it('counts a list that is cut off as a gap of that list alone, also after the catalogue was rebuilt', async () => {
    const gapsOf = (value: Coverage): string[] =>
      value.editions[0]!.gaps.lists.map(({ day, route, reason }) => `${day} ${route} ${reason}`);
    const cutOff: ModeAction = ({ response, answer }) => {
      response.writeHead(200, { 'content-type': answer.headers['content-type'] ?? 'text/xml' });
      response.end(answer.body().slice(0, -'</url></urlset>'.length));
    };
    const end = testSite.setMode({ edition: EDITION, path: /sitemap_article\.xml/ }, cutOff);
    expect((await workplace.document(['crawl', '--via', 'feed,tag,sitemap'])).code).toBe(3);
    end();
    const before = await coverage();
    expect(before.code).toBe(3);
    const what = gapsOf(before.value).map((gap) => gap.replace(/^\S+ /, ''));
    expect(new Set(what)).toEqual(new Set(['sitemap broken']));

    expect((await workplace.run(['verify', '--repair'])).code).toBe(0);
    expect(gapsOf((await coverage()).value)).toEqual(gapsOf(before.value));
    expect(await coverage('--fill')).toMatchObject({ code: 0, value: { gaps: 0 } });
  });

  it('takes a block page that answers 200 for what it is', async () => {
    const end = testSite.setMode({ edition: EDITION, path: /index\.xml|sitemap/ }, blockPage(200));
    expect((await workplace.document(['crawl', '--via', 'feed,sitemap'])).code).toBe(5);
    end();
    const { code, value } = await coverage();
    expect(code).toBe(3);
    expect(new Set(value.editions[0]!.gaps.lists.map(({ reason }) => reason))).toEqual(new Set(['blockPage']));
  });

  it('finds words in any script, and says so when there are none', async () => {
    const armenian = await workplace.document(['search', 'Լռության', 'հոդված']);
    expect(armenian.value).toMatchObject({ total: 1, page: 1, pages: 1, count: 1 });
    expect(armenian.value).toMatchObject({ articles: [{ title: 'Լռության օրվա հոդված' }] });
    const otherForm = await workplace.document(['search', 'հոդվածների', '-qqqqzzzz', '"Լռության օրվա"']);
    expect(otherForm.value).toMatchObject({ count: 1 });
    const excluded = await workplace.document(['search', 'Լռության', '-հոդված']);
    expect(excluded.value).toMatchObject({ total: 0, articles: [] });
    const wrong = await workplace.run(['search', 'Լռության (հոդված']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(
      /a bracket that is not closed, at character 10 of the query\n {2}Լռության \(հոդված\n {11}\^/,
    );
    expect((await workplace.run(['search', 'Լռության', '--pgae', '2'])).stderr).toContain('unknown option --pgae');
    const none = await workplace.run(['search', 'qqqqzzzz']);
    expect(none).toMatchObject({ code: 0, stdout: 'Nothing found.\n' });
    expect((await workplace.run(['search', '…'])).code).toBe(2);
    const limited = await workplace.document(['search', 'ա', '--topic', 'armenia', '--limit', '2']);
    expect((limited.value as { articles: object[] }).articles.length).toBeLessThanOrEqual(2);
    const none2 = await workplace.document(['search', 'Լռության', '--until', '2001-01-01']);
    expect(none2.value).toMatchObject({ count: 0 });
  });
});

describe('schedules without a service', () => {
  let workplace: Workplace;

  beforeAll(async () => {
    workplace = await createWorkplace({});
  });
  afterAll(() => workplace.remove());

  it('are paused, resumed and run by leaving word for the service', async () => {
    const stateOf = async (name: string): Promise<unknown> => {
      const { value } = await workplace.document(['schedule', 'list']);
      return (value as { schedules: { name: string; state: string }[] }).schedules.find((s) => s.name === name)?.state;
    };
    expect(await stateOf('newest')).toBe('notRunning');
    expect((await workplace.document(['schedule', 'pause', 'newest'])).value).toMatchObject({
      schedule: 'newest',
      paused: true,
      served: false,
    });
    expect(await stateOf('newest')).toBe('paused');
    expect((await workplace.run(['schedule', 'resume', 'newest'])).code).toBe(0);
    expect(await stateOf('newest')).toBe('notRunning');
    const run = await workplace.document(['schedule', 'run', 'reconcile']);
    expect(run).toMatchObject({ code: 0, value: { schedule: 'reconcile', served: false } });
    const unknown = await workplace.run(['schedule', 'run', 'sometimes']);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('reconcile');
  });
});
