import type { Queues } from './open-queues.js';

/**
 * Lets jobs that a dead process had in hand be taken up within seconds, not after their lock has run out. Only for who
 * knows that nobody is at work, because the server was started just now.
 */
export async function releaseDeadJobs({ crawl, redis }: Pick<Queues, 'crawl' | 'redis'>): Promise<void> {
  const ids = await redis.lrange(crawl.toKey('active'), 0, -1);
  if (ids.length > 0) await redis.unlink(...ids.map((id) => `${crawl.toKey(id)}:lock`));
}
