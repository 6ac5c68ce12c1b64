import { Agent, request } from 'undici';
import { gunzipSync } from 'node:zlib';
import { createExtractionWorld, extractPage } from '../../src/workers/extract-page.js';
import { loadConfig } from '../../src/config/load-config.js';
import { siteArticles } from './site-articles.js';

/**
 * The floor: every article fetched by undici, 16 at a time, and thrown away; with `extract` as second argument, read by our
 * extractor first.
 *
 *     node dist/bench/baselines/undici-loop.js http://127.0.0.1:8801 extract
 */
const [, , origin = '', mode] = process.argv;
const LANES = 16;
const host = 'sputniknews.cn';

const config = mode === 'extract' ? loadConfig({ variables: {} }) : null;
const world = config === null ? null : createExtractionWorld(config);
const dispatcher = new Agent({ connections: LANES });
const urls = await siteArticles(origin);
let next = 0;
let pages = 0;

async function lane(): Promise<void> {
  for (let url = urls[next++]; url !== undefined; url = urls[next++]) {
    const { body } = await request(url, { dispatcher, headers: { 'accept-encoding': 'gzip' } });
    const bytes = Buffer.from(await body.arrayBuffer());
    const address = world?.urlRules.parse(`https://${host}${new URL(url).pathname}`);
    if (world !== null && address) {
      const page = { body: gunzipSync(bytes), contentType: 'text/html; charset=utf-8', url: address, fetchedAt: null };
      if (extractPage(page, world).kind !== 'article') throw new Error(`${url} holds no article`);
    }
    pages += 1;
  }
}

await Promise.all(Array.from({ length: LANES }, lane));
await dispatcher.close();
process.stdout.write(JSON.stringify({ pages }));
