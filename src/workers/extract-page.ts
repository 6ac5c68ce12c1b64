import type { CaptureReference } from '../domain/article.js';
import type { Edition, Topic } from '../domain/edition.js';
import type { Extraction } from '../domain/extraction.js';
import { PermanentError } from '../domain/errors.js';
import type { ArticleUrl } from '../domain/page.js';
import { contentHashOf } from '../dedupe/comparable-text.js';
import { isOtherArticle, normaliseArticle } from '../normalise/normalise-article.js';
import type { UrlRules } from '../sputnik/urls/url-rules.js';
import { decodeHtml } from '../sputnik/html/decode-html.js';
import type { PageFields } from '../sputnik/extractors/extractor.js';
import { extractArticle } from '../sputnik/extractors/extract-article.js';

/** What the reader needs to know about the world; the same for every page of a process. */
export interface ExtractionWorld {
  readonly editions: ReadonlyMap<string, Edition>;
  readonly topics: readonly Topic[];
  readonly addresses: UrlRules;
}

/** One page as received, without its content encoding. */
export interface ReceivedPage {
  readonly body: Buffer;
  /** Content-Type header, null if there was none. */
  readonly contentType: string | null;
  readonly address: ArticleUrl;
  readonly fetchedAt: CaptureReference['fetchedAt'] | null;
}

/**
 * Most UTF-16 units of an article's own text. The longest that the agency is known to publish, transcripts of whole press
 * conferences, have some 200,000; comparing a text with others costs time by its length, half a second for each million.
 */
export const ARTICLE_TEXT_MAX = 1_000_000;

/** Media types that can hold an article; anything else is `notHtml` unread. */
const HTML_TYPE = /^\s*(?:text\/html|application\/xhtml\+xml|text\/plain|application\/octet-stream)\b/i;

/**
 * Reads the article that a page holds: decode → read → normalise → hash.
 *
 * @returns  The article, or the closed-list reason why the page holds none.
 * @throws {PermanentError} `extract.tooLong` where title, lead and body together are longer than {@link ARTICLE_TEXT_MAX}.
 *
 * Pure: the same page and world give the same extraction.
 */
export function extractPage(page: ReceivedPage, world: ExtractionWorld): Extraction {
  const edition = world.editions.get(page.address.edition);
  if (edition === undefined) throw new Error(`no edition ${page.address.edition} in this world`);
  if (page.contentType !== null && !HTML_TYPE.test(page.contentType)) return { kind: 'notArticle', reason: 'notHtml' };
  const { text } = decodeHtml(page.body, page.contentType);
  const reading = extractArticle(text, page.address.url);
  if ('notArticle' in reading) return { kind: 'notArticle', reason: reading.notArticle };
  refuseTooLong(reading);
  const context = {
    address: page.address,
    edition,
    topics: world.topics,
    addresses: world.addresses,
    fetchedAt: page.fetchedAt,
  };
  if (isOtherArticle(reading, context)) return { kind: 'notArticle', reason: 'otherArticle' };
  const { article, disagreements } = normaliseArticle(reading, context);
  return { kind: 'article', article: { ...article, contentHash: contentHashOf(article) }, disagreements };
}

function refuseTooLong({ titles, leads, body }: PageFields): void {
  const length = [titles[0]?.value ?? '', leads[0]?.value ?? '', ...body.blocks.map(({ text }) => text)].reduce(
    (sum, text) => sum + text.length,
    0,
  );
  if (length <= ARTICLE_TEXT_MAX) return;
  throw new PermanentError(`wanted an article of at most ${ARTICLE_TEXT_MAX} characters, found ${length}`, {
    code: 'extract.tooLong',
    hint: 'the page is kept as captured; `sputnik failed drop` gives it up',
  });
}
