import type { NotArticleReason, Outcome } from '../../domain/outcome.js';
import type { ArticleKey } from '../../domain/page.js';
import type { Batch } from './batch.js';
import { toSeconds } from '../catalogue/instants.js';
import type { PageRow, Validators } from '../catalogue/page-rows.js';
import { NO_READER } from '../drift/counted-reading.js';
import { refreshPage, showsEdition, withPageTimes } from './refresh-page.js';
import { storeArticle, type Finish, type StoreOptions } from './store-article.js';
import type { PageResult } from '../../domain/page-result.js';

/**
 * Settles one capture of an article's page. A capture that was settled before changes nothing and gives the outcome of then.
 *
 * @returns what becomes of it once the links of the batch are decided.
 */
export async function storePage(batch: Batch, result: PageResult, options: StoreOptions): Promise<Finish> {
  const earlier = batch.tables.captures.settled(result.capture);
  if (earlier) {
    const outcome = (earlier.outcome ?? 'unchanged') as Outcome;
    return () => ({ outcome, record: null, isRepeat: true });
  }
  if (result.kind === 'article') return storeArticle(batch, result, options);
  return storeAnswer(batch, result, options);
}

type Answer = Exclude<PageResult, { kind: 'article' }>;

function storeAnswer(batch: Batch, result: Answer, { isRebuilding }: StoreOptions): Finish {
  const { tables } = batch;
  const { page, capture } = result;
  const at = toSeconds(capture.fetchedAt);
  const pageRow = tables.pages.ensure(page, at);
  const wasStored = pageRow.end_state === 'stored' || pageRow.end_state === 'gone';
  const [, articleId = ''] = page.pageId.split('/');
  const key: ArticleKey = `${page.family}/${articleId}`;
  const row = wasStored ? tables.articles.get(key) : null;
  const stored = row ? batch.load(key, row) : null;
  const isInRecord = stored !== null && showsEdition(stored.record, pageRow.edition);
  const outcome = outcomeOf(result, isInRecord);
  const reason = reasonOf(result);
  tables.captures.add({
    capture,
    kind: result.kind,
    page: pageRow.id,
    stateKey: null,
    onTopic: null,
    outcome,
    reason,
  });
  noteAnswer(batch, result, pageRow, at);
  if (result.kind === 'notArticle' && UNREAD.has(result.reason)) {
    tables.readings.add({
      edition: pageRow.edition,
      family: page.family,
      reader: NO_READER,
      filled: 0,
      disagreed: 0,
      page: pageRow.id,
      isKnown: isInRecord,
      capture,
      fetchedAt: at,
    });
  }
  refreshPage(tables, pageRow.id, !isRebuilding && isInRecord && row !== null && !row.journalWhole);
  if (!isInRecord || !row) return () => ({ outcome, record: null, isRepeat: false });
  const record = withPageTimes(tables, stored.record);
  batch.put({ ...stored, record }, row, row.journalWhole);
  return () => ({ outcome, record: batch.records.get(key)?.record ?? record, isRepeat: false });
}

/** What a page without an article looks like when it has one and no reader finds it. */
const UNREAD: ReadonlySet<NotArticleReason> = new Set(['emptyBody', 'noTitle', 'unknownMarkup']);

/** Pages that are what they are; any other without an article may show one the next time. */
const LASTING: ReadonlySet<NotArticleReason> = new Set(['gallery', 'video', 'section']);

/**
 * The validators by which a page may be asked for after this answer, null where it changes none.
 *
 * Only an answer that was read may be asked for again with its validators; anything else is to come whole next time. A 304 to the
 * validators of an emptied page would pass for a sight of the article.
 */
export function validatorsOf(result: PageResult): Validators | null {
  const { kind, capture } = result;
  if (kind === 'notModified' || kind === 'unreachable') return null;
  const isRead = kind === 'article' || (kind === 'notArticle' && LASTING.has(result.reason));
  return isRead ? capture : { etag: null, lastModified: null };
}

function noteAnswer({ tables }: Batch, result: Answer, { id }: PageRow, at: number): void {
  const validators = validatorsOf(result);
  if (validators !== null) tables.pages.setValidators(id, at, validators);
  if (result.kind === 'notModified') tables.pages.touch(id, at);
  if (result.kind === 'quarantined') tables.quarantine.add(id, result.capture, result, at);
}

function outcomeOf(result: Answer, isInRecord: boolean): Outcome {
  if (result.kind === 'notModified') return 'unchanged';
  if (result.kind === 'gone') return 'gone';
  if (result.kind === 'notArticle') return isInRecord && result.reason === 'emptyBody' ? 'gone' : 'notArticle';
  return 'failed';
}

export function reasonOf(result: PageResult): string | null {
  if (result.kind === 'notModified' || result.kind === 'article') return null;
  return result.kind === 'quarantined' ? result.code : result.reason;
}
