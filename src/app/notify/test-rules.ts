import type { NotifyRule, NotifyTarget } from '../../config/config.js';
import { UsageError } from '../../domain/errors.js';
import { unknownName } from '../../domain/nearest-name.js';
import { createSender } from '../../notify/delivery/create-sender.js';
import type { Delivery } from '../../notify/delivery/delivery.js';
import { sampleMessage } from '../../notify/notices/sample-message.js';
import { SOFTWARE, type Runtime } from '../harvester/runtime.js';
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
  const hint = 'docs/notifications.md shows how rules are written';
  if (rules.length > 0)
    return unknownName(
      'rule',
      name,
      rules.map((rule) => rule.name),
      hint,
    );
  return new UsageError(`rule ${name}: no rule is configured`, { code: 'usage.unknown', hint });
}
