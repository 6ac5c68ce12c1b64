import type { NotifyRule, NotifyTarget } from '../../config/config.js';
import { UsageError } from '../../domain/errors.js';
import { unknownName } from '../../domain/nearest-name.js';
import { createSender } from '../../notify/delivery/create-sender.js';
import type { Delivery } from '../../notify/delivery/delivery.js';
import { messageId, type Message, type Notice } from '../../notify/notices/notice.js';
import { toUtcInstant } from '../../platform/clock.js';
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

const SAMPLE_ARTICLE = {
  id: 'sputniknews.cn/1049499304',
  edition: 'big5.sputniknews.cn',
  language: 'zh-Hant',
  publishedAt: '2023-04-12T11:40:00Z',
  topics: ['armenia'],
};

/** @returns what a rule would tell, with an edit as the sample; another one at each moment. Pure. */
function sampleMessage(rule: NotifyRule, target: string, publicUrl: string | null, nowMs: number): Message {
  const at = toUtcInstant(nowMs);
  const notice: Notice = {
    ...{ id: `test ${rule.name} ${nowMs}`, kind: 'edit', at, summary: 'Edited: headline, number' },
    title: '這是一則測試消息 — a sample, <b>not</b> news',
    text: `Rule ${rule.name} tells of: ${rule.on.join(', ')}`,
    ...{
      url: 'https://big5.sputniknews.cn/20230412/1049499304.html',
      page: publicUrl,
      picture: null,
      article: SAMPLE_ARTICLE,
    },
    edits: [
      {
        type: 'headline',
        before: 'Twelve trains run between the two cities',
        after: 'Fourteen trains run between the two cities',
      },
      { type: 'number', before: '12', after: '14' },
    ],
  };
  const id = messageId(rule.name, target, [notice.id]);
  return {
    v: 1,
    id,
    rule: rule.name,
    target,
    createdAt: at,
    gathered: null,
    isTest: true,
    total: 1,
    notices: [notice],
  };
}
