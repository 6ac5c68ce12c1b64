import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDataDirIdentity } from '../../../src/platform/data-dir-id.js';
import { systemClock } from '../../../src/platform/clock.js';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { startTlsRedis, type TlsRedis } from '../redis/tls-redis.js';
import {
  createWorkplace,
  eventually,
  finished,
  NO_SCHEDULES,
  testSiteSettings,
  type Workplace,
} from './run-sputnik.js';
import { readStoredArticles } from './stored-articles.js';

const EDITIONS = ['am.sputniknews.ru', 'az.sputniknews.ru'];
const RULES = ['on', '>secret', 'resetchannels', '~sputnik-*', '+@all', '-@admin', '-@dangerous', '+info'];

describe('a corpus that is divided by family: a writer and a crawl host for each, on one Redis', () => {
  let testSite: TestSite;
  let redis: TlsRedis;
  let variables: Record<string, string>;
  const writers: Workplace[] = [];
  const hosts: Workplace[] = [];
  const services: ReturnType<Workplace['start']>[] = [];

  async function serve(workplace: Workplace, part: string, more: Record<string, string> = {}): Promise<void> {
    const service = workplace.start(['serve', '--only', part, '--json'], { ...variables, ...more });
    services.push(service);
    const said: string[] = [];
    service.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    await eventually(() => (said.join('').includes('"ready"') ? true : null), 60_000);
  }

  const prefixOf = ({ dataDir }: Workplace): string => `sputnik-${readDataDirIdentity(dataDir)!.id}`;

  beforeAll(async () => {
    testSite = await startTestSite({ seed: 9, stories: 24, clock: systemClock, editions: EDITIONS });
    redis = await startTlsRedis([['harvester', 'reset', ...RULES]]);
    variables = { REDIS_URL: redis.url('harvester', 'secret'), NODE_EXTRA_CA_CERTS: redis.certificateFile };
    for (const edition of EDITIONS) {
      const all = testSiteSettings(testSite);
      const others = Object.fromEntries(EDITIONS.filter((id) => id !== edition).map((id) => [id, { enabled: false }]));
      const settings = {
        ...all,
        schedules: NO_SCHEDULES,
        editions: { ...all['editions'], ...others },
      };
      writers.push(await createWorkplace(settings));
      hosts.push(await createWorkplace(settings));
    }
    await Promise.all(writers.map((writer) => serve(writer, 'page')));
    await Promise.all(hosts.map((host, at) => serve(host, 'crawl', { SPUTNIK_REDIS_PREFIX: prefixOf(writers[at]!) })));
  });

  afterAll(async () => {
    for (const service of services) {
      service.kill('SIGTERM');
      await finished(service);
    }
    await testSite.stop();
    await redis.stop();
    for (const workplace of [...writers, ...hosts]) await workplace.remove();
  });

  it('stores what each family has published, and nothing of the other', async () => {
    const crawls = writers.map((writer) => finished(writer.start(['crawl', '--via', 'sitemap', '--json'], variables)));
    for (const [at, crawl] of crawls.entries()) {
      const { code, stderr } = await crawl;
      expect(code, stderr).toBe(0);
      const wanted = testSite.truth().filter(({ edition, onTopic }) => edition === EDITIONS[at] && onTopic);
      const keys = wanted.filter(({ notArticle }) => notArticle === null).map(({ articleId }) => articleId);
      const stored = await readStoredArticles(writers[at]!.dataDir);
      expect([...stored.keys()].map((key) => key.split('/')[1]).sort()).toEqual(keys.sort());
    }
  });

  it('refuses a crawl host that does not say for which of them it crawls, naming both', async () => {
    const third = await createWorkplace({});
    const { code, stderr } = await finished(third.start(['serve', '--only', 'crawl'], variables));
    expect(code).toBe(4);
    for (const writer of writers) expect(stderr).toContain(prefixOf(writer));
    expect(stderr).toContain('SPUTNIK_REDIS_PREFIX');
    await third.remove();
  });

  it('names a certificate that is not trusted', async () => {
    const other = await createWorkplace({});
    const strange = await finished(
      other.start(['serve', '--only', 'crawl'], { REDIS_URL: redis.url('harvester', 'secret') }),
    );
    expect(strange.code).toBe(4);
    expect(strange.stderr).toContain('NODE_EXTRA_CA_CERTS');
    expect(strange.stderr).not.toContain('secret');
    await other.remove();
  });

  it('keeps a crawl host from being taken for a writer', async () => {
    const [host] = hosts;
    const held = await finished(host!.start(['crawl'], variables));
    expect(held.code).toBe(4);
    expect(held.stderr).toContain('crawl-host');
  });
});
