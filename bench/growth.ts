import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { withDiverseText } from '../testsite/content/diverse-texts.js';
import { editionProfile } from '../testsite/content/edition-profiles.js';
import { seededRandom } from '../testsite/content/seeded-random.js';
import { writeStory } from '../testsite/content/write-story.js';
import { renderArticle } from '../testsite/render/render-article.js';
import { renderPadding } from '../testsite/render/render-padding.js';
import { EDITION, PAGE_BYTES } from './bench-site.js';
import { measure } from './measure-process.js';
import { sputnik, type RoundContext } from './parts.js';

/** What one more article costs where so many are stored. */
export interface GrowthPoint {
  readonly stored: number;
  readonly cpuMsEach: number;
  readonly peakMb: number;
  readonly searchCpuMs: number;
}

const SIZES = [1_000, 10_000, 50_000, 100_000, 200_000];
/** Articles that are measured at each size. */
const MEASURED = 500;
/** Articles a file, and so a command, while the corpus is filled. */
const FILE_MAX = 5_000;
/** One article every ten minutes, as the agency publishes. */
const EVERY_MS = 600_000;
const FIRST_AT_MS = Date.UTC(2019, 0, 1);

/** Fills a data directory by `ingest`, and measures the next articles at each size. */
export async function measureGrowth(
  { diverse, folder }: RoundContext,
  articles: number,
  say: (text: string) => void,
): Promise<GrowthPoint[]> {
  const home = join(folder, 'growth');
  mkdirSync(home, { recursive: true });
  const dataDir = join(home, 'data');
  const points: GrowthPoint[] = [];
  let stored = 0;
  const take = async (count: number, pageBytes: number): Promise<{ cpuSeconds: number; peakMb: number }> => {
    const file = join(home, 'pages.warc.gz');
    writeWarc(file, stored, count, pageBytes);
    stored += count;
    const run = await measure(sputnik(diverse, dataDir, 'ingest', '--json', file));
    rmSync(file);
    return run;
  };
  for (const size of SIZES.filter((candidate) => candidate <= articles)) {
    while (stored < size) await take(Math.min(FILE_MAX, size - stored), 0);
    const { cpuSeconds, peakMb } = await take(MEASURED, PAGE_BYTES);
    const search = await measure(sputnik(diverse, dataDir, 'search', '亚美尼亚', '--json'));
    const cpuMsEach = (1000 * cpuSeconds) / MEASURED;
    points.push({ stored: size, cpuMsEach, peakMb, searchCpuMs: 1000 * search.cpuSeconds });
    say(`growth: at ${size}: ${cpuMsEach.toFixed(2)} CPU-ms for one more, ${Math.round(peakMb)} MB`);
  }
  return points;
}

/** Writes `count` articles, beginning with the one of number `from`, into a WARC file as the agency's pages would be. */
export function writeWarc(file: string, from: number, count: number, pageBytes: number): void {
  const padding = renderPadding(pageBytes);
  const descriptor = openSync(file, 'w');
  for (let n = from; n < from + count; n += 1) writeSync(descriptor, gzipSync(recordOf(n, padding), { level: 1 }));
  closeSync(descriptor);
}

function recordOf(n: number, padding: ReturnType<typeof renderPadding>): Buffer {
  const profile = editionProfileOnce();
  const random = seededRandom(`growth/${n}`);
  const publishedAt = FIRST_AT_MS + n * EVERY_MS;
  const articleId = String(profile.firstArticleId + n);
  const about = { armenia: true, azerbaijan: random.chance(0.3) };
  const written = writeStory({ profile, articleId, publishedAt, about, form: 'current', earlier: [], random });
  const content = withDiverseText(written, random);
  const story = { family: profile.family, articleId, first: content, copyOf: null, changes: [] };
  const page = renderArticle({ profile, story, content, version: 0 }, { siblings: [], padding });
  const body = Buffer.from(page);
  const http = `HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: ${body.length}\r\n\r\n`;
  const head = [
    'WARC/1.1',
    'WARC-Type: response',
    `WARC-Target-URI: https://${EDITION}${content.path}`,
    `WARC-Date: ${new Date(publishedAt + EVERY_MS).toISOString().slice(0, 19)}Z`,
    `WARC-Record-ID: <urn:uuid:${randomUUID()}>`,
    'Content-Type: application/http;msgtype=response',
    `Content-Length: ${Buffer.byteLength(http) + body.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n${http}`), body, Buffer.from('\r\n\r\n')]);
}

let profileRead: ReturnType<typeof editionProfile> | undefined;
const editionProfileOnce = (): ReturnType<typeof editionProfile> => (profileRead ??= editionProfile(EDITION));
