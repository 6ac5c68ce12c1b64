import { get, type IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import * as odd from '../../../testsite/modes/odd-modes.js';
import { startTestSite } from '../../../testsite/start-test-site.js';
import type { TestSite } from '../../../testsite/start-test-site.js';

const NOW = Date.UTC(2026, 6, 29, 5, 19);
const EDITION = 'sarabic.ae';
const INDEX = '/sitemap_article_index.xml';
let testSite: TestSite;
let articleId: string;
let articleUrl: string;
let articlePath: string;

beforeAll(async () => {
  testSite = await startTestSite({ seed: 3, stories: 40, clock: { now: () => NOW }, editions: [EDITION] });
  const article = testSite.truth().find(({ url }) => url.endsWith('.html'))!;
  [articleId, articleUrl, articlePath] = [article.articleId, article.url, new URL(article.url).pathname];
});
afterEach(() => {
  testSite.clearModes();
});
afterAll(async () => {
  await testSite.stop();
});

/** An answer as it came over the wire: nothing decoded, no redirect followed. */
interface RawAnswer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

function ask(path: string, headers: Record<string, string> = {}): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    get(testSite.origin(EDITION) + path, { headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) });
      });
    }).on('error', reject);
  });
}

const locationsIn = (xml: string): string[] =>
  [...xml.matchAll(/<loc>([^<]*)<\/loc>/g)].map(([, location = '']) => location.replaceAll('&amp;', '&'));
const pathOf = (url: string): string => url.slice(`https://${EDITION}`.length);

describe('an odd test site', () => {
  it('redirects to the same URL until the cookie comes back that it set', async () => {
    testSite.setMode({ path: articlePath }, odd.consentRedirect);
    const first = await ask(articlePath);
    expect([first.status, first.headers.location]).toEqual([302, articlePath]);
    const [cookie = ''] = first.headers['set-cookie']![0]!.split(';');
    expect((await ask(articlePath, { cookie: `${cookie}0` })).status).toBe(302);
    const second = await ask(articlePath, { cookie: `other=1; ${cookie}` });
    expect(second.status).toBe(200);
    expect(second.body.toString()).toContain('article__title');
  });

  it('writes the Location of its redirects in raw UTF-8 bytes', async () => {
    testSite.setMode({}, odd.rawUtf8Location);
    expect(articlePath).toContain('%D');
    const { status, headers } = await ask(`/society/20260701${articleId}-old-slug/`);
    expect(status).toBe(301);
    expect(headers.location).toMatch(/[\u0080-\u00ff]/);
    const location = Buffer.from(headers.location!, 'latin1').toString('utf8');
    expect(location).toBe(decodeURI(articleUrl));
    expect((await ask(pathOf(new URL(location).href))).status).toBe(200);
    // Read in Latin-1 it leads to a URL that the site never named.
    expect((await ask(pathOf(new URL(headers.location!).href))).status).toBe(404);
  });

  it.each([
    ['none', odd.encodingNone],
    ['UTF-8', odd.encodingUtf8],
  ])('calls plain bytes %s', async (encoding, action) => {
    const usual = await ask(articlePath);
    testSite.setMode({ path: articlePath }, action);
    const { status, headers, body } = await ask(articlePath, { 'accept-encoding': 'gzip' });
    expect([status, headers['content-encoding']]).toEqual([200, encoding]);
    expect(body.equals(usual.body)).toBe(true);
  });

  it('sends bytes behind the gzip member', async () => {
    const usual = await ask(articlePath);
    testSite.setMode({ path: articlePath }, odd.bytesAfterGzip);
    const { headers, body } = await ask(articlePath, { 'accept-encoding': 'gzip' });
    expect(headers['content-encoding']).toBe('gzip');
    const after = body.lastIndexOf('\r\n<!--');
    expect(after).toBeGreaterThan(0);
    expect(gunzipSync(body.subarray(0, after)).equals(usual.body)).toBe(true);
    expect(body.subarray(after).indexOf(Buffer.from([0x1f, 0x8b]))).toBe(-1);
  });

  it('names its sitemaps in an index within the index', async () => {
    const usual = locationsIn((await ask(INDEX)).body.toString());
    testSite.setMode({ path: INDEX }, odd.nestedSitemapIndex);
    const outer = await ask(INDEX);
    expect(outer.body.toString()).toContain('<sitemapindex');
    const [inner = '', ...others] = locationsIn(outer.body.toString());
    expect(others).toEqual([]);
    expect(usual).not.toContain(inner);
    expect(locationsIn((await ask(pathOf(inner))).body.toString())).toEqual(usual);
  });

  it('gives its sitemaps as gzip files, which are no compressed answers', async () => {
    const [usual = ''] = locationsIn((await ask(INDEX)).body.toString());
    const xml = (await ask(pathOf(usual))).body;
    testSite.setMode({ path: '/sitemap_article' }, odd.gzippedSitemaps);
    const [child = ''] = locationsIn((await ask(INDEX)).body.toString());
    expect(new URL(child).pathname).toMatch(/\.xml\.gz$/);
    const { headers, body } = await ask(pathOf(child));
    expect(headers['content-encoding']).toBeUndefined();
    expect(gunzipSync(body).equals(xml)).toBe(true);
    expect((await ask(pathOf(usual))).body.equals(xml)).toBe(true);
  });
});
