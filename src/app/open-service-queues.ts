import type { Closers } from '../platform/closers.js';
import { acquireDataDirLock } from '../platform/data-dir-lock.js';
import { connectRedis } from '../redis/connection.js';
import { openQueues, type Queues } from '../queue/open-queues.js';
import { SERVICE_PREFIX, type Runtime } from './open-harvester.js';
import { findRedis, openRedisAsOwner } from './open-redis.js';

/**
 * Opens the service's queues for a command that leaves something in them, whether the service runs now or later.
 * An embedded Redis is started for the moment where none runs; the data directory is locked meanwhile.
 *
 * @param command  For the lock: `sputnik schedule pause`.
 * @param closers  What is opened is pushed here.
 * @throws {FatalError} `lock.held` where another command is at work that brought no Redis; `redis.…`.
 */
export async function openServiceQueues(runtime: Runtime, command: string, closers: Closers): Promise<Queues> {
  const { config, clock } = runtime;
  let location = findRedis(config);
  if (location === null) {
    const lock = await acquireDataDirLock(config.dataDir, { purpose: 'queue', command, clock });
    closers.push('lock', () => {
      lock.release();
    });
    location = await openRedisAsOwner({ ...runtime, closers }, lock);
  }
  const producer = await connectRedis(location, 'producer');
  closers.push('producer connection', () => {
    producer.disconnect();
  });
  const queues = openQueues(producer, SERVICE_PREFIX);
  closers.push('queues', () => queues.close());
  return queues;
}
