import { CatalogueQueries } from './catalogue-queries.js';
import { openForReading } from './open-database.js';

/** A reader beside a writer in another process. */
export interface OpenedCatalogue {
  readonly reader: CatalogueQueries;
  close(): void;
}

/**
 * Opens the catalogue read-only, for crawl processes and for verbs that only look.
 *
 * @returns null if nothing has been stored yet.
 * @throws {FatalError} `catalogue.tooNew`, `catalogue.tooOld`, `catalogue.damaged`, `disk.…`.
 */
export function openCatalogueQueries(dataDir: string): OpenedCatalogue | null {
  const database = openForReading(dataDir);
  if (!database) return null;
  return {
    reader: new CatalogueQueries(dataDir, database),
    close: () => {
      database.close();
    },
  };
}
