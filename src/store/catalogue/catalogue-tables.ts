import { articleRows, type ArticleRows } from './article-rows.js';
import { captureLog, type CaptureLog } from './capture-log.js';
import { fullText, type FullText } from './full-text.js';
import { listFetchRows, type ListFetchRows } from './list-fetch-rows.js';
import { nameRows, type NameRows } from './name-rows.js';
import { neighbourRows, type NeighbourRows } from './neighbour-rows.js';
import type { Database } from './open-database.js';
import { pageRows, type PageRows } from './page-rows.js';
import { quarantineRows, type QuarantineRows } from './quarantine-rows.js';
import { readingRows, type ReadingRows } from './reading-rows.js';
import { extractorChangeRows, type ExtractorChangeRows } from './extractor-change-rows.js';
import { runRows, type RunRows } from './run-rows.js';
import { announcementRows, type AnnouncementRows } from './announcement-rows.js';

/** The writer's view of the catalogue: one object per table, statements prepared once. */
export interface CatalogueTables {
  readonly names: NameRows;
  readonly articles: ArticleRows;
  readonly captures: CaptureLog;
  readonly fullText: FullText;
  readonly neighbours: NeighbourRows;
  readonly listFetches: ListFetchRows;
  readonly pages: PageRows;
  readonly quarantine: QuarantineRows;
  readonly readings: ReadingRows;
  readonly sightings: AnnouncementRows;
  readonly runs: RunRows;
  readonly extractorChanges: ExtractorChangeRows;
}

export function catalogueTables(database: Database): CatalogueTables {
  const names = nameRows(database);
  return {
    names,
    articles: articleRows(database, names),
    captures: captureLog(database, names),
    fullText: fullText(database),
    neighbours: neighbourRows(database),
    listFetches: listFetchRows(database, names),
    pages: pageRows(database, names),
    quarantine: quarantineRows(database, names),
    readings: readingRows(database, names),
    sightings: announcementRows(database, names),
    runs: runRows(database),
    extractorChanges: extractorChangeRows(database, names),
  };
}
