import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** A body in the one encoding in which it was asked for first. */
export interface RenderedPage {
  readonly body: Buffer;
  /** Strong validator of the text, the same in both encodings. */
  readonly etag: string;
}

/** Keeps rendered and compressed pages, oldest out first, up to `bytesMax`. */
export class PageCache {
  readonly #pages = new Map<string, RenderedPage>();
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** @returns the page of this key, rendered now if it is not kept. */
  get(key: string, gzip: boolean, render: () => string): RenderedPage {
    const fullKey = gzip ? `${key}|gzip` : key;
    const kept = this.#pages.get(fullKey);
    if (kept !== undefined) return kept;
    const text = Buffer.from(render(), 'utf8');
    const etag = `"${createHash('sha1').update(text).digest('hex').slice(0, 24)}"`;
    const page = { body: gzip ? gzipSync(text, { level: 4 }) : text, etag };
    this.#pages.set(fullKey, page);
    this.#bytes += page.body.length;
    for (const [oldest, { body }] of this.#pages) {
      if (this.#bytes <= this.#bytesMax || oldest === fullKey) break;
      this.#pages.delete(oldest);
      this.#bytes -= body.length;
    }
    return page;
  }
}
