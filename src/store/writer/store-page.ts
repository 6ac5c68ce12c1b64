import { isDeepStrictEqual } from 'node:util';
import type { Article } from '../../domain/article.js';
import { PermanentError } from '../../domain/errors.js';
import { OUTCOMES, type NotArticleReason, type Outcome } from '../../domain/outcome.js';
import type { ArticleResult, PageResult, StoredPage, LearnedTagPage, ListResult } from '../../domain/page-result.js';
import { splitKey, type ArticleKey } from '../../domain/page.js';
import { entryOf } from '../../records/timeline.js';
import { ABOUT_NO_PAGE, type Reading } from '../catalogue/captures-table.js';
import type { Validators } from '../catalogue/pages-table.js';
import { toSeconds, toSecondsOrNull } from '../catalogue/database.js';
import { bitsOf, filledBits, NO_READER } from '../drift/counted-reading.js';
import type { Batch } from './batch.js';
import { foldArticle, restoreRecord, refreshPage, showsEdition, withPageTimes } from './fold-article.js';
import type { Write } from './group-commit.js';

type Answer = Exclude<PageResult, { kind: 'article' }>;

/**
 * Stores what one capture of an article's page turned out to be: journal, page, record and index. A capture that was
 * processed before changes nothing and gives the outcome of then.
 */
export function pageWrite(result: PageResult): Write<StoredPage> {
  return {
    apply: (batch) => {
      const earlier = batch.tables.captures.processed(result.capture);
      if (earlier) {
        const outcome = OUTCOMES.find((name) => name === earlier.outcome) ?? 'unchanged';
        return { outcome, record: null, isRepeat: true };
      }
      const standing = asItStands(batch, result);
      return standing.kind === 'article' ? storeArticle(batch, standing) : storeAnswer(batch, standing);
    },
    conclude: (batch, stored) => withLinks(batch, result, stored),
  };
}

/** With the record as the links of the batch left it; a new article that repeats another is a duplicate. */
function withLinks({ records, tables }: Batch, { capture }: PageResult, stored: StoredPage): StoredPage {
  if (stored.record === null) return stored;
  const record = records.get(stored.record.id)?.record ?? stored.record;
  if (stored.outcome !== 'new' || record.duplicateOf === null) return { ...stored, record };
  tables.captures.setOutcome(capture, 'duplicate');
  return { ...stored, outcome: 'duplicate', record };
}

/**
 * A page whose body came empty, or that broke off, is an article as it stands once an earlier fetch brought it so as
 * well, or where its record has no text either: the site is known to send an empty body now and then. An article with a
 * text stays one.
 */
function asItStands(batch: Batch, result: PageResult): PageResult {
  if (result.kind !== 'notArticle' || result.shown === undefined) return result;
  const { article } = result.shown;
  const key: ArticleKey = `${article.family}/${article.articleId}`;
  const { tables } = batch;
  const record = batch.load(key, tables.articles.get(key))?.record;
  const ofEdition = ({ edition }: { readonly edition: string }): boolean => edition === article.edition;
  const stored = record !== undefined && ofEdition(record) ? record : record?.renditions.find(ofEdition);
  if (stored !== undefined) {
    return stored.body.length === 0 && result.reason === 'emptyBody' ? result.shown : result;
  }
  const at = toSeconds(result.capture.fetchedAt);
  const page = tables.pages.ensure(result.page, at);
  // Empty once and broken off once is neither twice.
  const { reason } = result;
  const wasSo = tables.captures
    .events(page.id)
    .some((event) => event.kind === 'notArticle' && event.reason === reason && event.fetchedAt <= at);
  return wasSo ? result.shown : result;
}

