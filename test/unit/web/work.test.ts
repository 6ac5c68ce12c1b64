import { describe, expect, it } from 'vitest';
import { OUTCOMES } from '../../../src/domain/outcome.js';
import type { JobsAsked } from '../../../src/web/sources/views.js';
import { captureOf } from '../records/observations.js';
import { articleResult } from '../store/fixtures.js';
import { ask } from './ask.js';
import { elements, emptySite, FAMILY, hrefs, textIn } from './page-site.js';

const PAGE = `${FAMILY}/1000000001`;

function summaryOf(runId: string, more: object = {}) {
  return {
    ...{ runId, startedAt: '2024-05-10T11:00:00Z', durationMs: 4_000, editions: [FAMILY], requests: 2 },
    ...{ found: 5, skipped: 4, fetched: 1, requestedBy: 'cli', aborted: false, unreachable: [] },
    outcomes: Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])),
    ...more,
  };
}

function orderOf(runId: string, done: number) {
  return {
    ...{ runId, editions: [FAMILY], since: null, until: '2024-05-09', done, parts: 400, isPaused: false },
    ...{ day: '2024-05-01', pagesPerHour: 1_780, pagesToGo: 12_000, etaAt: '2024-05-11T00:00:00Z' },
  };
}

describe('numbers of the work', () => {
  it('lead from a queue’s counts to its jobs, page by page', async () => {
    const queues = [{ name: 'page', waiting: 120, active: 0, delayed: 0, failed: 0 }];
    const jobList = ({ queue, state, from, limit }: JobsAsked) =>
      Promise.resolve(
        queue !== 'page'
          ? null
          : {
              total: 120,
              jobs: Array.from({ length: Math.min(limit, 120 - from) }, (_, n) => ({
                ...{ queue, state, id: `job-${from + n}`, name: '<b>page</b>', attempts: 0 },
                ...{ addedAt: '2024-05-10T11:00:00Z', failure: null },
              })),
            },
      );
    const { origin } = await emptySite({ jobList }, { queues });
    const at = await origin();
    const links = hrefs((await ask(`${at}/status`)).body).filter((href) => href.startsWith('/jobs'));
    expect(links).toEqual(['/jobs?queue=page&state=waiting']);
    const listed: string[] = [];
    for (let path = links[0]; path !== undefined;) {
      const { body } = await ask(at + path);
      expect(body).toContain('120 jobs');
      expect(body).not.toContain('<b>page');
      listed.push(...(body.match(/job-\d+/g) ?? []));
      path = hrefs(body).find((href) => href.includes('page='));
    }
    expect(listed).toEqual(Array.from({ length: 120 }, (_, n) => `job-${n}`));
    expect((await ask(`${at}/jobs?queue=cheese&state=waiting`)).status).toBe(404);
    expect((await ask(`${at}/jobs?queue=page&state=cheese`)).status).toBe(400);
  });

  it('lead from the attempts at a page to each of its fetches', async () => {
    const { store, origin } = await emptySite();
    const page = { pageId: PAGE, family: FAMILY, url: `https://${FAMILY}/20240501/1000000001.html` } as const;
    for (const at of [1, 2, 3])
      await store.storePage({ kind: 'unreachable', page, reason: 'serverError', capture: captureOf({ at }) });
    await store.storePage({
      ...{ kind: 'quarantined', page, capture: captureOf({ at: 4 }) },
      ...{ code: 'extract.timeout', detail: 'reading took too long', attempts: 2 },
    });
    const at = await origin();
    const link = hrefs((await ask(`${at}/quarantine`)).body).find((href) => href.startsWith('/pages/'));
    expect(link).toBe(`/pages/${PAGE}#fetches`);
    const { body } = await ask(at + link!);
    expect(body).toContain('4 fetches');
    expect(hrefs(body).filter((href) => href.startsWith('/captures/'))).toHaveLength(4);
    expect(body.match(/server error/g)).toHaveLength(3);
    expect((await ask(`${at}/pages/${FAMILY}/1`)).status).toBe(404);
    expect((await ask(`${at}/pages/${FAMILY}/cheese`)).status).toBe(400);
  });

  it('lead from a list of pages to each page, and from there to its article', async () => {
    const { store, origin } = await emptySite();
    await store.storePage(articleResult({ at: 0, articleId: '1000000001' }));
    const at = await origin();
    const list = await ask(`${at}/pages?edition=${FAMILY}&state=stored`);
    expect(hrefs(list.body)).toContain(`/pages/${PAGE}#fetches`);
    expect(hrefs((await ask(`${at}/pages/${PAGE}`)).body)).toContain(`/articles/${PAGE}`);
  });

  it('lead from a back-fill to its finished days and to what its end is estimated by', async () => {
    const { store, origin } = await emptySite({}, { orders: [orderOf('fill', 60)] });
    for (let n = 0; n < 60; n += 1) await store.recordRun(summaryOf(`fill-${n}`, { piece: true }));
    for (const runId of ['fill-index', 'fill-lists-1', 'filled-1', 'fil-1']) await store.recordRun(summaryOf(runId));
    const at = await origin();
    const links = hrefs((await ask(`${at}/status`)).body).filter((href) => href.startsWith('/runs/fill#'));
    expect(links).toEqual(Array.from({ length: 3 }, () => '/runs/fill#sums'));
    const first = (await ask(`${at}/runs/fill`)).body;
    expect(elements(first, 'dd').map(textIn)).toContain('about 12,000, if the days to come are like those');
    const next = hrefs(first).find((href) => href.includes('page=2'));
    const days = [first, (await ask(at + next!)).body].flatMap((body) =>
      hrefs(body).filter((href) => /^\/runs\/[\w-]+$/.test(href)),
    );
    expect(new Set(days)).toEqual(new Set(Array.from({ length: 60 }, (_, n) => `/runs/fill-${n}`)));
    expect((await ask(`${at}/runs/fil`)).status).toBe(404);
  });
});
