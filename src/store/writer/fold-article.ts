import type { Article } from '../../domain/article.js';
import { foldObservation, type FoldContext, type FoldOutcome } from '../../records/fold-observation.js';
import { foldObservations } from '../../records/fold-observations.js';
import type { Observation } from '../../records/timeline.js';
import type { ArticleRow } from '../catalogue/articles-table.js';
import type { PageRow } from '../catalogue/pages-table.js';
import type { Batch, WorkingRecord } from './batch.js';
import type { ReadObservation } from './capture-interpreter.js';
import { showsEdition } from './refresh-page.js';

export interface FoldOptions {
  /** null: captures cannot be read again; a late observation is then placed by time. */
  readonly readObservation: ReadObservation | null;
  /** The journal of records that stand already is being filled again: outcomes are told from the journal alone. */
  readonly isRebuilding: boolean;
}

/** An observation and what is known of its article. */
export interface FoldInput {
  readonly observation: Observation;
  /** null: the article has no row, no record. */
  readonly row: ArticleRow | null;
  readonly stored: WorkingRecord | null;
  readonly page: PageRow;
}

export interface FoldedArticle {
  readonly record: Article | null;
  readonly outcome: FoldOutcome;
  /** In which the record stands, `YYYYMM`. */
  readonly month: string;
}

/** Folds one observation into the record of its article; where it comes late, all of them are read again and folded in order. */
export async function foldArticle(batch: Batch, input: FoldInput, options: FoldOptions): Promise<FoldedArticle> {
  const { row, stored, page, observation } = input;
  const { readObservation, isRebuilding } = options;
  const timeline = batch.tables.captures.timeline(page.id);
  const isInTimeline = timeline.some((entry) => entry.onTopic);
  const known = isInTimeline
    ? 'edition'
    : isRebuilding
      ? knownFromJournal(batch, observation)
      : knownFromRecord(row, stored, observation);
  const before = stored?.record ?? null;
  const context: FoldContext = { timeline, known, canRefold: readObservation !== null && (row?.journalWhole ?? true) };
  const placed = (record: Article | null, outcome: FoldOutcome): FoldedArticle => {
    return { record, outcome, month: monthOf(record, observation, stored) };
  };
  if (isRebuilding && before && isReextracted(before, observation)) {
    return placed(before, known === 'edition' ? 'unchanged' : 'new');
  }
  const folded = foldObservation(before, observation, context);
  if (folded.kind === 'folded') return placed(folded.record, folded.outcome);
  const all = await readAll(batch, observation, readObservation);
  const record = all && foldObservations(all);
  if (!record) {
    const late = foldObservation(before, observation, { ...context, canRefold: false });
    return placed(late.kind === 'folded' ? late.record : before, folded.outcome);
  }
  const links = { duplicates: before?.duplicates ?? [], duplicateOf: before?.duplicateOf ?? null };
  const month = firstMonth(record, all) ?? monthOf(record, observation, stored);
  return { record: { ...record, ...links }, outcome: folded.outcome, month };
}

function knownFromRecord(
  row: ArticleRow | null,
  stored: WorkingRecord | null,
  { article }: Observation,
): FoldContext['known'] {
  if (!row) return 'none';
  return !row.journalWhole && stored && showsEdition(stored.record, article.edition) ? 'edition' : 'otherEdition';
}

function knownFromJournal({ tables }: Batch, { article }: Observation): FoldContext['known'] {
  const pages = tables.pages.ofArticle(article.family, article.articleId);
  return pages.some((page) => page.endState === 'stored' || page.endState === 'gone') ? 'otherEdition' : 'none';
}

/** A sight that the record holds already, read by another version of the extractor: no edit of the agency's. */
function isReextracted(record: Article, { article, capture }: Observation): boolean {
  const { name, version } = record.extractor;
  const isHeld = showsEdition(record, article.edition) && (record.lastSeenAt ?? '') >= capture.fetchedAt;
  return isHeld && (name !== article.extractor.name || version !== article.extractor.version);
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
  for (const capture of batch.tables.captures.observations(pages)) {
    const read = batch.remembered(capture) ?? (await readObservation?.(capture)) ?? null;
    if (read === null) return null;
    all.push(read);
  }
  return all;
}

/** See article-files.ts: the month in the URL of the earliest observation that counts; of the same second, the earlier month. */
function monthOf(record: Article | null, { article, capture }: Observation, stored: WorkingRecord | null): string {
  const month = article.addressDate.slice(0, 6);
  if (!stored) return month;
  const isFirst = article.topics.length > 0 && capture.fetchedAt === record?.firstSeenAt;
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
