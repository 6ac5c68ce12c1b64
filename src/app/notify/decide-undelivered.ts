import { UsageError } from '../../domain/errors.js';
import { openOutboxForReading } from '../../notify/outbox/outbox-database.js';
import { OutboxReads } from '../../notify/outbox/read-notify.js';
import { Closers } from '../../platform/closers.js';
import { DECIDED_MAX, queueDecision, type Decision } from '../../queue/notify-jobs.js';
import { openNotifyQueue } from '../../queue/open-queues.js';
import { isServed, type Runtime } from '../harvester/runtime.js';
import { withServiceQueues } from '../harvester/with-harvester.js';

/** The result of a decision about undelivered messages. */
export interface NotifyDecision {
  readonly action: Decision;
  readonly messages: readonly string[];
  /** Whether a service works in the data directory and carries out the decision; otherwise the next one will. */
  readonly served: boolean;
}

/** So long is waited for a service that is at work. */
const DONE_MS = 3_000;
const LOOK_MS = 100;
/** Shortest beginning of an id. */
const WORD_MIN = 4;

/**
 * Has undelivered messages sent again, or given up, and waits a moment for it.
 *
 * @param words  Ids, or how they begin; null: all, a thousand at a time.
 * @throws {UsageError} `notify.unknown` for one of none of them; what `withServiceQueues` throws.
 */
export async function decideUndelivered(
  runtime: Runtime,
  action: Decision,
  words: readonly string[] | null,
): Promise<NotifyDecision> {
  const { config, clock, log } = runtime;
  const known = undeliveredIds(config.dataDir);
  const messages = words === null ? known : [...new Set(words)].map((word) => messageNamed(word, known));
  const served = isServed(config);
  if (messages.length === 0) return { action, messages, served };
  const closers = new Closers(log);
  await withServiceQueues(runtime, `sputnik notify ${action}`, (queues) =>
    closers.closeAfter(() => queueDecision(openNotifyQueue(queues, closers), action, messages, clock.now())),
  );
  const isOpen = (): boolean => undeliveredIds(config.dataDir).some((id) => messages.includes(id));
  for (let waitedMs = 0; served && waitedMs < DONE_MS && isOpen(); waitedMs += LOOK_MS)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  return { action, messages, served };
}

function messageNamed(word: string, known: readonly string[]): string {
  const [found, ...others] = known.filter((id) => id.startsWith(word));
  if (found !== undefined && others.length === 0 && word.length >= WORD_MIN) return found;
  throw new UsageError(`no single undelivered message has an id that begins with ${word}`, {
    code: 'notify.unknown',
    hint: '`sputnik notify` lists them',
  });
}

function undeliveredIds(dataDir: string): string[] {
  const database = openOutboxForReading(dataDir);
  try {
    return database === null ? [] : new OutboxReads(database).undelivered(DECIDED_MAX).map(({ id }) => id);
  } finally {
    database?.close();
  }
}
