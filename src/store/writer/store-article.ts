import type { Article } from '../../domain/article.js';
import { PermanentError } from '../../domain/errors.js';
import type { Outcome } from '../../domain/outcome.js';
import type { ArticleKey } from '../../domain/page.js';
import { foldObservation, type FoldContext, type FoldOutcome } from '../../records/fold-observation.js';
import { foldObservations } from '../../records/fold-observations.js';
import { entryOf, type Observation } from '../../records/timeline.js';
import type { Batch, WorkingRecord } from './batch.js';
import type { ArticleRow } from '../catalogue/article-rows.js';
import type { CaptureLocation } from '../catalogue/capture-log.js';
import { toSeconds, toSecondsOrNull } from '../catalogue/instants.js';
import type { PageRow } from '../catalogue/page-rows.js';
import { bitsOf, filledBits } from '../drift/reading-fields.js';
import { refreshPage, showsEdition, withPageTimes } from './refresh-page.js';
import { rememberTagPages } from './store-list.js';
import type { PageResult, StoredPage } from '../../domain/page-result.js';

/** Reads an article again from its capture; null if the capture cannot be read any more. */
export type ReadObservation = (place: CaptureLocation) => Promise<Observation | null>;

type ArticleResult = Extract<PageResult, { kind: 'article' }>;

export interface StoreOptions {
  /** null: captures cannot be read again; a late observation is then placed by time. */
  readonly readObservation: ReadObservation | null;
  /** The journal of records that stand already is being filled again: outcomes are told from the journal alone. */
  readonly isRebuilding: boolean;
}

/** Evaluated when the links of the batch are decided. */
export type Finish = () => StoredPage;

/**
 * Folds one observation into its article: journal, page, record, index.
 */
export async function storeArticle(
  batch: Batch,
  result: ArticleResult,
  { readObservation, isRebuilding }: StoreOptions,
): Promise<Finish> {
  const { article, capture, page } = result;
  if (page.pageId !== `${article.edition}/${article.articleId}` || page.family !== article.family) {
    const found = `${article.edition}/${article.articleId} of ${article.family}`;
    throw new PermanentError(`Wanted the article of ${page.pageId} of ${page.family}, found ${found}`, {
      code: 'settlement.otherPage',
    });
  }
  const { tables } = batch;
  const key: ArticleKey = `${article.family}/${article.articleId}`;
  const observation: Observation = { article, capture };
  const at = toSeconds(capture.fetchedAt);
  const row = tables.articles.get(key);
  const stored = batch.load(key, row);
  const pageRow = tables.pages.ensure(page, at);
  const folded = await foldInto(batch, stored, observation, { row, pageRow, readObservation, isRebuilding });
  const { onTopic, stateKey } = entryOf(observation);
  const { outcome } = folded;
  tables.captures.add({ capture, kind: 'article', page: pageRow.id, stateKey, onTopic, outcome, reason: null });
  countReading(batch, result, pageRow.id, outcome !== 'new' && outcome !== 'offTopic');
  tables.pages.notePublished(pageRow.id, toSecondsOrNull(article.publishedAt));
  tables.pages.setValidators(pageRow.id, at, capture);
  const isStored =
    !isRebuilding &&
    row !== null &&
    !row.journalWhole &&
    folded.record !== null &&
    showsEdition(folded.record, article.edition);
  refreshPage(tables, pageRow.id, isStored);
  batch.remember(observation);
  if (folded.record === null || outcome === 'offTopic') return () => ({ outcome, record: null, isRepeat: false });
  const record = withPageTimes(tables, folded.record);
  const month = monthOf(record, observation, stored, folded.month);
  batch.put({ record, month, onDisk: stored?.onDisk ?? null }, row, row?.journalWhole ?? true);
  if (result.tagPages) rememberTagPages(batch, result.tagPages);
  return () => {
    const final = batch.records.get(key)?.record ?? record;
    const decided: Outcome = outcome === 'new' && final.duplicateOf !== null ? 'duplicate' : outcome;
    if (decided !== outcome) tables.captures.setOutcome(capture, decided);
    return { outcome: decided, record: final, isRepeat: false };
  };
}

function countReading({ tables }: Batch, result: ArticleResult, page: number, isKnown: boolean): void {
  const { article, capture, disagreed = [] } = result;
  tables.readings.add({
    edition: article.edition,
    family: article.family,
    reader: article.extractor.name,
    filled: filledBits(article),
    disagreed: bitsOf(disagreed),
    page,
    isKnown,
    capture,
    fetchedAt: toSeconds(capture.fetchedAt),
  });
}

