import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';
import { CATALOGUE_FILE } from '../store/catalogue/open-database.js';
import { openCatalogueQueries, type OpenedCatalogue } from '../store/catalogue/open-catalogue-queries.js';

/** The catalogue as it is now: opened when it is first asked for, and anew when a rebuild has put another in its place. Read only. */
export class CatalogueHandle {
  #opened: OpenedCatalogue | null = null;
  #file: number | null = null;

  constructor(private readonly dataDir: string) {}

  /** @returns null while nothing is stored. */
  reader(): CatalogueQueries | null {
    const file = statSync(join(this.dataDir, CATALOGUE_FILE), { throwIfNoEntry: false })?.ino ?? null;
    if (file !== this.#file) this.close();
    if (this.#opened === null && file !== null) {
      this.#opened = openCatalogueQueries(this.dataDir);
      this.#file = this.#opened === null ? null : file;
    }
    return this.#opened?.queries ?? null;
  }

  close(): void {
    this.#opened?.close();
    this.#opened = null;
    this.#file = null;
  }
}
