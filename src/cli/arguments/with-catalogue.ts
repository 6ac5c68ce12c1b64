import type { Config } from '../../config/config.js';
import { UsageError } from '../../domain/errors.js';
import type { CatalogueQueries } from '../../store/catalogue/catalogue-queries.js';

/**
 * Lets a verb read the catalogue, beside a writer in another process if there is one.
 *
 * @throws {UsageError} `usage.nothingStored` where nothing has been stored yet.
 */
export async function withCatalogue<T>(
  config: Config,
  read: (queries: CatalogueQueries) => T | Promise<T>,
): Promise<T> {
  // Loaded when needed: SQLite takes a tenth of a second.
  const { openCatalogueQueries } = await import('../../store/catalogue/catalogue-queries.js');
  const catalogue = openCatalogueQueries(config.dataDir);
  if (catalogue === null) {
    throw new UsageError(`nothing is stored in ${config.dataDir} yet`, {
      code: 'usage.nothingStored',
      hint: 'run `sputnik crawl` first, or name another --data-dir',
    });
  }
  try {
    return await read(catalogue.queries);
  } finally {
    catalogue.close();
  }
}
