import { articleRows, type ArticleRows } from './article-rows.js';
import { captureLog, type CaptureLog } from './capture-log.js';
import { fullText, type FullText } from './full-text.js';
import { listVisitRows, type ListVisitRows } from './list-visit-rows.js';
import { nameRows, type NameRows } from './name-rows.js';
import { neighbourRows, type NeighbourRows } from './neighbour-rows.js';
import type { Database } from './open-database.js';
import { pageRows, type PageRows } from './page-rows.js';
import { quarantineRows, type QuarantineRows } from './quarantine-rows.js';
import { readingRows, type ReadingRows } from './reading-rows.js';
import { readerChangeRows, type ReaderChangeRows } from './reader-change-rows.js';
import { runRows, type RunRows } from './run-rows.js';
import { sightingRows, type SightingRows } from './sighting-rows.js';

/** The writer's view of the catalogue: one object per table, statements prepared once. */
export interface CatalogueTables {
  readonly names: NameRows;
  readonly articles: ArticleRows;
  readonly captures: CaptureLog;
  readonly fullText: FullText;
  readonly neighbours: NeighbourRows;
  readonly listVisits: ListVisitRows;
  readonly pages: PageRows;
  readonly quarantine: QuarantineRows;
  readonly readings: ReadingRows;
  readonly sightings: SightingRows;
  readonly runs: RunRows;
  readonly readerChanges: ReaderChangeRows;
}

export function catalogueTables(database: Database): CatalogueTables {
  const names = nameRows(database);
  return {
    names,
    articles: articleRows(database, names),
    captures: captureLog(database, names),
    fullText: fullText(database),
    neighbours: neighbourRows(database),
    listVisits: listVisitRows(database, names),
    pages: pageRows(database, names),
    quarantine: quarantineRows(database, names),
    readings: readingRows(database, names),
    sightings: sightingRows(database, names),
    runs: runRows(database),
    readerChanges: readerChangeRows(database, names),
  };
}
