import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Notice } from '../notify/notices/notice.js';
import type { CountedMessage, MessagesAsked, NotifyStatus } from '../notify/outbox/read-notify.js';
import { dayIn, withDashes } from '../sputnik/urls/calendar-days.js';
import {
  openCatalogueQueries,
  type CatalogueQueries,
  type OpenedCatalogue,
} from '../store/catalogue/catalogue-queries.js';
import { CATALOGUE_FILE } from '../store/catalogue/database.js';
import type { JobList, JobsAsked, JobView, ListDays, WebActions, WebStatus } from './sources/views.js';
import { WebRefusal } from './web-refusal.js';

/** Everything that the routes read. */
export interface WebSources {
  readonly catalogue: CatalogueHandle;
  /** Ids of the configured topics and editions. */
  readonly topics: readonly string[];
  readonly editions: readonly string[];
  readonly version: string;
  /** Language of each edition, BCP 47. Without it, languages are not shown. */
  readonly languages?: Readonly<Record<string, string>>;
  /** IANA name of each edition's time zone, in which the days in its URLs are counted; default: UTC. */
  readonly timeZones?: Readonly<Record<string, string>>;
  /** What the forms of the pages can do. Without it, the pages have no forms. */
  readonly actions?: WebActions;
  /** The first jobs of each queue. */
  readonly jobs?: () => Promise<readonly JobView[]>;
  /** Jobs of one queue in one state; null: no queue has this name. */
  readonly jobList?: (asked: JobsAsked) => Promise<JobList | null>;
  /** Whether Bull Board is switched on. */
  readonly hasQueueBoard?: boolean;
  /** What is known of the lists of an edition for some days, both included. */
  readonly listDays?: (edition: string, since: string, until: string) => ListDays;
  /** The state of notifications. */
  readonly notifications?: () => NotifyStatus;
  /** What one of its numbers counts. */
  readonly ruleMessages?: (asked: MessagesAsked) => readonly CountedMessage[];
  /** The picture of an edit as PNG; null if this machine has no browser. */
  readonly renderPicture?: (notice: Notice) => Promise<Buffer | null>;
  /** Milliseconds since the epoch; default: the machine's clock. */
  readonly now?: () => number;
  /** The status, as `status --json` prints it. */
  readonly status: () => Promise<WebStatus>;
}

/** The catalogue, read only. After a rebuild has replaced its file, the next request opens the new file. */
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
      'run sputnik serve, which crawls on schedule, or sputnik crawl, which crawls once',
      'the first articles are there after a minute or two',
    ]);
  }

  close(): void {
    this.#opened?.close();
    this.#opened = null;
    this.#file = null;
  }
}

/** @throws {WebRefusal} `web.notFound` if the topic or the edition is not configured. */
export function requireKnown(
  sources: WebSources,
  { topic, edition }: { readonly topic?: string | undefined; readonly edition?: string | undefined },
): void {
  requireTopic(sources, topic);
  requireEdition(sources, edition);
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

/** @throws {WebRefusal} `web.notFound` if the pages have no forms. */
export function requireActions({ actions }: WebSources): WebActions {
  if (actions !== undefined) return actions;
  throw new WebRefusal(404, 'web.notFound', 'nothing can be decided from here');
}

/** @returns today's date in the time zone of the edition, `2023-04-12`. */
export function todayAt(edition: string, { timeZones = {}, now = Date.now }: WebSources): string {
  return withDashes(dayIn(timeZones[edition] ?? 'UTC', now()));
}
