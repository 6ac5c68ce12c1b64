import type { CaptureReference } from '../../../src/domain/article.js';
import type { ExtractedArticle } from '../../../src/domain/extraction.js';
import { createHash } from 'node:crypto';
import type { Observation } from '../../../src/records/timeline.js';

export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const copy = [...items];
  for (let index = copy.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    [copy[index], copy[other]] = [copy[other] as T, copy[index] as T];
  }
  return copy;
}

export interface ObservationSketch {
  readonly articleId?: string;
  readonly edition?: string;
  readonly family?: string;
  /** Seconds after the first moment of the tests. */
  readonly at: number;
  readonly text?: string;
  readonly title?: string;
  readonly onTopic?: boolean;
  readonly tags?: readonly string[];
  readonly publishedAt?: string | null;
  readonly url?: string;
  readonly file?: string;
}

const START_MS = Date.UTC(2024, 4, 1);

export function instant(seconds: number): string {
  return new Date(START_MS + seconds * 1000).toISOString().replace('.000Z', 'Z');
}

export function observation(sketch: ObservationSketch): Observation {
  return { article: extracted(sketch), capture: captureOf(sketch) };
}

export function extracted(sketch: ObservationSketch): ExtractedArticle {
  const {
    articleId = '1000000001',
    family = 'sputniknews.cn',
    edition = family,
    text = 'Text.',
    title = 'Title',
  } = sketch;
  const onTopic = sketch.onTopic ?? true;
  const url = sketch.url ?? `https://${edition}/20240501/${articleId}.html`;
  return {
    articleId,
    edition,
    family,
    language: edition.startsWith('big5') ? 'zh-Hant' : 'zh-Hans',
    url,
    addressDate: /\/(\d{8})\//.exec(url)?.[1] ?? '20240501',
    title,
    lead: null,
    body: [{ type: 'text', text }],
    dateline: null,
    publishedAt: sketch.publishedAt === undefined ? '2024-05-01T08:00:00Z' : sketch.publishedAt,
    modifiedAt: instant(sketch.at),
    tags: (sketch.tags ?? (onTopic ? ['Armenia'] : ['Sport'])).map((name) => ({ name, url: null, kind: null })),
    topics: onTopic ? ['armenia'] : [],
    section: null,
    authors: [],
    format: 'text',
    images: [{ url: `https://cdn.example/${sketch.at}.jpg`, caption: null, credit: null }],
    related: [],
    copyrightHolder: null,
    contentHash: `sha256:${digest(`${title}|${text}`)}`,
    provenance: { title: 'og:title' },
    extractor: { name: 'test', version: '1' },
  };
}

export function captureOf(sketch: ObservationSketch): CaptureReference {
  return {
    file: sketch.file ?? 'captures/test-00001.warc.gz',
    offset: sketch.at * 1000 + (sketch.edition?.length ?? 0),
    length: 500,
    sha256: digest(JSON.stringify(sketch)),
    fetchedAt: instant(sketch.at),
    status: 200,
    etag: null,
    lastModified: null,
    via: 'http',
  };
}

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
