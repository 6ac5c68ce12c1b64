import type { Article } from '../../domain/article.js';
import { nullIfPermanent } from '../../domain/errors.js';
import type { ExtractedArticle } from '../../domain/extraction.js';
import { splitKey, type ArticleKey } from '../../domain/page.js';
import { foldObservation, type FoldContext, type FoldOutcome } from '../../records/fold-observation.js';
import { foldObservations } from '../../records/fold-observations.js';
import type { Observation } from '../../records/timeline.js';
import type { ArticleRow } from '../catalogue/articles-table.js';
import type { CatalogueTables } from '../catalogue/catalogue-tables.js';
import { derivePageState, mishapsInARow, type PageRow } from '../catalogue/pages-table.js';
import { toInstantOrNull } from '../catalogue/database.js';
import { articlePath } from '../files/article-files.js';
import type { Batch, WorkingRecord } from './batch.js';

/** An observation and the known facts about its article. */
interface FoldInput {
  readonly observation: Observation;
  /** null: the article has no row, no record. */
  readonly row: ArticleRow | null;
  readonly stored: WorkingRecord | null;
  readonly page: PageRow;
}

interface FoldedArticle {
  readonly record: Article | null;
  readonly outcome: FoldOutcome;
  /** In which the record stands, `YYYYMM`. */
  readonly month: string;
}

/** Folds one observation into the record of its article; where it comes late, all of them are read again and folded in order. */
export async function foldArticle(batch: Batch, input: FoldInput): Promise<FoldedArticle> {
  const { row, stored, page, observation } = input;
  const { isRebuilding, readObservation } = batch.context;
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
  const all = await readObservations(batch, observation.article, [observation]);
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

/** @returns the observations and all others of the article that the journal knows; null if one cannot be read any more. */
async function readObservations(
  batch: Batch,
  { family, articleId }: Pick<ExtractedArticle, 'family' | 'articleId'>,
  observations: readonly Observation[],
): Promise<Observation[] | null> {
  const { context, tables } = batch;
  const all = [...observations];
  for (const capture of tables.captures.observations(tables.pages.ofArticle(family, articleId))) {
    const read = batch.remembered(capture) ?? (await context.readObservation?.(capture)) ?? null;
    if (read === null) return null;
    all.push(read);
  }
  return all;
}

/**
 * Makes the record of an article whose file is missing or cannot be read again, from its captures, and takes it into the batch.
 *
 * @returns null where a capture of it is lost as well; that is logged.
 */
export async function restoreRecord(batch: Batch, key: ArticleKey, row: ArticleRow): Promise<WorkingRecord | null> {
  const { context, tables } = batch;
  const file = articlePath(row.location);
  const [family, articleId] = splitKey(key);
  const observations = await readObservations(batch, { family, articleId }, []).catch(nullIfPermanent);
  const folded = observations && foldObservations(observations);
  if (!folded) {
    context.log.error({ event: 'record.lost', file }, 'a record cannot be read, and its captures do not make it again');
    return null;
  }
  const links = { duplicates: tables.articles.duplicatesOf(key), duplicateOf: row.entry.link };
  const record = withPageTimes(tables, { ...folded, ...links });
  const month = firstMonth(folded, observations) ?? row.location.month;
  const restored = { record, month, onDisk: null };
  batch.put(restored, { row, journalWhole: row.journalWhole });
  context.log.warn({ event: 'record.restored', file }, 'made a record that could not be read again from its captures');
  return restored;
}

/** Restores what the batch found unreadable beside the articles that it is about. @returns whether anything was. */
export async function restoreUnreadable(batch: Batch): Promise<boolean> {
  const keys = [...batch.unreadable];
  batch.unreadable.clear();
  let isAnyRestored = false;
  for (const key of keys) {
    const row = batch.tables.articles.get(key);
    if (row !== null && (await restoreRecord(batch, key, row)) !== null) isAnyRestored = true;
  }
  return isAnyRestored;
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

/** Writes what a page is by now into its row, and whether it is listed as one that does not answer, or not with its article. */
export function refreshPage({ pages, captures, quarantine }: CatalogueTables, pageId: number, isStored: boolean): void {
  const events = captures.events(pageId);
  const state = derivePageState(events, pages.touchedAt(pageId), isStored);
  pages.setState(pageId, state);
  quarantine.noteAnswers(pageId, state, mishapsInARow(events, state));
}

/**
 * Brings into the record what the pages tell whose editions it shows: a 304 is a sight, and the article is gone since the first page of it
 * that is confirmed gone and after which no page of it was seen standing.
 */
export function withPageTimes({ pages }: Pick<CatalogueTables, 'pages'>, record: Article): Article {
  const articleId = record.id.slice(record.family.length + 1);
  const shown = pages.ofArticle(record.family, articleId).filter((page) => showsEdition(record, page.edition));
  const seenAt = sorted([record.lastSeenAt, ...shown.map((page) => toInstantOrNull(page.touchedAt))]);
  const lastSeenAt = seenAt.at(-1) ?? null;
  const goneAt = sorted(shown.map((page) => toInstantOrNull(page.goneAt)));
  return { ...record, lastSeenAt, goneAt: goneAt.find((at) => lastSeenAt === null || at > lastSeenAt) ?? null };
}

/** Whether the record holds the text of an edition. */
export function showsEdition(record: Article, edition: string): boolean {
  return record.edition === edition || record.renditions.some((rendition) => rendition.edition === edition);
}

function sorted(instants: readonly (string | null)[]): string[] {
  return instants.filter((instant) => instant !== null).sort();
}
