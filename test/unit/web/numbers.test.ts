import { describe, expect, it } from 'vitest';
import { OUTCOMES } from '../../../src/domain/outcome.js';
import { articleResult } from '../store/fixtures.js';
import { ask } from './ask.js';
import { emptySite, FAMILY, hrefs } from './page-site.js';

const NOW = Date.parse('2024-05-10T12:00:00Z');

function summaryOf(runId: string, outcomes: Readonly<Record<string, number>>, more: object = {}) {
  const fetched = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  return {
    ...{ runId, startedAt: '2024-05-10T11:00:00Z', durationMs: 4_000, editions: [FAMILY], requests: fetched + 2 },
    ...{ found: fetched + 5, skipped: 5, fetched, requestedBy: 'poll', aborted: false, unreachable: [] },
    outcomes: { ...Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])), ...outcomes },
    ...more,
  };
}

describe('what numbers lead to', () => {
  it('lists the pages of one run by what they came to, page by page, and no other run’s', async () => {
    const { store, origin } = await emptySite();
    const added = async (n: number, runId: string, text = `Text ${n}`): Promise<void> => {
      await store.storePage({
        ...articleResult({ at: n, articleId: String(1_000_000_000 + (n % 1_000)), text }),
        runId,
      });
    };
    for (let n = 0; n < 130; n += 1) await added(n, 'run-a');
    await added(1_000, 'run-b', 'Changed.');
    await added(500, 'run-b-1');
    await store.recordRun(summaryOf('run-a', { new: 130 }));
    await store.recordRun(summaryOf('run-b', { new: 1, revised: 1 }));
    const at = await origin();
    const first = (await ask(`${at}/runs/run-a?outcome=new`)).body;
    const rows = (body: string): number => hrefs(body).filter((href) => href.startsWith('/captures/')).length;
    expect(rows(first)).toBe(100);
    const next = hrefs(first).find((href) => href.includes('after='));
    const second = (await ask(at + next!.replaceAll('&amp;', '&'))).body;
    expect(rows(second)).toBe(30);
    const both = [...hrefs(first), ...hrefs(second)].filter((href) => href.startsWith('/articles/'));
    expect(new Set(both).size).toBe(130);
    const other = (await ask(`${at}/runs/run-b?outcome=revised`)).body;
    expect(hrefs(other)).toContain(`/articles/${FAMILY}/1000000000`);
    expect(rows(other)).toBe(1);
    expect(rows((await ask(`${at}/runs/run-b?outcome=gone`)).body)).toBe(0);
  });

  it('sums up the days of a back-fill, whose runs have names of their own', async () => {
    const { store, origin } = await emptySite();
    for (const [n, runId] of ['fill-1', 'fill-2', 'filled-1', 'fil'].entries()) {
      await store.storePage({
        ...articleResult({ at: n, articleId: String(1_000_000_000 + n), text: `T ${n}` }),
        runId,
      });
    }
    await store.recordRun(summaryOf('fill', { new: 2 }, { ofPieces: true }));
    const { body } = await ask(`${await origin()}/runs/fill`);
    expect(hrefs(body).filter((href) => href.startsWith('/articles/'))).toEqual(
      [0, 1].map((n) => `/articles/${FAMILY}/${1_000_000_000 + n}`),
    );
  });

  it('has a page of all runs, and a 404 in words for one that is not remembered', async () => {
    const { store, origin } = await emptySite();
    for (let n = 0; n < 60; n += 1) {
      const startedAt = new Date(NOW - n * 60_000).toISOString().replace('.000', '');
      await store.recordRun(summaryOf(`run-${n}`, { new: n }, { startedAt }));
    }
    const at = await origin();
    const first = (await ask(`${at}/runs`)).body;
    expect(hrefs(first)).toContain('/runs/run-49?outcome=new#pages');
    const older = hrefs(first).find((href) => href.startsWith('/runs?after='));
    expect(hrefs((await ask(at + older!)).body)).toContain('/runs/run-59');
    for (const path of [
      '/runs/cheese',
      '/runs/..%2f',
      '/runs/run-1?outcome=cheese',
      '/runs/run-1?after=1.new.x.2',
      '/runs?after=x',
    ]) {
      const { status, body } = await ask(at + path);
      expect([path, status]).toEqual([path, path.includes('=') ? 400 : 404]);
      expect(body).toContain('<h1>');
    }
  });

  it('lists the articles behind a day of the delay chart, the slowest first, as many as the chart says', async () => {
    const { store, origin } = await emptySite();
    for (const [n, publishedAt] of ['2024-05-01T00:00:00Z', '2024-04-30T23:00:00Z', '2024-04-01T00:00:00Z'].entries()) {
      await store.storePage(
        articleResult({ at: n, articleId: String(1_000_000_000 + n), text: `T ${n}`, publishedAt }),
      );
    }
    const at = await origin();
    const overview = (await ask(`${at}/?days=30`)).body;
    const [day] = hrefs(overview).filter((href) => href.startsWith('/delays/'));
    const { body } = await ask(at + day!);
    expect(hrefs(body).filter((href) => href.startsWith('/articles/'))).toEqual(
      [1, 0].map((n) => `/articles/${FAMILY}/${1_000_000_000 + n}`),
    );
    expect((await ask(`${at}/delays/2024-05-41`)).status).toBe(400);
    expect((await ask(`${at}/delays/2001-01-01`)).body).toContain(
      'No article was first seen on this day within a week of its publication.',
    );
  });

  it('lists pages by their end, of an edition or of one of its days', async () => {
    const { store, origin } = await emptySite();
    for (let n = 0; n < 103; n += 1) {
      await store.storePage(articleResult({ at: n, articleId: String(1_000_000_000 + n), text: `T ${n}` }));
    }
    const at = await origin();
    const status = (await ask(`${at}/status`)).body;
    const link = hrefs(status).find((href) => href.includes('state=stored'));
    const first = (await ask(at + link!)).body;
    const next = hrefs(first).find((href) => href.includes('after='));
    const listed = [first, (await ask(at + next!)).body].map((body) =>
      hrefs(body).filter((href) => href.startsWith('/articles/')),
    );
    expect(listed.map(({ length }) => length)).toEqual([100, 3]);
    expect(new Set(listed.flat()).size).toBe(103);
    expect((await ask(`${at}/pages?edition=${FAMILY}&state=gone`)).body).toContain('No page of');
    expect((await ask(`${at}/pages?edition=cheese&state=gone`)).status).toBe(404);
    expect((await ask(`${at}/pages?state=gone`)).status).toBe(400);
  });

  it('lead nowhere for an edition that left the configuration', async () => {
    const { store, origin } = await emptySite();
    const gone = 'am.sputniknews.ru';
    await store.storePage(articleResult({ at: 0, articleId: '1000000000', text: 'T 0', edition: gone, family: gone }));
    const at = await origin();
    for (const path of ['/status', '/']) {
      const { body } = await ask(at + path);
      expect(body).toContain(gone);
      expect(hrefs(body).filter((href) => href.includes(gone))).toEqual([]);
    }
  });
});
