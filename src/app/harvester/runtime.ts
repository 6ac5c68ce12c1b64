import { createHash } from 'node:crypto';
import type { Config } from '../../config/config.js';
import type { Environment } from '../../config/environment.js';
import type { HostThrottle } from '../../crawlers/politeness/host-throttle.js';
import { FatalError } from '../../domain/errors.js';
import type { Clock } from '../../platform/clock.js';
import type { CrashPoint } from '../../platform/crash-points.js';
import { readDataDirIdentity } from '../../platform/data-dir-id.js';
import { readLockHolder } from '../../platform/data-dir-lock.js';
import type { Logger } from '../../platform/logger.js';
import { VERSION } from '../../platform/package-dir.js';
import type { Extractor } from '../../workers/extract-page.js';
import type { WorkerSettings } from '../../workers/start-workers.js';

/** What a process is given from outside; the whole injection story. */
export interface Runtime {
  readonly config: Config;
  readonly environment: Environment;
  readonly clock: Clock;
  readonly log: Logger;
  readonly crashPoint?: CrashPoint;
  /** Whether captures are about to be extracted as fast as they are read. */
  readonly isBulk?: boolean;
  /** Keeps each host's pace; default: one that every process shares through Redis. */
  readonly throttle?: HostThrottle;
  /** For tests: how long a crawl is a process's own without a sign of life, and how often others look for lost ones. */
  readonly crawlTimes?: WorkerSettings['times'];
  /** For tests: makes another extractor of today's, such as the one of an earlier version. */
  readonly extractor?: (today: Extractor) => Extractor;
}

/** Name and version, as captures state them: `sputnik-harvester/0.2.0`. */
export const SOFTWARE = `sputnik-harvester/${VERSION}`;

/**
 * `<dataDir>/crawl-host.json`: for which writer, by its prefix in Redis, the captures in the directory of a crawl host
 * are.
 */
export const BINDING_FILE = 'crawl-host.json';

/**
 * @returns the prefix of the service's keys in Redis, under which other programs enqueue: the setting, or otherwise
 * derived from the id of the data directory, so that several can share one Redis. Before there is an id, nothing is
 * queued.
 * @throws {FatalError} `disk.identity` if the id was deleted while a process works there.
 */
export function servicePrefix({ dataDir, redis }: Config): string {
  if (redis.prefix !== null) return redis.prefix;
  const identity = readDataDirIdentity(dataDir);
  // Who works there has made the id before it said who it is.
  if (identity === null && (readLockHolder(dataDir)?.pid ?? 0) > 0) throw identityGone(dataDir);
  return `sputnik-${identity?.id ?? 'none'}`;
}

function identityGone(dataDir: string): FatalError {
  return new FatalError(`data-dir.json, which holds the id of ${dataDir}, was deleted while a process works there`, {
    code: 'disk.identity',
    hint: 'try again in ten seconds: that process writes it again',
  });
}

/** @returns that of a command that works alone: its crawl must not take up what a service left queued. */
export function commandPrefix(config: Config): string {
  return `${servicePrefix(config)}-cli`;
}

/**
 * Under which an older release queued, whatever the data directory: first the service, then a command that worked
 * alone.
 */
export function olderPrefixes({ dataDir }: Config): [service: string, command: string] {
  return ['sputnik', `sputnik-cli-${createHash('sha256').update(dataDir).digest('hex').slice(0, 8)}`];
}

/** Whether a service works in the data directory now. */
export function isServed({ dataDir }: Config): boolean {
  return readLockHolder(dataDir)?.purpose === 'serve';
}
