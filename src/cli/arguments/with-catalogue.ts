import type { Config } from '../../config/config.js';
import { FatalError, UsageError } from '../../domain/errors.js';
import type { CatalogueQueries } from '../../store/catalogue/catalogue-queries.js';

/**
 * Lets a verb read the catalogue, beside a writer in another process if there is one.
 *
 * @throws {UsageError} `usage.nothingStored` where nothing has been stored yet; {FatalError} `catalogue.missing` where
 * records are.
 */
export async function withCatalogue<T>(
  config: Config,
  read: (queries: CatalogueQueries) => T | Promise<T>,
): Promise<T> {
  // Loaded when needed: SQLite takes a tenth of a second.
  const { openCatalogueQueries } = await import('../../store/catalogue/catalogue-queries.js');
  const catalogue = openCatalogueQueries(config.dataDir);
  if (catalogue === null) {
    const { hasRecords } = await import('../../store/files/record-folders.js');
    if (await hasRecords(config.dataDir)) throw catalogueGone(config.dataDir);
    throw new UsageError(`nothing is stored in ${config.dataDir} yet`, {
      code: 'usage.nothingStored',
      hint: 'run `sputnik crawl` first, or use another --data-dir',
    });
  }
  try {
    return await read(catalogue.queries);
  } finally {
    catalogue.close();
  }
}

function catalogueGone(dataDir: string): FatalError {
  return new FatalError(`There are records in ${dataDir}, but catalogue.db is missing`, {
    code: 'catalogue.missing',
    hint: 'run `sputnik crawl`, or start `sputnik serve` (restart it if it runs): it rebuilds the catalogue from records and captures; nothing is lost',
  });
}
