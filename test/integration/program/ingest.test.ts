import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { createWorkplace, testSiteSettings, type Workplace } from './run-sputnik.js';
import { readStoredArticles } from './stored-articles.js';

const EDITION = 'sputniknews.cn';
const CLOCK = { now: () => Date.UTC(2024, 4, 10) };

interface Summary {
  readonly found: number;
  readonly fetched: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly files: number;
  readonly badFiles: readonly { readonly path: string; readonly reason: string }[];
  readonly passedOver: Readonly<Record<string, number>>;
  readonly lostArticleCount: number;
  readonly lostArticles: readonly { readonly url: string; readonly reason: string }[];
}

interface RecordParts {
  readonly url: string;
  readonly at: string;
  readonly status?: number;
  readonly headers?: readonly string[];
  readonly type?: string;
}

/** A record as wget and warcio write it: its own gzip member, HTTP as it came over the wire. */
function record(body: Buffer, { url, at, status = 200, headers = [], type = 'response' }: RecordParts): Buffer {
  const http = Buffer.from([`HTTP/1.0 ${status} X`, 'Content-Type: text/html', ...headers, '', ''].join('\r\n'));
  const head = [`WARC/1.0`, `WARC-Type: ${type}`, `WARC-Target-URI: <${url}>`, `WARC-Date: ${at}`];
  const length = `Content-Length: ${http.length + body.length}`;
  return gzipSync(
    Buffer.concat([Buffer.from([...head, length, '', ''].join('\r\n')), http, body, Buffer.from('\r\n\r\n')]),
  );
}

function chunked(body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]);
}