interface FoldInput {
  readonly row: ArticleRow | null;
  readonly pageRow: PageRow;
  readonly readObservation: ReadObservation | null;
  readonly isRebuilding: boolean;
}

interface FoldResult {
  readonly record: Article | null;
  readonly outcome: FoldOutcome;
  /** Month of the first address where all observations were folded again; null: the one in force stays unless this one is earlier. */
  readonly month: string | null;
}

async function foldInto(
  batch: Batch,
  stored: WorkingRecord | null,
  observation: Observation,
  { row, pageRow, readObservation, isRebuilding }: FoldInput,
): Promise<FoldResult> {
  const timeline = batch.tables.captures.timeline(pageRow.id);
  const isInTimeline = timeline.some((entry) => entry.onTopic);
  const known = isRebuilding
    ? knownFromJournal(batch, isInTimeline, observation)
    : knownAs(isInTimeline, row, stored, observation);
  const canRefold = readObservation !== null && (row?.journalWhole ?? true);
  const before = stored?.record ?? null;
  const context: FoldContext = { timeline, known, canRefold };
  if (isRebuilding && before && isReextracted(before, observation)) {
    return { record: before, outcome: known === 'edition' ? 'unchanged' : 'new', month: null };
  }
  const folded = foldObservation(before, observation, context);
  if (folded.kind === 'folded') return { ...folded, month: null };
  const all = await readAll(batch, observation, readObservation);
  const record = all && foldObservations(all);
  if (!record) {
    const placed = foldObservation(before, observation, { ...context, canRefold: false });
    return { record: placed.kind === 'folded' ? placed.record : before, outcome: folded.outcome, month: null };
  }
  const links = { duplicates: before?.duplicates ?? [], duplicateOf: before?.duplicateOf ?? null };
  return { record: { ...record, ...links }, outcome: folded.outcome, month: firstMonth(record, all) };
}

function knownAs(
  isInTimeline: boolean,
  row: ArticleRow | null,
  stored: WorkingRecord | null,
  { article }: Observation,
): FoldContext['known'] {
  if (isInTimeline) return 'edition';
  if (!row) return 'none';
  return !row.journalWhole && stored && showsEdition(stored.record, article.edition) ? 'edition' : 'otherEdition';
}

/** A sight that the record holds already, read by another version of the reader: no edit of the agency's. */
function isReextracted(record: Article, { article, capture }: Observation): boolean {
  const { name, version } = record.extractor;
  const isHeld = showsEdition(record, article.edition) && (record.lastSeenAt ?? '') >= capture.fetchedAt;
  return isHeld && (name !== article.extractor.name || version !== article.extractor.version);
}

function knownFromJournal(batch: Batch, isInTimeline: boolean, { article }: Observation): FoldContext['known'] {
  if (isInTimeline) return 'edition';
  const pages = batch.tables.pages.ofArticle(article.family, article.articleId);
  return pages.some((page) => page.end_state === 'stored' || page.end_state === 'gone') ? 'otherEdition' : 'none';
}

/** @returns every observation of the article, this one among them; null if one cannot be read any more. */
async function readAll(
  batch: Batch,
  observation: Observation,
  readObservation: ReadObservation | null,
): Promise<Observation[] | null> {
  const { article } = observation;
  const pages = batch.tables.pages.ofArticle(article.family, article.articleId);
  const all: Observation[] = [observation];
  for (const place of batch.tables.captures.observations(pages.map((page) => page.id))) {
    const read = batch.remembered(place) ?? (await readObservation?.(place)) ?? null;
    if (read === null) return null;
    all.push(read);
  }
  return all;
}

/** See article-files.ts: the month in the address of the earliest observation that counts; of the same second, the earlier month. */
function monthOf(
  record: Article,
  { article, capture }: Observation,
  stored: WorkingRecord | null,
  refolded: string | null,
): string {
  if (refolded !== null) return refolded;
  const month = article.addressDate.slice(0, 6);
  if (!stored) return month;
  const isFirst = article.topics.length > 0 && capture.fetchedAt === record.firstSeenAt;
  if (!isFirst) return stored.month;
  return stored.record.firstSeenAt === capture.fetchedAt && stored.month < month ? stored.month : month;
}

/** @returns the month in which a record of all these observations stands. */
export function firstMonth(record: Article, observations: readonly Observation[]): string | null {
  const first = observations.filter(
    ({ article, capture }) => article.topics.length > 0 && capture.fetchedAt === record.firstSeenAt,
  );
  return first.map(({ article }) => article.addressDate.slice(0, 6)).sort()[0] ?? null;
}
