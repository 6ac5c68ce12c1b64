import { readCapture } from '../captures/read-capture.js';
import type { CaptureReference } from '../domain/article.js';
import type { Edition, Topic } from '../domain/edition.js';
import { PermanentError } from '../domain/errors.js';
import type { Extraction } from '../domain/extraction.js';
import type { ArticleUrl } from '../domain/page.js';
import { createUrlRules } from '../sputnik/urls/url-rules.js';
import { extractPage, type ExtractionWorld } from './extract-page.js';

/** What an extractor is made with; plain data, since it crosses into threads. */
export interface CaptureExtractorSettings {
  readonly dataDir: string;
  readonly editions: readonly Edition[];
  readonly topics: readonly Topic[];
  /** Most bytes of a decoded body. */
  readonly bodyBytesMax: number;
}

/** One captured answer, and the address it is read as. */
export interface ExtractionTask {
  readonly capture: CaptureReference;
  readonly address: ArticleUrl;
}

export function createExtractionWorld(editions: readonly Edition[], topics: readonly Topic[]): ExtractionWorld {
  return {
    editions: new Map(editions.map((edition) => [edition.id, edition])),
    topics: topics.filter((topic) => topic.enabled),
    addresses: createUrlRules(editions),
  };
}

/**
 * @returns  A function that reads one capture and the article in it, synchronously.
 *           It throws {PermanentError} `capture.noBody`, and what `readCapture` throws.
 */
export function createCaptureExtractor(settings: CaptureExtractorSettings): (task: ExtractionTask) => Extraction {
  const world = createExtractionWorld(settings.editions, settings.topics);
  return ({ capture, address }) => {
    const captured = readCapture(settings.dataDir, capture, { bodyBytesMax: settings.bodyBytesMax });
    if (captured.kind !== 'response') {
      throw new PermanentError(
        `wanted a captured page, found ${captured.kind} in ${capture.file} at ${capture.offset}`,
        {
          code: 'capture.noBody',
        },
      );
    }
    const { body, contentType } = captured;
    return extractPage({ body, contentType, address, fetchedAt: capture.fetchedAt }, world);
  };
}
