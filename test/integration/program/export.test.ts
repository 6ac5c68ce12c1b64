import { execFileSync } from 'node:child_process';
import { lstat, readFile, readdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWarcFile } from '../../../src/captures/read-warc-file.js';
import type * as Library from '../../../src/app/library/sputnik-harvester.js';
import { verifyPacket } from '../../../src/app/packet/packet.js';
import { UsageError } from '../../../src/domain/errors.js';
import { articleSchema } from '../../../src/domain/article.js';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { systemClock } from '../../../src/platform/clock.js';
import { readCsv } from '../../unit/export/read-csv.js';
import { createWorkplace, testSiteSettings, type Workplace } from './run-sputnik.js';
import { readStoredArticles } from './stored-articles.js';

describe('export', () => {
  let testSite: TestSite;
  let workplace: Workplace;
  let folder: string;

  beforeAll(async () => {
    const duplicates = { exact: 1, near: 1 };
    testSite = await startTestSite({
      seed: 4,
      stories: 40,
      clock: systemClock,
      editions: ['am.sputniknews.ru'],
      duplicates,
    });
    workplace = await createWorkplace(testSiteSettings(testSite));
    folder = dirname(workplace.dataDir);
    expect((await workplace.run(['crawl'])).code).toBe(0);
  });

  afterAll(async () => {
    await testSite.stop();
    await workplace.remove();
  });

  it('writes every stored record to standard output, oldest first, and nothing else there', async () => {
    const { code, stdout } = await workplace.run(['export']);
    expect(code).toBe(0);
    const records = stdout
      .trimEnd()
      .split('\n')
      .map((line) => articleSchema.parse(JSON.parse(line)));
    const stored = await readStoredArticles(workplace.dataDir);
    expect(new Map(records.map((record) => [record.id, record]))).toEqual(
      new Map([...stored].map(([id, { article }]) => [id, article])),
    );
    const times = records.map(({ publishedAt }) => publishedAt ?? '');
    expect(times).toEqual([...times].sort());
  });

  it('narrows by topic, day and uniqueness', async () => {
    const all = [...(await readStoredArticles(workplace.dataDir)).values()].map(({ article }) => article);
    const count = async (...words: string[]): Promise<number> =>
      ((await workplace.document(['export', '--format', 'json', ...words])).value as unknown[]).length;
    const day = all.map(({ publishedAt }) => (publishedAt ?? '').slice(0, 10)).sort()[5]!;
    expect(await count('--unique')).toBe(all.filter(({ duplicateOf }) => duplicateOf === null).length);
    expect(await count('--topic', 'armenia')).toBe(all.filter(({ topics }) => topics.includes('armenia')).length);
    expect(await count('--since', day, '--until', day)).toBe(
      all.filter(({ publishedAt }) => publishedAt?.startsWith(day)).length,
    );
  });

  it('gives what a search finds, what has changed since, and the keys that are asked for', async () => {
    const lines = async (
      ...words: string[]
    ): Promise<{ readonly records: Record<string, unknown>[]; readonly stderr: string }> => {
      const { code, stdout, stderr } = await workplace.run(['export', ...words]);
      expect([code, stderr.replace(/next: .*\n/, '')]).toEqual([0, '']);
      return {
        records: stdout
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as Record<string, unknown>),
        stderr,
      };
    };
    const stored = await readStoredArticles(workplace.dataDir);
    const [first] = [...stored.values()];
    const found = await lines('--query', `"${first!.article.title}" lang:ru -qqqqzzzz`, '--fields', 'title,id');
    expect(found.records.map((record) => Object.keys(record))).toEqual(found.records.map(() => ['id', 'title']));
    expect(found.records.map(({ id }) => id)).toContain(first!.article.id);
    const all = await lines('--changed-since', 'start');
    expect(all.records).toHaveLength(stored.size);
    const cursor = /next: --changed-since (\S+)/.exec(all.stderr)![1]!;
    expect((await lines('--changed-since', cursor)).records).toEqual([]);
    testSite.publish({ title: 'Свежая новость' });
    expect((await workplace.run(['crawl', '--via', 'feed'])).code).toBe(0);
    const news = await lines('--changed-since', cursor);
    expect(news.records.map(({ title }) => title)).toContain('Свежая новость');
    expect(news.records.length).toBeLessThan(stored.size);
    expect((await workplace.run(['export', '--changed-since', 'ffffffffffff.1'])).code).toBe(2);
    expect((await workplace.run(['export', '--fields', 'id', '--format', 'rss'])).code).toBe(2);
    expect((await workplace.run(['export', '--query', '(('])).stderr).toContain('at character 3');
  });

  it('gives captures as they were received, and a whole data set', async () => {
    const stored = await readStoredArticles(workplace.dataDir);
    const warc = join(folder, 'selection.warc.gz');
    expect((await workplace.run(['export', '--format', 'warc', '-o', warc])).code).toBe(0);
    const members = gunzipSync(await readFile(warc)).toString('latin1');
    expect(members.match(/^WARC\/1\.1\r\n/gm)!.length).toBeGreaterThanOrEqual(stored.size);
    const urls = new Set<string>();
    for await (const record of readWarcFile(warc, { bodyBytesMax: 5_000_000 }))
      if ('url' in record) urls.add(String(record.url));
    expect(urls).toEqual(new Set([...urls, ...[...stored.values()].map(({ article }) => article.url)]));

    const dataset = join(folder, 'dataset');
    expect((await workplace.run(['export', '--format', 'dataset', '-o', dataset])).code).toBe(0);
    execFileSync('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: dataset });
    const card = await readFile(join(dataset, 'README.md'), 'utf8');
    expect(card).toContain(`\n${stored.size} articles, published from `);
    expect(card).toContain('data_files: data/articles.parquet');
    expect((await readFile(join(dataset, 'data/articles.ndjson'), 'utf8')).trimEnd().split('\n')).toHaveLength(
      stored.size,
    );
    const bytes = await readFile(join(dataset, 'data/articles.parquet'));
    const rows = await parquetReadObjects({ file: Uint8Array.from(bytes).buffer });
    expect(rows.filter(({ topics }) => (topics as string[]).includes('armenia'))).toHaveLength(
      [...stored.values()].filter(({ article }) => article.topics.includes('armenia')).length,
    );
    const refused = await workplace.run(['export', '--format', 'dataset', '-o', dataset]);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('something is there already')]);
    expect((await readdir(folder)).filter((name) => name.startsWith('.dataset'))).toEqual([]);
  });

  it('packs an article with what proves it, and names whichever byte is flipped', async () => {
    const [id = ''] = [...(await readStoredArticles(workplace.dataDir)).keys()];
    const packet = join(folder, 'packet.zip');
    const cited = await workplace.document(['cite', id, '--style', 'apa', '--packet', packet]);
    expect(cited).toMatchObject({ code: 0, value: { id, style: 'apa', packet } });
    expect((await workplace.run(['cite', id, '--packet', packet])).code).toBe(2);
    const whole = await readFile(packet);
    const elsewhere = join(folder, 'no-corpus-here');
    const proved = await verifyPacket(whole, 5_000_000);
    expect(proved).toMatchObject({ article: { id }, faults: [] });
    const unpacked = unzipSync(whole);
    for (const name of Object.keys(unpacked)) {
      const content = Buffer.from(unpacked[name]!);
      const flipped = Buffer.from(whole);
      flipped[flipped.indexOf(content) + (content.length >> 1)]! ^= 1;
      const { faults } = await verifyPacket(flipped, 5_000_000);
      expect([name, faults.map(({ file }) => file)]).toEqual([
        name,
        expect.arrayContaining([name === 'SHA256SUMS' ? expect.any(String) : name]),
      ]);
      await writeFile(join(folder, 'flipped.zip'), flipped);
    }
    for (let at = 0; at < whole.length; at += 997) {
      const flipped = Buffer.from(whole);
      flipped[at]! ^= 0x20;
      const found = await verifyPacket(flipped, 5_000_000).then(
        ({ faults }) => faults.length > 0,
        (error: unknown) => error instanceof UsageError,
      );
      expect([at, found]).toEqual([at, true]);
    }
    const { code, stdout } = await workplace.run([
      'verify',
      '--packet',
      join(folder, 'flipped.zip'),
      '--data-dir',
      elsewhere,
    ]);
    expect([code, stdout]).toEqual([6, expect.stringMatching(/^\S+ .*\n {2}\S+: /)]);
    expect((await workplace.run(['verify', '--packet', '/dev/null'])).code).toBe(2);
  });

  it('is a library too, typed, and reads what the commands read', async () => {
    const stored = await readStoredArticles(workplace.dataDir);
    const name = 'sputnik-harvester';
    const library = (await import(name)) as typeof Library;
    const corpus = library.openCorpus(workplace.dataDir);
    const articles = [];
    for await (const article of corpus.articles({ filters: { topics: ['armenia'] } })) articles.push(article);
    expect(articles.map(({ id }) => id).sort()).toEqual(
      [...stored.values()].flatMap(({ article }) => (article.topics.includes('armenia') ? [article.id] : [])).sort(),
    );
    expect(library.articleSchema.parse(corpus.article(articles[0]!.id))).toEqual(articles[0]);
    expect(corpus.count().articles).toBe(stored.size);
    corpus.close();
    expect(() => library.openCorpus(join(folder, 'nothing'))).toThrow(/nothing is stored/);
    const page = await readFile('test/contract/golden/old-en/page.html');
    const url = 'https://sputniknews.com/society/201811201070000001-old-mill/';
    expect(() => library.extractArticle('<html></html>', url)).toThrow();
    const extracted = library.articleSchema.parse(library.extractArticle(page, url));
    expect(extracted).toMatchObject({ url, lead: 'It stood still for a century.', capture: null });
    expect(library.extractArticle(page.toString(), url)).toEqual(extracted);
    const told = execFileSync(process.execPath, ['examples/newest.mjs', workplace.dataDir], { encoding: 'utf8' });
    expect(told.split('\n').length).toBeGreaterThan(2);
  });

  it('streams into a pipe and a device, and leaves both what they were', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const received = readFile(pipe, 'utf8');
    expect((await workplace.run(['export', '-o', pipe])).code).toBe(0);
    expect((await received).trimEnd().split('\n')).toHaveLength((await readStoredArticles(workplace.dataDir)).size);
    expect((await lstat(pipe)).isFIFO()).toBe(true);
    expect((await workplace.run(['export', '-o', '/dev/null'])).code).toBe(0);
    expect((await lstat('/dev/null')).isCharacterDevice()).toBe(true);
    const full = await workplace.run(['export', '-o', '/dev/full']);
    expect([full.code, full.stderr]).toEqual([4, expect.stringContaining('no space left')]);
  });

  it('follows no link and replaces no folder', async () => {
    const [link, target] = [join(folder, 'link.csv'), join(folder, 'target.csv')];
    await writeFile(target, 'mine');
    await symlink(target, link);
    for (const path of [link, folder]) {
      const { code, stderr } = await workplace.run(['export', '-o', path]);
      expect([code, stderr]).toEqual([2, expect.stringContaining('expected a file, a pipe or a device')]);
    }
    expect(await readFile(target, 'utf8')).toBe('mine');
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
  });

  it('replaces a file whole, and says with --json what it wrote', async () => {
    const file = join(folder, 'out', 'articles.csv');
    const { code, value } = await workplace.document(['export', '--format', 'csv', '--bom', '-o', file]);
    expect(code).toBe(0);
    const bytes = await readFile(file);
    const stored = (await readStoredArticles(workplace.dataDir)).size;
    expect(value).toEqual({ format: 'csv', file, bytes: bytes.length, articles: stored, damaged: 0 });
    expect(readCsv(bytes.toString().slice(1))).toHaveLength(stored + 1);
    expect(await readdir(dirname(file))).toEqual(['articles.csv']);
  });

  it.each([
    [['--format', 'xlsx'], 'xlsx'],
    [['--topic', 'cheese'], 'cheese'],
    [['--json', '--format', 'csv'], 'standard output'],
  ])('ends %j with exit code 2', async (words, mention) => {
    const { code, stderr, stdout } = await workplace.run(['export', ...words]);
    expect(code).toBe(2);
    expect(stderr).toContain(mention);
    if (!words.includes('--json')) expect(stdout).toBe('');
  });

  it.each(['search', 'export --query', 'stats --query'])(
    '%s refuses a query that names an unknown topic',
    async (verb) => {
      const { code, stderr } = await workplace.run([...verb.split(' '), 'topic:armeina']);
      expect(code).toBe(2);
      expect(stderr).toContain('armenia');
    },
  );

  it('leaves out a damaged record, names it and ends with 3; a failure leaves the old file', async () => {
    const [[, { path }] = ['', { path: '' }]] = await readStoredArticles(workplace.dataDir);
    const whole = await readFile(path);
    await truncate(path, 100);
    const { code, stderr, stdout } = await workplace.run(['export']);
    await writeFile(path, whole);
    expect(code).toBe(3);
    expect(stderr).toContain('verify');
    expect(stdout.trimEnd().split('\n')).toHaveLength((await readStoredArticles(workplace.dataDir)).size - 1);
    const failed = await workplace.run(['export', '-o', join(workplace.configFile, 'x.ndjson')]);
    expect(failed.code).toBe(4);
  });
});
