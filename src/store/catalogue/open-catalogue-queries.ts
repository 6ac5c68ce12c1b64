import { CatalogueQueries } from './catalogue-queries.js';
import { openForReading } from './open-database.js';

/** The queries with the database that they read, beside a writer in this or another process. */
export interface OpenedCatalogue {
  readonly queries: CatalogueQueries;
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
    queries: new CatalogueQueries(dataDir, database),
    close: () => {
      database.close();
    },
  };
}
