import { join } from 'node:path';
import { FatalError } from '../../domain/errors.js';
import type { Closers } from '../../platform/closers.js';
import { keepDataDirIdentity, type DataDirIdentity } from '../../platform/data-dir-id.js';
import type { DataDirLock } from '../../platform/data-dir-lock.js';
import { diskError } from '../../platform/disk-error.js';
import { fileNumber } from '../../platform/atomic-files.js';
import type { Logger } from '../../platform/logger.js';

/** Files that the writer holds open or has written to. Data written to a deleted file is lost. */
const WATCHED: Readonly<Record<string, string>> = {
  'catalogue.db': 'start the service again: it is made again from records and captures',
  'notify.db': 'stop the service in order, which writes it once more, and start it again',
  captures: 'bring it back from a backup, and start the service again',
  articles: 'bring it back from a backup, or end the service and run `sputnik verify --repair`',
  duplicates: 'bring it back from a backup, or end the service and run `sputnik verify --repair`',
};
/** Most files of a data directory are looked at so often; a lock or an id that was deleted is put back then. */
const LOOK_MS = 5_000;

/** Detects files that are deleted or replaced under a running writer. */
export class FilesAtWork {
  /** Why the lock and the id cannot be kept where they belong; null: they are there. */
  trouble: string | null = null;
  readonly #known = new Map<string, string>();

  constructor(private readonly dataDir: string) {
    this.look();
  }

  /**
   * @returns files that are no longer where they were, each with a hint. A file that appears for the first time counts
   * as the writer's own.
   */
  look(): string[] {
    const gone = Object.entries(WATCHED).flatMap(([name, remedy]) => {
      const found = fileNumber(join(this.dataDir, name));
      const known = this.#known.get(name);
      if (known === found) return [];
      if (known !== undefined)
        return [`${name} was ${found === null ? 'deleted' : 'replaced'} under the service; ${remedy}`];
      if (found !== null) this.#known.set(name, found);
      return [];
    });
    return this.trouble === null ? gone : [this.trouble, ...gone];
  }
}

interface WatchRequest {
  readonly dataDir: string;
  readonly lock: DataDirLock;
  readonly identity: DataDirIdentity;
  readonly log: Logger;
  readonly onFatal: (error: FatalError) => void;
  readonly closers: Closers;
}

/** Looks after the files of a writer as long as it works: lock and id are put back, anything else is named in the log, once. */
export function watchFiles(request: WatchRequest): FilesAtWork {
  const { dataDir, log, onFatal, closers } = request;
  const files = new FilesAtWork(dataDir);
  let told: readonly string[] = [];
  const look = async (): Promise<void> => {
    const lost = await keepLock(request, files);
    if (lost !== null) {
      clearInterval(timer);
      onFatal(lost);
      return;
    }
    const reasons = files.look();
    for (const reason of reasons.filter((found) => !told.includes(found)))
      log.error({ event: 'files.gone', reason }, 'what the service works with is not where it was');
    for (const reason of told.filter((earlier) => !reasons.includes(earlier)))
      log.info({ event: 'files.back', reason }, 'this is in order again');
    told = reasons;
  };
  let looking: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, LOOK_MS);
  closers.push('files at work', async () => {
    clearInterval(timer);
    await looking;
  });
  return files;
}

/**
 * Never rejects; a file that cannot be put back is noted.
 *
 * @returns why this process may not go on; null: it may.
 */
async function keepLock(
  { dataDir, lock, identity, log }: WatchRequest,
  files: FilesAtWork,
): Promise<FatalError | null> {
  try {
    const putBack = await lock.keep();
    if (await keepDataDirIdentity(dataDir, identity)) putBack.push('data-dir.json');
    for (const file of putBack)
      log.warn({ event: 'files.putBack', file }, 'put a file back that somebody had deleted or changed');
    files.trouble = null;
  } catch (error) {
    const { code, hint } = diskError(`look after ${dataDir}`, error);
    if (error instanceof FatalError && code === 'lock.lost') return error;
    // The error's own words differ each time, by the name of a temporary file.
    files.trouble = `the lock or the id of ${dataDir} cannot be kept in place (${code}); ${hint ?? ''}`;
  }
  return null;
}
