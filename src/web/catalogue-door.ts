import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { CatalogueReader } from '../store/catalogue/catalogue-reader.js';
import { CATALOGUE_FILE } from '../store/catalogue/open-database.js';
import { openCatalogueReader, type OpenedReader } from '../store/open-catalogue-reader.js';

/** The catalogue as it is now: opened when it is first asked for, and anew when a rebuild has put another in its place. Read only. */
export class CatalogueDoor {
  #opened: OpenedReader | null = null;
  #file: number | null = null;

  constructor(private readonly dataDir: string) {}

  /** @returns null while nothing is stored. */
  reader(): CatalogueReader | null {
    const file = statSync(join(this.dataDir, CATALOGUE_FILE), { throwIfNoEntry: false })?.ino ?? null;
    if (file !== this.#file) this.close();
    if (this.#opened === null && file !== null) {
      this.#opened = openCatalogueReader(this.dataDir);
      this.#file = this.#opened === null ? null : file;
    }
    return this.#opened?.reader ?? null;
  }

  close(): void {
    this.#opened?.close();
    this.#opened = null;
    this.#file = null;
  }
}
