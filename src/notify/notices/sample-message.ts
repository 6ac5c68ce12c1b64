import type { NotifyRule } from '../../config/config.js';
import { toUtcInstant } from '../../platform/clock.js';
import { messageId, type Message, type Notice } from './notice.js';

const ARTICLE = {
  id: 'sputniknews.cn/1049499304',
  edition: 'big5.sputniknews.cn',
  language: 'zh-Hant',
  publishedAt: '2023-04-12T11:40:00Z',
  topics: ['armenia'],
};

/** @returns what a rule would tell, with an edit as the sample; another one at each moment. Pure. */
export function sampleMessage(rule: NotifyRule, target: string, publicUrl: string | null, nowMs: number): Message {
  const at = toUtcInstant(nowMs);
  const notice: Notice = {
    ...{ id: `test ${rule.name} ${nowMs}`, kind: 'edit', at, summary: 'Edited: headline, number' },
    title: '這是一則測試消息 — a sample, <b>not</b> news',
    text: `Rule ${rule.name} tells of: ${rule.on.join(', ')}`,
    ...{
      url: 'https://big5.sputniknews.cn/20230412/1049499304.html',
      page: publicUrl,
      picture: null,
      article: ARTICLE,
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
