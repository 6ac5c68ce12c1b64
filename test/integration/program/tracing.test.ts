import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/platform/clock.js';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { createWorkplace, finished, testSiteSettings, type Workplace } from './run-sputnik.js';

const SDK = fileURLToPath(new URL('recording-sdk.mjs', import.meta.url));

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parent?: string;
}

describe('tracing of the queues', () => {
  let testSite: TestSite;
  let workplace: Workplace;

  beforeAll(async () => {
    testSite = await startTestSite({ seed: 3, stories: 4, clock: systemClock, editions: ['sputniknews.cn'] });
    workplace = await createWorkplace(testSiteSettings(testSite));
  });
  afterAll(async () => {
    await testSite.stop();
    await workplace.remove();
  });

  async function spansOf(name: string, variables: Record<string, string>): Promise<Span[] | null> {
    const file = join(workplace.dataDir, '..', name);
    const child = workplace.start(['crawl'], { NODE_OPTIONS: `--import ${SDK}`, SPANS_FILE: file, ...variables });
    const { code, stderr } = await finished(child);
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    if (!existsSync(file)) return null;
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as Span);
  }

  it('is off until it is asked for', async () => {
    expect(await spansOf('off', {})).toBeNull();
  });

  it('opens a span for each job, under that of who added it', async () => {
    const spans = (await spansOf('on', { SPUTNIK_TRACING_ENABLED: 'true' })) ?? [];
    const crawls = spans.filter(({ name }) => name === 'process crawl');
    const pages = spans.filter(({ name }) => name === 'process page');
    expect([crawls.length, pages.length > 0]).toEqual([1, true]);
    const added = new Map(spans.map(({ spanId, ...span }) => [spanId, span]));
    for (const { parent } of [...crawls, ...pages]) expect(added.get(parent ?? '')?.name).toMatch(/^add /);
  });
});