describe('saved pages', () => {
  let testSite: TestSite;
  let workplace: Workplace;
  let folder: string;
  let pages: readonly { readonly url: string; readonly id: string; readonly html: Buffer }[];

  const at = (name: string): string => join(folder, name);

  async function save(name: string, bytes: Buffer, when = '2024-05-02T08:00:00Z'): Promise<string> {
    await writeFile(at(name), bytes);
    await utimes(at(name), new Date(when), new Date(when));
    return at(name);
  }

  async function ingest(code: number, ...words: string[]): Promise<Summary> {
    const ended = await workplace.document(['ingest', ...words]);
    expect(ended.code).toBe(code);
    return ended.value as Summary;
  }

  beforeAll(async () => {
    testSite = await startTestSite({ seed: 31, stories: 8, clock: CLOCK, editions: [EDITION] });
    workplace = await createWorkplace(testSiteSettings(testSite));
    folder = await mkdtemp(join(tmpdir(), 'sputnik-saved-'));
    const ids = [1, 2, 3, 4, 5, 6].map((n) =>
      testSite.publish({
        title: `第${n}次会谈在首都举行`,
        lead: `俄罗斯卫星通讯社莫斯科5月1日电 第${n}次会谈讨论了第${n}条道路的开放。`,
        paragraphs: [`第${n}组专家将在${n}个月内提交报告，内容涉及边境贸易和运输。`],
      }),
    );
    pages = await Promise.all(
      ids.map(async (id) => {
        const { url } = testSite.truth().find(({ articleId }) => articleId === id)!;
        const answer = await fetch(`${testSite.origin(EDITION)}${new URL(url).pathname}`);
        return { url, id, html: Buffer.from(await answer.arrayBuffer()) };
      }),
    );
    testSite.clearRequests();
  });

  afterAll(async () => {
    await testSite.stop();
    await workplace.remove();
    await rm(folder, { recursive: true, force: true });
  });

  it('of every kind are taken in, bad ones are named and hold nothing up', async () => {
    const [one, two, three, four, five] = pages;
    await mkdir(at('in'));
    await save('in/one.html', one!.html);
    await save('in/two.html.gz', gzipSync(two!.html));
    await save('in/notes.txt', Buffer.from('x'));
    await save('in/bad.html.gz', Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.from('rubbish')]));
    await save('in/nameless.html', Buffer.from('<html><body><p>Nothing.</p></body></html>'));
    const when = '2024-05-03T08:00:00.123Z';
    const coded = brotliCompressSync(four!.html);
    const records = [
      record(Buffer.from('x'), { url: one!.url, at: when, type: 'request' }),
      record(chunked(three!.html), { url: three!.url, at: when, headers: ['Transfer-Encoding: chunked'] }),
      record(coded, { url: four!.url, at: when, headers: ['Content-Encoding: br'] }),
      record(five!.html, { url: five!.url, at: when, status: 503 }),
      record(five!.html, { url: `https://${EDITION}/`, at: when }),
    ];
    await save('wget.warc.gz', Buffer.concat(records));
    await save('broken.warc.gz', gzipSync(Buffer.from('WARC/1.0\r\n')));
    const summary = await ingest(3, at('in'), at('wget.warc.gz'), at('broken.warc.gz'), at('missing.html'));
    expect(summary).toMatchObject({
      found: 4,
      fetched: 4,
      files: 6,
      passedOver: { otherType: 1, status: 1, notAnArticle: 1 },
    });
    expect(summary.outcomes).toMatchObject({ new: 4, failed: 0 });
    const named = summary.badFiles.map(({ path, reason }) => [path.slice(folder.length + 1), reason]);
    expect(named).toEqual([
      ['in/bad.html.gz', 'notGzip'],
      ['in/nameless.html', 'noAddress'],
      ['broken.warc.gz', 'damaged'],
      ['missing.html', 'missing'],
    ]);
    const stored = await readStoredArticles(workplace.dataDir);
    const first = stored.get(`${EDITION}/${one!.id}`)!.article;
    expect(first.capture).toMatchObject({ via: 'ingest', fetchedAt: '2024-05-02T08:00:00Z' });
    expect(stored.get(`${EDITION}/${three!.id}`)!.article.capture!.fetchedAt).toBe('2024-05-03T08:00:00Z');
    expect(testSite.requests()).toEqual([]);
  });

  it('are unchanged the second time, and an older state of one is placed by its time', async () => {
    const [one] = pages;
    const summary = await ingest(0, at('in/one.html'), at('in/two.html.gz'));
    expect(summary.outcomes).toMatchObject({ unchanged: 2, new: 0 });
    const older = Buffer.from(one!.html.toString().replaceAll('边境贸易和运输', '边境贸易'));
    await save('older.html', older, '2024-05-01T20:00:00Z');
    expect((await ingest(0, at('older.html'))).outcomes).toMatchObject({ revised: 1 });
    const { article } = (await readStoredArticles(workplace.dataDir)).get(`${EDITION}/${one!.id}`)!;
    expect(article.revisions.map(({ seenAt }) => seenAt)).toEqual(['2024-05-01T20:00:00Z']);
    expect(article.capture!.fetchedAt).toBe('2024-05-02T08:00:00Z');
  });

  it('that say twice in one file what became of an article are each heard, and a repeated 404 is one', async () => {
    const [, , , , five, six] = pages;
    const gone = Buffer.from('gone');
    const records = [
      record(five!.html, { url: five!.url, at: '2024-05-04T08:00:00Z' }),
      record(Buffer.from(five!.html.toString().replaceAll('边境贸易', '过境贸易')), {
        url: five!.url,
        at: '2024-05-05T08:00:00Z',
      }),
      record(six!.html, { url: six!.url, at: '2024-05-04T08:00:00Z' }),
      record(gone, { url: six!.url, at: '2024-05-05T08:00:00Z', status: 404 }),
    ];
    await save('twice.warc.gz', Buffer.concat(records));
    expect(await ingest(0, at('twice.warc.gz'))).toMatchObject({ found: 2, outcomes: { new: 2 } });
    await ingest(0, at('twice.warc.gz'));
    const stored = await readStoredArticles(workplace.dataDir);
    expect(stored.get(`${EDITION}/${five!.id}`)!.article.revisions).toHaveLength(1);
    expect(stored.get(`${EDITION}/${six!.id}`)!.article.goneAt).toBeNull();
  });

  it('that are stored decoded under the name of a coding are taken for what they are', async () => {
    const html = (number: number): Buffer =>
      Buffer.from(
        pages[0]!.html
          .toString()
          .replaceAll(pages[0]!.id, String(1_080_000_000 + number))
          .replaceAll('第1', `第${number}0`),
      );
    const records = ['gzip', 'br', 'deflate', 'none', 'utf-8'].map((coding, index) =>
      record(html(index), {
        url: `https://${EDITION}/20240501/${1_080_000_000 + index}.html`,
        at: '2024-05-06T08:00:00Z',
        headers: [`Content-Encoding: ${coding}`],
      }),
    );
    await save('decoded.warc.gz', Buffer.concat(records));
    const summary = await ingest(0, at('decoded.warc.gz'));
    expect(summary).toMatchObject({
      found: 5,
      outcomes: { failed: 0, notArticle: 0 },
      passedOver: {},
      lostArticles: [],
    });
    expect((await workplace.document(['verify'])).code).toBe(0);
  });

  it('that claim to be an article and cannot be taken in are named, with exit code 3', async () => {
    const [one] = pages;
    const url = (number: number): string => `https://${EDITION}/20240501/${1_090_000_000 + number}.html`;
    const at_ = '2024-05-06T08:00:00Z';
    const cut = gzipSync(one!.html).subarray(0, 200);
    const records = [
      record(cut, { url: url(1), at: at_, headers: ['Content-Encoding: gzip'] }),
      record(one!.html, { url: url(2), at: 'yesterday' }),
      record(one!.html, { url: url(3), at: '2999-01-01T00:00:00Z' }),
      record(one!.html, { url: `https://old.${EDITION}/news/5.html`, at: at_ }),
      // Nothing of ours is lost with these.
      record(one!.html, { url: url(6), at: at_, type: 'request' }),
      record(Buffer.from('moved'), { url: url(7), at: at_, status: 301 }),
      record(Buffer.from('<p>Other news</p>'), { url: 'https://elsewhere.example/1.html', at: at_ }),
    ];
    await save('lost.warc.gz', Buffer.concat(records));
    const summary = await ingest(3, at('lost.warc.gz'));
    expect(summary).toMatchObject({ found: 0, badFiles: [], lostArticleCount: 4 });
    expect(summary.lostArticles.map(({ url: lost, reason }) => [lost, reason])).toEqual([
      [url(1), 'badEncoding'],
      [url(2), 'noDate'],
      [url(3), 'fromTheFuture'],
      [`https://old.${EDITION}/news/5.html`, 'notAnArticle'],
    ]);
    const told = await workplace.run(['ingest', at('lost.warc.gz')]);
    expect(told.code).toBe(3);
    expect(told.stdout.replaceAll(/\s+/g, '')).toContain(`${url(1)}:badEncoding`);
  });

  it('are refused under the URL of another article, and without any', async () => {
    const [one, two] = pages;
    const other = await ingest(3, at('in/one.html'), '--url', two!.url);
    expect(other).toMatchObject({ found: 0, badFiles: [{ reason: 'otherArticle' }] });
    expect((await workplace.run(['ingest', at('none.html')])).code).toBe(2);
    expect((await workplace.run(['ingest', at('in'), at('older.html'), '--url', one!.url])).code).toBe(2);
    expect((await workplace.document(['verify'])).code).toBe(0);
  });
});
