import { readCapture } from '../captures/read-capture.js';
import { comparedKey, contentHashOf } from '../dedupe/comparable-text.js';
import { fingerprintOf } from '../dedupe/fingerprint.js';
import type { CaptureReference } from '../domain/article.js';
import type { Edition, Topic } from '../domain/edition.js';
import { PermanentError } from '../domain/errors.js';
import type { Extraction } from '../domain/extraction.js';
import type { ArticleUrl } from '../domain/page.js';
import { isOtherArticle, normaliseArticle } from '../normalise/normalise-article.js';
import { extractArticle } from '../sputnik/extractors/extract-article.js';
import type { PageFields } from '../sputnik/extractors/extractor.js';
import { openHtml } from '../sputnik/html/decode-html.js';
import { createUrlRules, type UrlRules } from '../sputnik/urls/url-rules.js';

/** What an extractor is made with; plain data, since it crosses into threads. */
export interface ExtractorSettings {
  readonly dataDir: string;
  readonly editions: readonly Edition[];
  readonly topics: readonly Topic[];
  /** Most bytes of a decoded body. */
  readonly bodyBytesMax: number;
  /** Whether the result is going to be stored. If so, its fingerprint is made here and not on the writer's thread. */
  readonly fingerprints?: boolean;
}

/** One captured answer, and the URL it is read as. */
export interface ExtractionTask {
  readonly capture: CaptureReference;
  readonly url: ArticleUrl;
}

/** Reads the article in a capture; on threads, see `extraction-pool.ts`. */
export interface Extractor {
  /**
   * @throws {PermanentError} `extract.timeout`, `extract.crashed`, or the code of a damaged capture: the page is
   *         quarantined, the next one proceeds.
   */
  extract(task: ExtractionTask): Promise<Extraction>;
  close(): Promise<void>;
}

/** What extraction needs to know of the editions; the same for every page of a process. */
interface ExtractionWorld {
  readonly editions: ReadonlyMap<string, Edition>;
  /** Enabled ones. */
  readonly topics: readonly Topic[];
  readonly urlRules: UrlRules;
  readonly fingerprints: boolean;
}

/** One page as received, without its content encoding. */
export interface ReceivedPage {
  readonly body: Buffer;
  /** Content-Type header, null if there was none. */
  readonly contentType: string | null;
  readonly url: ArticleUrl;
  readonly fetchedAt: CaptureReference['fetchedAt'] | null;
}

/**
 * Most UTF-16 units of an article's own text. The longest that the agency is known to publish, transcripts of whole
 * press conferences, have some 200,000; storing a text takes the writer's thread half a second for each million.
 */
const ARTICLE_TEXT_MAX = 400_000;

/** Media types that can hold an article; anything else is `notHtml` unread. */
const HTML_TYPE = /^\s*(?:text\/html|application\/xhtml\+xml|text\/plain|application\/octet-stream)\b/i;

export function createExtractionWorld({
  editions,
  topics,
  fingerprints = false,
}: Pick<ExtractorSettings, 'editions' | 'topics' | 'fingerprints'>): ExtractionWorld {
  return {
    editions: new Map(editions.map((edition) => [edition.id, edition])),
    topics: topics.filter((topic) => topic.enabled),
    urlRules: createUrlRules(editions),
    fingerprints,
  };
}

/**
 * Reads a captured answer and extracts its article, synchronously.
 *
 * @throws {PermanentError} `capture.noBody`; what `readCapture` and {@link extractPage} throw.
 */
export function extractCapture(
  { capture, url }: ExtractionTask,
  { dataDir, bodyBytesMax }: ExtractorSettings,
  world: ExtractionWorld,
): Extraction {
  const answer = readCapture(dataDir, capture, { bodyBytesMax });
  if (answer.kind !== 'response') {
    const message = `expected a captured page, found ${answer.kind} in ${capture.file} at ${capture.offset}`;
    throw new PermanentError(message, { code: 'capture.noBody' });
  }
  const { body, contentType } = answer;
  return extractPage({ body, contentType, url, fetchedAt: capture.fetchedAt }, world);
}

/**
 * Extracts the article that a page holds: decode → extract → normalise → hash, and its fingerprint where that is
 * wanted.
 *
 * @returns  The article, or the closed-list reason why the page holds none; with `emptyBody` and `cutOff` what the page
 * shows all the same.
 * @throws {PermanentError} `extract.tooLong` where title, lead and body together are longer than {@link
 * ARTICLE_TEXT_MAX}.
 *
 * Pure: the same page and world give the same extraction.
 */
export function extractPage(page: ReceivedPage, world: ExtractionWorld): Extraction {
  const { url, contentType, fetchedAt } = page;
  const edition = world.editions.get(url.edition);
  if (edition === undefined) throw new Error(`no edition ${url.edition} in this world`);
  if (contentType !== null && !HTML_TYPE.test(contentType)) return { kind: 'notArticle', reason: 'notHtml' };
  const found = extractArticle(openHtml(page.body, contentType), url.url);
  const fields = 'notArticle' in found ? found.fields : found;
  const reason = 'notArticle' in found ? found.notArticle : null;
  if (fields === undefined) return { kind: 'notArticle', reason: reason ?? 'unknownMarkup' };
  refuseTooLong(fields);
  const context = { url, edition, topics: world.topics, urlRules: world.urlRules, fetchedAt };
  if (isOtherArticle(fields, context)) return { kind: 'notArticle', reason: reason ?? 'otherArticle' };
  const { article: unhashed, disagreements } = normaliseArticle(fields, context);
  const isToBeStored = world.fingerprints && reason === null && unhashed.topics.length > 0;
  const fingerprint = isToBeStored ? { ...fingerprintOf(unhashed), comparedKey: comparedKey(unhashed) } : undefined;
  const article = { ...unhashed, contentHash: fingerprint?.contentHash ?? contentHashOf(unhashed) };
  if (reason !== null) return { kind: 'notArticle', reason, article };
  return { kind: 'article', article, disagreements, fingerprint };
}

function refuseTooLong({ titles, leads, body }: PageFields): void {
  const ofBody = body.blocks.reduce((sum, { text }) => sum + text.length, 0);
  const length = (titles[0]?.value.length ?? 0) + (leads[0]?.value.length ?? 0) + ofBody;
  if (length <= ARTICLE_TEXT_MAX) return;
  throw new PermanentError(`expected an article of at most ${ARTICLE_TEXT_MAX} characters, found ${length}`, {
    code: 'extract.tooLong',
    hint: 'the capture is kept; `sputnik failed drop` gives the page up',
  });
}
