import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCapture } from '../../captures/read-capture.js';
import { scanCaptureFile } from '../../captures/scan-captures.js';
import type { Config } from '../../config/config.js';
import type { Article, CaptureReference } from '../../domain/article.js';
import { UsageError } from '../../domain/errors.js';
import type { ExtractedArticle } from '../../domain/extraction.js';
import type { PageId } from '../../domain/page.js';
import type { CatalogueQueries } from '../../store/catalogue/catalogue-queries.js';
import { createExtractionWorld, extractPage } from '../../workers/extract-page.js';

/** The files that were written, and the fields that a person has to check. */
export interface SavedFixture {
  /** Folder of `page.html` and `expected.json`. */
  readonly folder: string;
  readonly url: string;
  readonly capture: Pick<CaptureReference, 'file' | 'offset'>;
  /** Fields that the page gave earlier and does not give now: their last known value stands in `expected.json`. */
  readonly lastKnown: readonly string[];
  /** Fields that the extractor finds nothing in, and nothing better is known of. */
  readonly empty: readonly string[];
}

/** What the golden pages of the tests check, in their order. */
const GOLDEN_FIELDS = [
  'articleId',
  'edition',
  'family',
  'language',
  'url',
  'addressDate',
  'title',
  'lead',
  'body',
  'dateline',
  'publishedAt',
  'modifiedAt',
  'tags',
  'topics',
  'section',
  'authors',
  'format',
  'images',
  'related',
  'copyrightHolder',
  'extractor',
] as const satisfies readonly (keyof ExtractedArticle)[];

type Values = Partial<Record<(typeof GOLDEN_FIELDS)[number], unknown>>;

/**
 * Writes a page that the extractor no longer reads as a candidate for the golden pages of the tests: `page.html` as
 * captured, and a draft of the expected result. The draft has what the extractor finds and, for fields without a value,
 * the last value in the article's record. A person has to check it against the page.
 *
 * @param into Folder; it is created if it is missing.
 * @throws {UsageError} `usage.unknownAddress` where no page was captured under the id; what reading a capture throws.
 */
export async function saveDriftPage(
  pageId: PageId,
  into: string,
  { config, queries }: { readonly config: Config; readonly queries: CatalogueQueries },
): Promise<SavedFixture> {
  const { capture, page } = await readNewestPage(pageId, config, queries);
  const world = createExtractionWorld(config);
  const url = world.urlRules.parse(page.finalUrl) ?? world.urlRules.parse(page.target.url);
  if (url === null) throw noPage(pageId);
  const { body, contentType } = page;
  const extraction = extractPage({ body, contentType, url, fetchedAt: capture.fetchedAt }, world);
  const found: Values = extraction.kind === 'article' ? extraction.article : {};
  const known = lastKnownValues(queries.article(url.articleKey), url.edition);
  const own: Values = { ...url, addressDate: url.date };
  const lastKnown = GOLDEN_FIELDS.filter((field) => isEmpty(found[field]) && !isEmpty(known[field]));
  const article = Object.fromEntries(
    GOLDEN_FIELDS.map((field) => [
      field,
      lastKnown.includes(field) ? known[field] : (found[field] ?? own[field] ?? null),
    ]),
  );
  const name = `drift-${pageId.replace('/', '-')}`;
  const folder = join(into, name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'page.html'), body);
  const expected = { url: url.url, fetchedAt: capture.fetchedAt, article };
  await writeFile(join(folder, 'expected.json'), `${JSON.stringify(expected, null, 2)}\n`);
  const empty = GOLDEN_FIELDS.filter((field) => isEmpty(article[field]));
  const { file, offset } = capture;
  return { folder, url: url.url, capture: { file, offset }, lastKnown, empty };
}

type ReadPage = Extract<ReturnType<typeof readCapture>, { kind: 'response' }>;

/** The newest capture of the page that holds an answer to read. */
async function readNewestPage(
  pageId: PageId,
  config: Config,
  queries: CatalogueQueries,
): Promise<{ capture: CaptureReference; page: ReadPage }> {
  const limits = { bodyBytesMax: config.politeness.bodyBytesMax };
  const locations = queries.pages.story(pageId)?.captures ?? [];
  for (const { file, offset } of [...locations].reverse()) {
    for await (const record of scanCaptureFile(config.dataDir, file, offset)) {
      if (record.kind !== 'response' || record.offset !== offset || record.status !== 200) break;
      const page = readCapture(config.dataDir, record.reference, limits);
      if (page.kind === 'response') return { capture: record.reference, page };
      break;
    }
  }
  throw noPage(pageId);
}

function noPage(pageId: PageId): UsageError {
  return new UsageError(`there is no capture of the page ${pageId}`, {
    code: 'usage.unknownAddress',
    hint: '`sputnik drift` lists pages whose fields are found less often',
  });
}

/** The newest values that the record holds for the edition, later states first. */
function lastKnownValues(record: Article | null, edition: string): Values {
  if (record === null) return {};
  const rendition = record.renditions.find((other) => other.edition === edition);
  const own = record.edition === edition ? record : rendition;
  const states: Values[] = own === undefined ? [] : [own, ...(own.revisions ?? []).toReversed()];
  return Object.fromEntries(
    GOLDEN_FIELDS.map((field) => [field, states.map((state) => state[field]).find((value) => !isEmpty(value))]),
  );
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}
