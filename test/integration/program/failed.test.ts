import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModeAction } from '../../../testsite/modes/mode-table.js';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { systemClock } from '../../../src/platform/clock.js';
import { createWorkplace, eventually, finished, testSiteSettings, type Workplace } from './run-sputnik.js';
import { readStoredArticles } from './stored-articles.js';

const EDITION = 'am.sputniknews.ru';
const PADDING_BYTES = 24_000_000;

/** The usual page in so much markup that it cannot be read within the shortest deadline. */
const heavyPage: ModeAction = ({ response, answer }) => {
  const padding = '<div class="x"><p>…</p></div>'.repeat(PADDING_BYTES / 30);
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  response.end(answer.body().replace('</body>', `<footer>${padding}</footer></body>`));
};

interface Failed {
  readonly count: number;
  readonly pages: readonly {
    readonly id: number;
    readonly pageId: string;
    readonly url: string;
    readonly code: string;
    readonly attempts: number;
    readonly capture: { readonly file: string; readonly offset: number };
    readonly droppedAt: string | null;
  }[];
}

describe('the quarantine', () => {
  let testSite: TestSite;
  let workplace: Workplace;
  const heavy: string[] = [];

  async function setDeadline(deadlineMs: number): Promise<void> {
    const settings = testSiteSettings(testSite);
    await writeFile(
      workplace.configFile,
      JSON.stringify({
        ...settings,
        politeness: { ...settings['politeness'], bodyBytesMax: 40_000_000 },
        extract: { deadlineMs, memoryMb: 2_000 },
        web: { port: 0 },
        schedules: { newest: { enabled: false }, revisit: { enabled: false } },
      }),
    );
  }

  async function list(...words: string[]): Promise<Failed> {
    const { code, value } = await workplace.document(['failed', 'list', ...words]);
    expect(code).toBe(0);
    return value as Failed;
  }

  beforeAll(async () => {
    testSite = await startTestSite({ seed: 3, stories: 12, clock: systemClock, editions: [EDITION] });
    workplace = await createWorkplace({});
    await setDeadline(100);
    for (let i = 0; i < 3; i += 1) heavy.push(testSite.publish());
    testSite.setMode({ path: new RegExp(heavy.join('|')) }, heavyPage);
    const urls = testSite.truth().flatMap(({ articleId, url }) => (heavy.includes(articleId) ? [url] : []));
    const { code, value } = await workplace.document(['crawl', '--url', ...urls]);
    expect(code).toBe(3);
    expect(value).toMatchObject({ fetched: 3, outcomes: { failed: 3 } });
  });

  afterAll(async () => {
    await testSite.stop();
    await workplace.remove();
  });

  it('lists what could not be read with reason, capture and attempts', async () => {
    const { count, pages } = await list();
    expect(count).toBe(3);
    expect(pages.map(({ pageId }) => pageId).sort()).toEqual(heavy.map((id) => `${EDITION}/${id}`).sort());
    expect(pages).toEqual(Array(3).fill(expect.objectContaining({ code: 'extract.timeout', attempts: 1 })));
    expect(pages[0]!.capture.file).toMatch(/^captures\//);
    const { stdout } = await workplace.run(['failed', 'show', String(pages[0]!.id)]);
    expect(stdout).toContain(pages[0]!.url);
    expect(stdout).toContain('extract.timeout');
    expect(stdout).toContain(pages[0]!.capture.file);
    const { value } = await workplace.document(['coverage']);
    // The three pages, and that no list of the edition was ever read.
    expect(value).toMatchObject({ gaps: 4, editions: [{ gaps: { unread: { reason: 'neverRead' } } }] });
  });

  it.each([
    [['failed', 'show', '99'], '99'],
    [['failed', 'retry', '99'], '99'],
    [['failed', 'drop', 'one'], 'one'],
    [['failed', 'retry'], '--all'],
    [['failed', 'retry', '1', '--all'], '--all'],
  ])('ends %j with exit code 2 and touches nothing', async (words, mention) => {
    const { code, stderr } = await workplace.run(words);
    expect(code).toBe(2);
    expect(stderr).toContain(mention);
    expect((await list()).count).toBe(3);
  });

  it('keeps in quarantine what fails again, with exit code 3 and one attempt more', async () => {
    const [first] = (await list()).pages;
    const { code, value } = await workplace.document(['failed', 'retry', String(first!.id)]);
    expect(code).toBe(3);
    expect(value).toMatchObject({ retried: 1, remaining: 1, pages: [{ pageId: first!.pageId, outcome: 'failed' }] });
    const again = (await list()).pages.find(({ pageId }) => pageId === first!.pageId);
    expect(again).toMatchObject({ code: 'extract.timeout', attempts: 2, capture: first!.capture });
  });

  it('gives a page up, and still names it under --dropped', async () => {
    const { id, pageId } = (await list()).pages[2]!;
    expect((await workplace.run(['failed', 'drop', String(id)])).code).toBe(0);
    expect((await list()).pages.map((page) => page.pageId)).not.toContain(pageId);
    const dropped = (await list('--dropped')).pages.find((page) => page.pageId === pageId);
    expect(dropped!.droppedAt).toMatch(/^\d{4}-/);
    expect((await workplace.document(['coverage'])).value).toMatchObject({ gaps: 3 });
  });

  it('stores what can be read now, without asking the site', async () => {
    await setDeadline(60_000);
    testSite.clearRequests();
    const [page] = (await list()).pages;
    const { code, value } = await workplace.document(['failed', 'retry', String(page!.id)]);
    expect(value).toMatchObject({ retried: 1, remaining: 0, pages: [{ outcome: 'new', quarantineId: null }] });
    expect(code).toBe(0);
    expect(testSite.requests()).toEqual([]);
    expect((await readStoredArticles(workplace.dataDir)).has(page!.pageId)).toBe(true);
    expect((await list()).count).toBe(1);
  });

  it('goes through the service that works there', async () => {
    const service = workplace.start(['serve', '--json']);
    const ended = finished(service);
    const said: string[] = [];
    service.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    await eventually(() => (said.join('').includes('"ready"') ? true : null), 60_000);
    try {
      const { code, value } = await workplace.document(['failed', 'retry', '--all']);
      expect(code).toBe(0);
      expect(value).toMatchObject({ retried: 1, remaining: 0 });
      expect((await list('--dropped')).pages).toHaveLength(1);
      const listed = await workplace.document(['schedule', 'list']);
      expect(listed.value).toMatchObject({ served: true });
      const run = await workplace.document(['schedule', 'run', 'reconcile']);
      expect(run).toMatchObject({ code: 0, value: { served: true } });
      const { runId } = run.value as { runId: string };
      await eventually(async () => {
        const { value: status } = await workplace.document(['status']);
        return (status as { runs: { runId: string }[] }).runs.some((run) => run.runId.startsWith(`${runId}-`))
          ? true
          : null;
      }, 60_000);
    } finally {
      service.kill('SIGTERM');
      expect((await ended).code).toBe(143);
    }
    const nothing = await workplace.run(['failed', 'retry', '--all']);
    expect(nothing).toMatchObject({ code: 0, stdout: 'Nothing waits in quarantine.\n' });
  });
});
