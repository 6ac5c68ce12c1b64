import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { systemClock } from '../../../src/platform/clock.js';
import { createWorkplace, eventually, finished, testSiteSettings, type Workplace } from './run-sputnik.js';
import { readStoredArticles } from './stored-articles.js';

describe('the service', () => {
  let testSite: TestSite;
  let workplace: Workplace;

  beforeAll(async () => {
    testSite = await startTestSite({ seed: 11, stories: 24, clock: systemClock, editions: ['am.sputniknews.ru'] });
    workplace = await createWorkplace({
      ...testSiteSettings(testSite),
      web: { port: 0 },
      schedules: { newest: { cron: '*/2 * * * * *' } },
    });
  });

  afterAll(async () => {
    await testSite.stop();
    await workplace.remove();
  });

  it('picks up what is published while it runs, takes crawls from the CLI, and stops in order on SIGTERM', async () => {
    const service = workplace.start(['serve', '--json']);
    const said: string[] = [];
    service.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    const ended = finished(service);
    const { origin } = await eventually(() => parsed(said.join('')), 30_000);
    expect((await fetch(`${origin}/healthz`)).status).toBe(200);
    expect((await fetch(`${origin}/readyz`)).status).toBe(200);

    const id = `am.sputniknews.ru/${testSite.publish()}`;
    await eventually(async () => (await readStoredArticles(workplace.dataDir)).get(id) ?? null, 30_000);

    const throughQueue = await workplace.document(['crawl', '--via', 'feed']);
    expect(throughQueue.code).toBe(0);
    expect(throughQueue.value).toMatchObject({ fetched: 0 });
    expect((throughQueue.value as { found: number }).found).toBeGreaterThan(0);
    const status = await workplace.document(['status']);
    expect(status.value).toMatchObject({ holder: { purpose: 'serve' } });

    const stoppedAt = performance.now();
    service.kill('SIGTERM');
    const { code } = await ended;
    expect(code).toBe(143);
    expect(performance.now() - stoppedAt).toBeLessThan(10_000);

    const verified = await workplace.run(['verify']);
    expect(verified.code).toBe(0);
  });

  it('does its maintenance when told to: closes the capture file, reads records again, names what is damaged', async () => {
    const service = workplace.start(['serve', '--json']);
    const said: string[] = [];
    const logged: string[] = [];
    service.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    service.stderr.on('data', (chunk: Buffer) => logged.push(chunk.toString()));
    const ended = finished(service);
    await eventually(() => parsed(said.join('')), 30_000);
    const maintained = async (times: number): Promise<void> => {
      expect((await workplace.run(['schedule', 'run', 'maintenance'])).code).toBe(0);
      await eventually(() => (logged.join('').split('"maintenance.done"').length > times ? true : null), 30_000);
    };
    await maintained(1);
    expect(logged.join('')).not.toContain('maintenance.fault');
    expect(logged.join('')).toMatch(/[1-9]\d* records read, 0 faults/);

    const { path } = [...(await readStoredArticles(workplace.dataDir)).values()][0]!;
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"title": "', '"title": "x'));
    await maintained(2);
    expect(logged.join('')).toContain('"code":"record.wrongHash"');
    await writeFile(path, text);
    service.kill('SIGTERM');
    expect((await ended).code).toBe(143);
    expect((await workplace.run(['verify'])).code).toBe(0);
  });

  it('refuses a second writer by name, and says when its catalogue is deleted', async () => {
    const service = workplace.start(['serve', '--json']);
    const said: string[] = [];
    service.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    const ended = finished(service);
    const { origin } = await eventually(() => parsed(said.join('')), 30_000);
    const second = await workplace.run(['serve']);
    expect(second.code).toBe(4);
    expect(second.stderr).toContain('sputnik serve');

    await rm(join(workplace.dataDir, 'catalogue.db'));
    const readiness = await eventually(async () => {
      const answer = await fetch(`${origin}/readyz`);
      return answer.status === 503 ? answer.text() : null;
    }, 30_000);
    expect(readiness).toContain('catalogue.db was deleted');
    expect((await workplace.run(['status'])).stdout).toContain('catalogue.db is gone');
    expect((await workplace.run(['search', 'x'])).code).toBe(4);
    service.kill('SIGTERM');
    expect((await ended).code).toBe(143);
  });
});

function parsed(text: string): { readonly origin: string } | null {
  try {
    return JSON.parse(text) as { readonly origin: string };
  } catch {
    return null;
  }
}
