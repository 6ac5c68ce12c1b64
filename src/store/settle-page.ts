import type { NotArticleReason, Outcome } from '../domain/outcome.js';
import type { ArticleKey } from '../domain/page.js';
import type { Batch } from './batch.js';
import { toSeconds } from './catalogue/instants.js';
import type { PageRow, Validators } from './catalogue/page-rows.js';
import { NO_READER } from './drift/counted-reading.js';
import { refreshPage, showsEdition, withPageTimes } from './refresh-page.js';
import { settleArticle, type Finish, type SettleOptions } from './settle-article.js';
import type { Settlement } from './settlement.js';

/**
 * Settles one capture of an article's page. A capture that was settled before changes nothing and gives the outcome of then.
 *
 * @returns what becomes of it once the links of the batch are decided.
 */
export async function settlePage(batch: Batch, settlement: Settlement, options: SettleOptions): Promise<Finish> {
  const earlier = batch.tables.captures.settled(settlement.capture);
  if (earlier) {
    const outcome = (earlier.outcome ?? 'unchanged') as Outcome;
    return () => ({ outcome, record: null, isRepeat: true });
  }
  if (settlement.kind === 'article') return settleArticle(batch, settlement, options);
  return settleAnswer(batch, settlement, options);
}

type Answer = Exclude<Settlement, { kind: 'article' }>;

function settleAnswer(batch: Batch, settlement: Answer, { isRebuilding }: SettleOptions): Finish {
  const { tables } = batch;
  const { page, capture } = settlement;
  const at = toSeconds(capture.fetchedAt);
  const pageRow = tables.pages.ensure(page, at);
  const wasStored = pageRow.end_state === 'stored' || pageRow.end_state === 'gone';
  const [, articleId = ''] = page.pageId.split('/');
  const key: ArticleKey = `${page.family}/${articleId}`;
  const row = wasStored ? tables.articles.get(key) : null;
  const stored = row ? batch.load(key, row) : null;
  const isInRecord = stored !== null && showsEdition(stored.record, pageRow.edition);
  const outcome = outcomeOf(settlement, isInRecord);
  const reason = reasonOf(settlement);
  tables.captures.add({
    capture,
    kind: settlement.kind,
    page: pageRow.id,
    stateKey: null,
    onTopic: null,
    outcome,
    reason,
  });
  noteAnswer(batch, settlement, pageRow, at);
  if (settlement.kind === 'notArticle' && UNREAD.has(settlement.reason)) {
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
export function validatorsOf(settlement: Settlement): Validators | null {
  const { kind, capture } = settlement;
  if (kind === 'notModified' || kind === 'unreachable') return null;
  const isRead = kind === 'article' || (kind === 'notArticle' && LASTING.has(settlement.reason));
  return isRead ? capture : { etag: null, lastModified: null };
}

function noteAnswer({ tables }: Batch, settlement: Answer, { id }: PageRow, at: number): void {
  const validators = validatorsOf(settlement);
  if (validators !== null) tables.pages.setValidators(id, at, validators);
  if (settlement.kind === 'notModified') tables.pages.touch(id, at);
  if (settlement.kind === 'quarantined') tables.quarantine.add(id, settlement.capture, settlement, at);
}

function outcomeOf(settlement: Answer, isInRecord: boolean): Outcome {
  if (settlement.kind === 'notModified') return 'unchanged';
  if (settlement.kind === 'gone') return 'gone';
  if (settlement.kind === 'notArticle') return isInRecord && settlement.reason === 'emptyBody' ? 'gone' : 'notArticle';
  return 'failed';
}

export function reasonOf(settlement: Settlement): string | null {
  if (settlement.kind === 'notModified' || settlement.kind === 'article') return null;
  return settlement.kind === 'quarantined' ? settlement.code : settlement.reason;
}
