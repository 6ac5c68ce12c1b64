import type { NotifyRule, NotifyTarget } from '../../config/notify-settings.js';
import { UsageError } from '../../domain/errors.js';
import { createSender } from '../../notify/delivery/create-sender.js';
import type { Delivery } from '../../notify/delivery/delivery.js';
import { openOutboxForReading } from '../../notify/outbox/outbox-database.js';
import { OutboxReads } from '../../notify/outbox/outbox-reads.js';
import { sampleMessage } from '../../notify/notices/sample-message.js';
import { Closers } from '../../platform/closers.js';
import { DECIDED_MAX, openNotifyQueue, queueDecision, type Decision } from '../../queue/notify-jobs.js';
import { isServed, SOFTWARE, type Runtime } from '../harvester/runtime.js';
import { withServiceQueues } from '../harvester/with-harvester.js';
import { createPictureDrawer } from './picture-drawer.js';

/** What a target answered to a sample. */
export interface TriedTarget extends Pick<Delivery, 'answer'> {
  readonly rule: string;
  readonly target: string;
  readonly isTaken: boolean;
}

/** Sends a sample to every target of a rule, or of all rules, at once and past the queue. @throws {UsageError} `usage.unknown` */
export async function testRules(runtime: Runtime, ruleName: string | null): Promise<TriedTarget[]> {
  const { config, clock, environment } = runtime;
  const { rules, targets, publicUrl } = config.notify;
  const tested = ruleName === null ? rules : rules.filter(({ name }) => name === ruleName);
  if (tested.length === 0 && ruleName !== null) throw unknownRule(ruleName, rules);
  const sender = createSender({ environment, clock, userAgent: SOFTWARE, drawPicture: createPictureDrawer(runtime) });
  const test = async (rule: NotifyRule, target: NotifyTarget): Promise<TriedTarget> => {
    const { kind, answer } = await sender.send(target, sampleMessage(rule, target.name, publicUrl, clock.now()));
    return { rule: rule.name, target: target.name, isTaken: kind === 'taken', answer };
  };
  try {
    const tried: TriedTarget[] = [];
    for (const rule of tested) {
      for (const target of targets.filter(({ name }) => rule.to.includes(name))) tried.push(await test(rule, target));
    }
    return tried;
  } finally {
    await sender.close();
  }
}

function unknownRule(name: string, rules: readonly NotifyRule[]): UsageError {
  const problem = `rule ${name}: expected one of ${rules.map((rule) => rule.name).join(', ')}`;
  return new UsageError(problem, { code: 'usage.unknown', hint: 'docs/notifications.md shows how rules are written' });
}

/** What was decided about undelivered messages. */
export interface NotifyDecision {
  readonly action: Decision;
  readonly messages: readonly string[];
  /** Whether a service works in the data directory, which does it; else the next one will. */
  readonly served: boolean;
}

/**
 * Has undelivered messages sent again, or given up.
 *
 * @param ids  Null: all.
 * @throws {UsageError} `notify.unknown` for an id of none of them; what `withServiceQueues` throws.
 */
export async function decideUndelivered(
  runtime: Runtime,
  action: Decision,
  ids: readonly string[] | null,
): Promise<NotifyDecision> {
  const { config, clock, log } = runtime;
  const messages = undeliveredIds(config.dataDir, ids);
  const closers = new Closers(log);
  if (messages.length > 0) {
    await withServiceQueues(runtime, `sputnik notify ${action}`, (queues) =>
      closers.closeAfter(() => queueDecision(openNotifyQueue(queues, closers), action, messages, clock.now())),
    );
  }
  return { action, messages, served: isServed(config) };
}

function undeliveredIds(dataDir: string, wanted: readonly string[] | null): string[] {
  const database = openOutboxForReading(dataDir);
  try {
    const known = database === null ? [] : new OutboxReads(database).undelivered(DECIDED_MAX).map(({ id }) => id);
    if (wanted === null) return known;
    return [...new Set(wanted)].map((word) => {
      const [found, ...others] = known.filter((id) => id.startsWith(word));
      if (found !== undefined && others.length === 0 && word.length >= 4) return found;
      throw new UsageError(`no single undelivered message has an id that begins with ${word}`, {
        code: 'notify.unknown',
        hint: '`sputnik notify` lists them',
      });
    });
  } finally {
    database?.close();
  }
}
