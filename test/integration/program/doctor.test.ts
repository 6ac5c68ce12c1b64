import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { systemClock } from '../../../src/platform/clock.js';
import { createWorkplace, testSiteSettings, type Workplace } from './run-sputnik.js';

interface Finding {
  readonly subject: string;
  readonly verdict: string;
  readonly detail: string;
  readonly remedy: string | null;
}

describe('the doctor', () => {
  let testSite: TestSite;
  let workplace: Workplace;

  beforeAll(async () => {
    testSite = await startTestSite({ seed: 5, stories: 12, clock: systemClock });
    workplace = await createWorkplace({
      ...testSiteSettings(testSite),
      browser: { mode: 'fallback', executablePath: '/nowhere/chromium' },
    });
  });

  afterAll(async () => {
    await testSite.stop();
    await workplace.remove();
  });

  async function findings(): Promise<{ code: number | null; bySubject: Map<string, Finding> }> {
    const { code, value } = await workplace.document(['doctor']);
    const list = (value as { findings: Finding[] }).findings;
    return { code, bySubject: new Map(list.map((finding) => [finding.subject, finding])) };
  }

  it('finds Redis, disk and clock good, and names the remedy for a browser that is not there', async () => {
    const { code, bySubject } = await findings();
    for (const subject of ['node', 'redis', 'disk', 'clock', 'sputniknews.cn']) {
      expect(bySubject.get(subject), subject).toMatchObject({ verdict: 'good', remedy: null });
    }
    expect(bySubject.get('browser')).toMatchObject({ verdict: 'bad' });
    expect(bySubject.get('browser')?.remedy).toContain('--fetch-browser');
    expect(code).toBe(4);
  });

  it('tells an edition that is down from those that answer', async () => {
    await testSite.takeDown('am.sputniknews.ru');
    const { bySubject } = await findings();
    await testSite.bringBack('am.sputniknews.ru');
    expect(bySubject.get('am.sputniknews.ru')).toMatchObject({ verdict: 'bad' });
    expect(bySubject.get('am.sputniknews.ru')?.detail).toContain('refused');
    expect(bySubject.get('sputniknews.cn')).toMatchObject({ verdict: 'good' });
  });

  it('ends by 0, 3 or 5 as all editions answer, some or none, where the rest is well', async () => {
    const healthy = await createWorkplace({
      ...testSiteSettings(testSite),
      browser: { mode: 'never' },
    });
    const { editions } = testSite;
    expect((await healthy.document(['doctor'])).code).toBe(0);
    await testSite.takeDown(editions[0]!);
    const some = await healthy.run(['doctor']);
    expect(some.code).toBe(3);
    expect(some.stdout).toMatch(/^!! .*refused.*\n {6}nothing listens there/m);
    await Promise.all(editions.slice(1).map((id) => testSite.takeDown(id)));
    expect((await healthy.document(['doctor'])).code).toBe(5);
    await Promise.all(editions.map((id) => testSite.bringBack(id)));
    await healthy.remove();
  });
});
