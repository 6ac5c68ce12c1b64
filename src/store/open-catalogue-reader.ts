import { CatalogueReader } from './catalogue/catalogue-reader.js';
import { openForReading } from './catalogue/open-database.js';

/** A reader beside a writer in another process. */
export interface OpenedReader {
  readonly reader: CatalogueReader;
  close(): void;
}

/**
 * Opens the catalogue read-only, for crawl processes and for verbs that only look.
 *
 * @returns null if nothing has been stored yet.
 * @throws {FatalError} `catalogue.tooNew`, `catalogue.tooOld`, `catalogue.damaged`, `disk.…`.
 */
export function openCatalogueReader(dataDir: string): OpenedReader | null {
  const database = openForReading(dataDir);
  if (!database) return null;
  return {
    reader: new CatalogueReader(dataDir, database),
    close: () => {
      database.close();
    },
  };
}