async function storeArticle(batch: Batch, result: ArticleResult): Promise<StoredPage> {
  const { article, capture, page } = result;
  if (page.pageId !== `${article.edition}/${article.articleId}` || page.family !== article.family) {
    const found = `${article.edition}/${article.articleId} of ${article.family}`;
    throw new PermanentError(`Expected the article of ${page.pageId} of ${page.family}, found ${found}`, {
      code: 'page.otherIdentity',
    });
  }
  const { tables } = batch;
  const observation = { article, capture };
  const at = toSeconds(capture.fetchedAt);
  const key: ArticleKey = `${article.family}/${article.articleId}`;
  const row = tables.articles.get(key);
  const stored = batch.load(key, row) ?? (row && (await restoreRecord(batch, key, row)));
  const pageRow = tables.pages.ensure(page, at);
  await batch.turns.next();
  const folded = await foldArticle(batch, { row, stored, page: pageRow, observation });
  await batch.turns.next();
  const { outcome } = folded;
  tables.captures.add({ capture, page: pageRow.id, outcome, runId: result.runId, ...readingOf(result) });
  tables.readings.add({
    edition: article.edition,
    family: article.family,
    reader: article.extractor.name,
    filled: filledBits(article),
    disagreed: bitsOf(result.disagreed ?? []),
    page: pageRow.id,
    isKnown: outcome !== 'new' && outcome !== 'offTopic',
    capture,
    fetchedAt: at,
  });
  if (batch.context.topicsAway !== null) tables.topics.noteUnjudged(batch.context.topicsAway, key);
  tables.pages.notePublished(pageRow.id, toSecondsOrNull(article.publishedAt));
  tables.pages.setValidators(pageRow.id, at, capture);
  const isStored =
    !batch.context.isRebuilding &&
    row?.journalWhole === false &&
    folded.record !== null &&
    showsEdition(folded.record, article.edition);
  refreshPage(tables, pageRow.id, isStored);
  batch.remember(observation);
  if (folded.record === null || outcome === 'offTopic') return { outcome, record: null, isRepeat: false };
  const record = withPageTimes(tables, folded.record);
  if (outcome === 'revised' && stored !== null && isCompacted(stored.record, record)) {
    const reason =
      'of its earlier states the record keeps the first, the newest and those that changed more than numbers';
    batch.context.log.warn({ event: 'record.compacted', pageId: page.pageId, reason }, 'a page changes at every fetch');
  }
  // Rows are made of the files already when a catalogue is rebuilt.
  const isAsStored =
    batch.context.isRebuilding &&
    row !== null &&
    folded.month === stored?.month &&
    isDeepStrictEqual(record, stored.record);
  if (!isAsStored) {
    const working = { record, month: folded.month, onDisk: stored?.onDisk ?? null };
    batch.put(working, { row, journalWhole: row?.journalWhole ?? true, made: result.fingerprint });
  }
  if (result.tagPages) rememberTagPages(batch, result.tagPages);
  return { outcome, record, isRepeat: false };
}

/** Whether a state was added and another given up for it. */
function isCompacted(before: Article, after: Article): boolean {
  const countOf = ({ revisions, renditions }: Article): number =>
    renditions.reduce((sum, rendition) => sum + (rendition.revisions?.length ?? 0), revisions.length);
  return countOf(after) <= countOf(before);
}

