import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Notice } from '../notify/notices/notice.js';
import type { NotifyStatus } from '../notify/outbox/read-notify.js';
import { dayIn, withDashes } from '../sputnik/urls/calendar-days.js';
import {
  openCatalogueQueries,
  type CatalogueQueries,
  type OpenedCatalogue,
} from '../store/catalogue/catalogue-queries.js';
import { CATALOGUE_FILE } from '../store/catalogue/database.js';
import type { JobList, JobsAsked, JobView, ListDays, WebActions, WebStatus } from './sources/views.js';
import { WebRefusal } from './web-refusal.js';

/** What the routes read from. */
export interface WebSources {
  readonly catalogue: CatalogueHandle;
  /** Ids of the configured topics and editions. */
  readonly topics: readonly string[];
  readonly editions: readonly string[];
  readonly version: string;
  /** Language of each edition, BCP 47; without it languages are not told. */
  readonly languages?: Readonly<Record<string, string>>;
  /** IANA name of each edition's time zone, by which the days in its URLs are told; without it UTC. */
  readonly timeZones?: Readonly<Record<string, string>>;
  /** What can be asked for from a page; without it nothing can. */
  readonly actions?: WebActions;
  /** The first jobs of each queue. */
  readonly jobs?: () => Promise<readonly JobView[]>;
  /** Jobs of one queue in one state; null: no queue is called so. */
  readonly jobList?: (asked: JobsAsked) => Promise<JobList | null>;
  /** Whether Bull Board is there to be looked at. */
  readonly hasQueueBoard?: boolean;
  /** What the lists of an edition told of its days, both included. */
  readonly listDays?: (edition: string, since: string, until: string) => ListDays;
  /** How telling people goes. */
  readonly notifications?: () => NotifyStatus;
  /** The picture of an edit as PNG; null where no browser is here. */
  readonly renderPicture?: (notice: Notice) => Promise<Buffer | null>;
  /** Milliseconds since the epoch; default: the machine's clock. */
  readonly now?: () => number;
  /** How things stand, as `status --json` prints it. */
  readonly status: () => Promise<WebStatus>;
}

/** The catalogue as it is now, read only. A rebuild may put another file in its place; the next request opens that one. */
export class CatalogueHandle {
  #opened: OpenedCatalogue | null = null;
  #file: number | null = null;

  constructor(readonly dataDir: string) {}

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
    throw new WebRefusal(503, 'web.nothingStored', [
      'nothing is stored yet',
      'run sputnik serve, which goes on reading, or sputnik crawl, which reads once',
      'the first articles are there after a minute or two',
    ]);
  }

  close(): void {
    this.#opened?.close();
    this.#opened = null;
    this.#file = null;
  }
}

/** @throws {WebRefusal} `web.notFound` for a topic that is not configured. */
export function requireTopic({ topics }: WebSources, topic: string | undefined): void {
  if (topic === undefined || topics.includes(topic)) return;
  throw new WebRefusal(404, 'web.notFound', [`no topic is called “${topic}”`, `there are: ${topics.join(', ')}`]);
}

/** @throws {WebRefusal} `web.notFound` for an edition that is not configured. */
export function requireEdition({ editions }: WebSources, edition: string | undefined): void {
  if (edition === undefined || editions.includes(edition)) return;
  throw new WebRefusal(404, 'web.notFound', [`no edition is called “${edition}”`, `there are: ${editions.join(', ')}`]);
}

/** @throws {WebRefusal} `web.notFound` where nothing can be asked for from the pages. */
export function requireActions({ actions }: WebSources): WebActions {
  if (actions !== undefined) return actions;
  throw new WebRefusal(404, 'web.notFound', 'nothing can be decided from here');
}

/** @returns the day that it is where the edition is published, `2023-04-12`. */
export function todayAt(edition: string, { timeZones = {}, now = Date.now }: WebSources): string {
  return withDashes(dayIn(timeZones[edition] ?? 'UTC', now()));
}
