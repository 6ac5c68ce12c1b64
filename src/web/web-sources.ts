import { statSync } from 'node:fs';
import { join } from 'node:path';
import {
  openCatalogueQueries,
  type CatalogueQueries,
  type OpenedCatalogue,
} from '../store/catalogue/catalogue-queries.js';
import { CATALOGUE_FILE } from '../store/catalogue/database.js';
import type { FailingPage } from '../store/catalogue/failed-pages.js';
import type { Freshness } from '../store/catalogue/judge-freshness.js';
import { WebRefusal } from './web-refusal.js';

/** How many jobs a queue holds. */
export interface QueueCounts {
  readonly name: string;
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
}

/** The part of the status that is shown apart from the API. */
interface WebStatus {
  /** Null: no Redis answers. */
  readonly queues: readonly QueueCounts[] | null;
  readonly freshness: readonly Freshness[];
  readonly failingPages: { readonly count: number; readonly pages: readonly FailingPage[] };
  readonly runCounts: readonly {
    readonly schedule: string;
    readonly edition: string;
    readonly skipped: number;
    readonly overlong: number;
  }[];
}

/** What the routes read from. */
export interface WebSources {
  readonly catalogue: CatalogueHandle;
  /** Ids of the configured topics and editions. */
  readonly topics: readonly string[];
  readonly editions: readonly string[];
  readonly version: string;
  /** How things stand, as `status --json` prints it. */
  readonly status: () => Promise<WebStatus>;
}

/** The catalogue as it is now, read only. A rebuild may put another file in its place; the next request opens that one. */
export class CatalogueHandle {
  #opened: OpenedCatalogue | null = null;
  #file: number | null = null;

  constructor(private readonly dataDir: string) {}

  /** @returns null while nothing is stored. */
  queries(): CatalogueQueries | null {
    const file = statSync(join(this.dataDir, CATALOGUE_FILE), { throwIfNoEntry: false })?.ino ?? null;
    if (file !== this.#file) this.close();
    if (this.#opened === null && file !== null) {
      this.#opened = openCatalogueQueries(this.dataDir);
      this.#file = this.#opened === null ? null : file;
    }
    return this.#opened?.queries ?? null;
  }

  /** @throws {WebRefusal} `web.nothingStored` while nothing is stored. */
  requireQueries(): CatalogueQueries {
    const queries = this.queries();
    if (queries !== null) return queries;
    throw new WebRefusal(503, 'web.nothingStored', 'nothing is stored yet: run sputnik crawl first');
  }

  close(): void {
    this.#opened?.close();
    this.#opened = null;
    this.#file = null;
  }
}
