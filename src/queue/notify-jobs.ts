import type { Queue } from 'bullmq';
import { createHash } from 'node:crypto';
import { z } from 'zod';

/**
 * Queue `notify`: messages on their way to people. Its worker runs in the process that writes the data directory. The
 * messages are in `notify.db` there, so a lost queue is filled again.
 *
 * | kind     | asks the worker to                                                | job id |
 * |----------|-------------------------------------------------------------------|--------|
 * | `send`   | deliver one message                                               | `m-<message id>`, `m-<message id>-<n>` after the n-th retry that somebody asked for |
 * | `decide` | send undelivered messages again (`retry`), or give them up (`drop`) | `decide-<digest of the decision>-<second>` |
 */

/** Messages that one decision names. */
export const DECIDED_MAX = 1_000;

const messageId = z.string().regex(/^[0-9a-f]{32}$/);

export const notifyJobSchema = z.discriminatedUnion('kind', [
  z.strictObject({ v: z.literal(1), kind: z.literal('send'), message: messageId }),
  z.strictObject({
    v: z.literal(1),
    kind: z.literal('decide'),
    action: z.enum(['retry', 'drop']),
    messages: z.array(messageId).max(DECIDED_MAX),
  }),
]);
export type NotifyJob = z.infer<typeof notifyJobSchema>;
export type Decision = Extract<NotifyJob, { kind: 'decide' }>['action'];

/** Messages whose jobs are looked for at a time. */
const QUEUED_AT_ONCE = 1_000;

/**
 * Adds messages; one that is queued already stays once. A job that is in no list of the queue any more, because somebody
 * deleted the list, is replaced: with its id still taken it would never be added again.
 *
 * @param messages  `retries`: how often somebody has asked for it to be sent again.
 * @param attempts  Tries before a message counts as undelivered.
 */
export async function queueMessages(
  queue: Queue<NotifyJob>,
  messages: readonly { readonly id: string; readonly retries: number }[],
  attempts: number,
): Promise<void> {
  for (let from = 0; from < messages.length; from += QUEUED_AT_ONCE) {
    const jobs = messages.slice(from, from + QUEUED_AT_ONCE).map(({ id, retries }) => ({
      name: 'send',
      data: { v: 1 as const, kind: 'send' as const, message: id },
      opts: { jobId: `m-${id}${retries === 0 ? '' : `-${retries}`}`, attempts, backoff: { type: 'custom' } },
    }));
    const states = await Promise.all(jobs.map(({ opts }) => queue.getJobState(opts.jobId)));
    const missing = jobs.filter((_, index) => states[index] === 'unknown');
    await Promise.all(missing.map(({ opts }) => queue.remove(opts.jobId)));
    await queue.addBulk(missing);
  }
}

/** Asks for a decision about undelivered messages. The same decision within a second is one job. @param nowMs  Since the epoch. */
export async function queueDecision(
  queue: Queue<NotifyJob>,
  action: Decision,
  messages: readonly string[],
  nowMs: number,
): Promise<void> {
  const job = notifyJobSchema.parse({ v: 1, kind: 'decide', action, messages: [...messages] });
  const digest = createHash('sha256').update(JSON.stringify(job)).digest('hex').slice(0, 24);
  await queue.add('decide', job, { jobId: `decide-${digest}-${Math.floor(nowMs / 1_000)}`, attempts: 5 });
}
