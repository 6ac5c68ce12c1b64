import { mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RecentTexts } from '../../dedupe/recent-texts.js';
import type { DedupeSettings } from '../../dedupe/settings.js';
import { noCrash, type CrashPoint } from '../../platform/crash-points.js';
import type { Logger } from '../../platform/logger.js';
import { articlePath, DAMAGED_FOLDER } from '../files/article-files.js';
import type { SetAside } from './batch.js';
import { catalogueTables } from '../catalogue/catalogue-tables.js';
import { CATALOGUE_FILE, openForWriting } from '../catalogue/open-database.js';
import type { CommitContext } from './commit-batch.js';

export interface WriterOptions {
  readonly dataDir: string;
  readonly dedupe: DedupeSettings;
  readonly log: Logger;
  readonly crashPoint?: CrashPoint;
  /** Name of the catalogue's file; default `catalogue.db`. */
  readonly catalogueFile?: string;
}

/** Opens the catalogue with everything a commit needs. @throws as `openForWriting` does. */
export function openWriter(options: WriterOptions): CommitContext {
  const { dataDir, dedupe, log, crashPoint = noCrash, catalogueFile = CATALOGUE_FILE } = options;
  const { database, isNew } = openForWriting(join(dataDir, catalogueFile));
  const tables = catalogueTables(database);
  // Nothing is settled yet, so nothing is missing.
  if (isNew) tables.listFetches.markNoted();
  return {
    dataDir,
    database,
    tables,
    dedupe,
    crashPoint,
    setAside: setAsideIn(dataDir, log),
    strays: new Map(),
    recentTexts: new RecentTexts(),
    needsScan: false,
  };
}

/** Records that cannot be read move to `damaged/`, under the path they had; never deleted. */
function setAsideIn(dataDir: string, log: Logger): SetAside {
  return (place, reason) => {
    const path = articlePath(place);
    const target = join(dataDir, DAMAGED_FOLDER, path);
    mkdirSync(dirname(target), { recursive: true });
    renameSync(join(dataDir, path), target);
    log.error({ file: path, code: reason.code, reason: reason.message }, 'set a record aside that cannot be read');
  };
}