async function storeAnswer(batch: Batch, result: Answer): Promise<StoredPage> {
  const { tables } = batch;
  const { page, capture } = result;
  const at = toSeconds(capture.fetchedAt);
  const pageRow = tables.pages.ensure(page, at);
  const wasStored = pageRow.endState === 'stored' || pageRow.endState === 'gone';
  const [, articleId] = splitKey(page.pageId);
  const key: ArticleKey = `${page.family}/${articleId}`;
  const row = wasStored ? tables.articles.get(key) : null;
  const stored = row && (batch.load(key, row) ?? (await restoreRecord(batch, key, row)));
  const isLost = row !== null && stored === null;
  const isInRecord = stored !== null && showsEdition(stored.record, pageRow.edition);
  const outcome = isLost ? 'failed' : outcomeOf(result);
  tables.captures.add({ capture, page: pageRow.id, outcome, runId: result.runId, ...readingOf(result) });
  // What is lost is to come whole next time, and makes a record again.
  const validators = isLost ? { etag: null, lastModified: null } : validatorsOf(result);
  if (validators !== null) tables.pages.setValidators(pageRow.id, at, validators);
  if (result.kind === 'notModified') tables.pages.touch(pageRow.id, at);
  if (result.kind === 'quarantined') tables.quarantine.add(pageRow.id, capture, result, at);
  if (result.kind === 'notArticle' && UNREAD.has(result.reason)) {
    const nothing = { reader: NO_READER, filled: 0, disagreed: 0 };
    const ofPage = { edition: pageRow.edition, family: page.family, page: pageRow.id, isKnown: isInRecord };
    tables.readings.add({ ...ofPage, ...nothing, capture, fetchedAt: at });
  }
  refreshPage(tables, pageRow.id, !batch.context.isRebuilding && isInRecord && row?.journalWhole === false);
  if (!isInRecord || !row) return { outcome, record: null, isRepeat: false };
  const record = withPageTimes(tables, stored.record);
  batch.put({ ...stored, record }, { row, journalWhole: row.journalWhole });
  return { outcome, record, isRepeat: false };
}

/** What a page without an article looks like when it has one and no extractor finds it. */
const UNREAD: ReadonlySet<NotArticleReason> = new Set(['emptyBody', 'noTitle', 'unknownMarkup']);

/** Pages that are what they are; any other without an article may show one the next time. */
const LASTING: ReadonlySet<NotArticleReason> = new Set(['gallery', 'video', 'section']);

/**
 * The validators by which a page may be asked for after this answer, null where it changes none.
 *
 * Only an answer that was read may be asked for again with its validators; anything else is to come whole next time. A
 * 304 to the validators of an emptied page would pass for a sight of the article.
 */
export function validatorsOf(result: PageResult): Validators | null {
  const { kind, capture } = result;
  if (kind === 'notModified' || kind === 'unreachable') return null;
  const isRead = kind === 'article' || (kind === 'notArticle' && LASTING.has(result.reason));
  return isRead ? capture : { etag: null, lastModified: null };
}

function outcomeOf(result: Answer): Outcome {
  if (result.kind === 'notModified') return 'unchanged';
  if (result.kind === 'gone') return 'gone';
  if (result.kind === 'notArticle') return 'notArticle';
  return 'failed';
}

/** How the journal notes a page result. */
export function readingOf(result: PageResult): Reading {
  const { kind } = result;
  if (kind === 'notModified') return { kind, stateKey: null, onTopic: null, reason: null };
  if (kind !== 'article') {
    return { kind, stateKey: null, onTopic: null, reason: kind === 'quarantined' ? result.code : result.reason };
  }
  const { stateKey, onTopic } = entryOf(result);
  return { kind, stateKey, onTopic, reason: null };
}

/** Notes what came of asking for a list, which pages it announces, and that the capture is processed. */
export function storeList({ tables }: Batch, list: ListResult): void {
  const { capture, listUrl, route, tagPath } = list;
  if (tables.captures.processed(capture)) return;
  const seenAt = toSeconds(capture.fetchedAt);
  tables.lists.addFetch(list.fetch, listUrl, seenAt);
  for (const page of list.pages) {
    if (route === null) break;
    const { id } = tables.pages.ensure(page, seenAt);
    tables.lists.announce({ page: id, route, tagPath, listUrl, seenAt });
  }
  tables.captures.add({ capture, kind: 'list', ...ABOUT_NO_PAGE });
}

/** Remembers where tags lead. */
export function rememberTagPages({ tables }: Pick<Batch, 'tables'>, learned: readonly LearnedTagPage[]): void {
  for (const tagPage of learned) tables.lists.addTagPage(tagPage);
}
