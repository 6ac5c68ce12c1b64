import { FatalError } from '../../domain/errors.js';
import { Closers } from '../../platform/closers.js';
import { ensureDataDirIdentity } from '../../platform/data-dir-id.js';
import { acquireDataDirLock, readLockHolder } from '../../platform/data-dir-lock.js';
import { openQueues, type Queues } from '../../queue/open-queues.js';
import { findRedis, openRedisAsOwner } from '../../redis/find-redis.js';
import { watchRedis } from '../../redis/connection.js';
import { hasWriter } from '../../redis/writer-lease.js';
import { type Harvester, openHarvester, openQueueClient, type QueueClient } from './open-harvester.js';
import { isServed, servicePrefix, type Runtime } from './runtime.js';

export interface WorkRequest extends Runtime {
  readonly signal: AbortSignal;
}

/** What a command hands its work over with. */
export interface WorkClient extends QueueClient {
  /** The writer, where it works in this process; null: a service does the work. */
  readonly harvester: Harvester | null;
  /** Aborted by the command's signal, or when something deep inside cannot go on. */
  readonly stop: FatalStop;
}

/**
 * The one way to have work done: by the service that works in the data directory if there is one, since only one
 * process may write there, else by a writer in this process, which ends with the command. Either way through the
 * queues.
 *
 * @param verb  For the lock, where there is no service.
 * @throws {FatalError} `lock.held` when another command works there; `redis.none`; `redis.lost`; what opening throws.
 */
export async function withHarvester<T>(
  request: WorkRequest,
  verb: string,
  work: (client: WorkClient) => Promise<T>,
): Promise<T> {
  const stop = new FatalStop(request.signal);
  const closers = new Closers(request.log);
  return closers.closeAfter(async () => {
    const client = isServed(request.config)
      ? { ...(await joinService(request, stop, closers)), harvester: null, stop }
      : await workAlone(request, verb, stop, closers);
    try {
      const result = await work(client);
      // A summary of the work done so far does not count as success.
      stop.throwIfStopped();
      return result;
    } catch (error) {
      // Why it was stopped says more than how that ended.
      stop.throwIfStopped();
      throw error;
    }
  });
}

async function joinService(request: WorkRequest, stop: FatalStop, closers: Closers): Promise<QueueClient> {
  const location = findRedis(request.config);
  if (location === null) {
    throw new FatalError(`the service that works in ${request.config.dataDir} has no Redis yet`, {
      code: 'redis.none',
      hint: 'try again in a moment',
    });
  }
  const client = await openQueueClient(request, location, servicePrefix(request.config), closers);
  watchRedis(client.queues, stop.stop, closers);
  await expectWriter(client.queues);
  return client;
}

/** A service says every 5 s that it lives. */
const WRITER_LOOKS_MAX = 14;
const WRITER_LOOK_MS = 500;

/**
 * @throws {FatalError} `redis.noWriter` where no service works under the prefix: whatever is queued there would wait
 * for ever.
 */
async function expectWriter({ redis, prefix }: Queues): Promise<void> {
  for (let looks = 1; !(await hasWriter(redis, prefix)); looks += 1) {
    if (looks === WRITER_LOOKS_MAX) {
      throw new FatalError(`for 15 s no service has reported in this Redis under the prefix ${prefix}`, {
        code: 'redis.noWriter',
        hint: 'check whether `sputnik serve` is stopped or frozen, or has a different redis.prefix or redis.url from this command; `sputnik status` shows it',
      });
    }
    await new Promise((done) => setTimeout(done, WRITER_LOOK_MS));
  }
}

async function workAlone(request: WorkRequest, verb: string, stop: FatalStop, closers: Closers): Promise<WorkClient> {
  const harvester = await openHarvester(request, { purpose: verb, onFatal: stop.stop, closers });
  return { ...harvester, harvester, stop };
}

/**
 * Opens the service's queues for a command that leaves something in them, whether the service runs now or later.
 * An embedded Redis is started for the moment where none runs; the data directory is locked meanwhile.
 *
 * @param command  For the lock: `sputnik schedule pause`.
 * @throws {FatalError} `lock.held` where another command is at work that brought no Redis; `redis.…`.
 */
export async function withServiceQueues<T>(
  runtime: Runtime,
  command: string,
  work: (queues: Queues) => Promise<T>,
): Promise<T> {
  const { config, clock } = runtime;
  const closers = new Closers(runtime.log);
  return closers.closeAfter(async () => {
    let location = findRedis(config);
    if (location === null) {
      const lock = await acquireDataDirLock(config.dataDir, { purpose: 'queue', command, clock });
      closers.push('lock', lock.release);
      location = await openRedisAsOwner({ ...runtime, closers }, lock);
    }
    if (readLockHolder(config.dataDir) === null) ensureDataDirIdentity(config.dataDir);
    const queues = await openQueues(location, servicePrefix(config), closers);
    if (isServed(config)) await expectWriter(queues);
    return work(queues);
  });
}

/** The error for lost jobs that a command waits for. */
export function jobsLost(): FatalError {
  return new FatalError('jobs vanished from the queue while this command waited for them', {
    code: 'jobs.lost',
    hint: 'check whether something else empties this Redis or evicts keys from it; the next start processes what was captured',
  });
}

/** Stops the work when an inner part cannot go on, and keeps the first reason for the report. */
export class FatalStop {
  readonly #controller = new AbortController();
  #first: FatalError | null = null;

  /** Aborted by the first fatal error, or by the signal that was given. */
  readonly signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.signal = AbortSignal.any([signal, this.#controller.signal]);
  }

  readonly stop = (error: FatalError): void => {
    this.#first ??= error;
    this.#controller.abort();
  };

  /** @throws {FatalError} the first one, if there was any. */
  throwIfStopped(): void {
    if (this.#first !== null) throw this.#first;
  }

  /**
   * Waits for work that ends by itself when it is stopped, and no longer than `patienceMs` after that: what tells its
   * end may be the very thing that failed.
   *
   * @throws {FatalError} the first one; `stop.impatient` where a signal stopped the work and nothing more was heard of
   * it.
   */
  async orEnd<T>(work: Promise<T>, patienceMs: number): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    let onAbort: () => void = () => undefined;
    const late = new Promise<never>((_, reject) => {
      onAbort = () => {
        timer = setTimeout(() => {
          const message = `stopped; what was under way did not end within ${patienceMs} ms`;
          reject(this.#first ?? new FatalError(message, { code: 'stop.impatient' }));
        }, patienceMs);
      };
      if (this.signal.aborted) onAbort();
      else this.signal.addEventListener('abort', onAbort, { once: true });
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
      this.signal.removeEventListener('abort', onAbort);
      // Nobody hears of its failure any more.
      work.catch(() => undefined);
    }
  }
}
