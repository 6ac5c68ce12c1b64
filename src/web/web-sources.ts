import type { CatalogueHandle } from './catalogue-handle.js';

/** How many jobs a queue holds. */
export interface QueueCounts {
  readonly name: string;
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
}

/** What the routes read from. */
export interface WebSources {
  readonly catalogue: CatalogueHandle;
  /** Ids of the configured topics and editions. */
  readonly topics: readonly string[];
  readonly editions: readonly string[];
  readonly version: string;
  /** How things stand, as `status --json` prints it; queues null while no Redis answers. */
  readonly status: () => Promise<{ readonly queues: readonly QueueCounts[] | null } & object>;
}
