import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/platform/clock.js';
import { status } from '../../../testsite/modes/status-modes.js';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { createWorkplace, testSiteSettings, type Workplace } from './run-sputnik.js';

const EDITION = 'am.sputniknews.ru';
const FAILURES = 3;

interface Listed {
  readonly count: number;
  readonly pages: readonly { readonly id: number; readonly code: string; readonly nextTryAt: string | null }[];
}

describe('a page that never answers', () => {
  let testSite: TestSite;
  let workplace: Workplace;

  beforeAll(async () => {
    testSite = await startTestSite({ seed: 23, stories: 4, clock: systemClock, editions: [EDITION] });
    const settings = testSiteSettings(testSite);
    workplace = await createWorkplace({
      ...settings,
      politeness: { ...settings['politeness'], retries: 0 },
    });
  });

  afterAll(async () => {
    await testSite.stop();
    await workplace.remove();
  });

  const list = async (...words: readonly string[]): Promise<Listed> =>
    (await workplace.document(['failed', 'list', ...words])).value as Listed;

  it('is listed with its next try, asked for again by retry, and leaves when it answers', async () => {
    const articleId = testSite.publish();
    const heal = testSite.setMode({ path: new RegExp(articleId) }, status(500));
    for (let crawl = 0; crawl < FAILURES; crawl += 1) {
      expect((await workplace.run(['crawl', '--via', 'feed'])).code).toBe(3);
    }
    const [page] = (await list()).pages;
    expect(page).toMatchObject({ code: 'unreachable', detail: 'serverError', attempts: FAILURES, droppedAt: null });
    expect(Date.parse(page!.nextTryAt ?? '')).toBeGreaterThan(Date.now());
    expect((await workplace.run(['failed', 'show', String(page!.id)])).stdout).toContain('tried again from');
    expect((await workplace.run(['status'])).stdout).toMatch(/1 page does not answer[\s\S]*serverError, 3 in a row/);

    const again = await workplace.document(['failed', 'retry', '--all']);
    expect(again).toMatchObject({ code: 3, value: { retried: 1, remaining: 1, pages: [{ outcome: 'failed' }] } });
    await workplace.run(['failed', 'drop', String(page!.id)]);
    expect(await list()).toMatchObject({ count: 0 });
    expect((await list('--dropped')).pages).toMatchObject([{ id: page!.id, nextTryAt: null }]);
    expect((await workplace.run(['why', articleId])).stdout).toContain('given up: only by name');

    heal();
    const healed = await workplace.document(['failed', 'retry', String(page!.id)]);
    expect(healed).toMatchObject({ code: 0, value: { retried: 1, remaining: 0, pages: [{ outcome: 'new' }] } });
    expect((await list('--dropped')).pages).toEqual([]);
  });
});
