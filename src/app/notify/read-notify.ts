import type { NotifyRule } from '../../config/notify-settings.js';
import { openOutboxForReading } from '../../notify/outbox/outbox-database.js';
import { OutboxReads, type RuleStatus, type UndeliveredMessage } from '../../notify/outbox/outbox-reads.js';
import type { Runtime } from '../harvester/runtime.js';

/** How telling people goes; the one form of it: `notify`, `status` and the web page. */
export interface NotifyStatus {
  /** Every configured rule. */
  readonly rules: readonly (RuleStatus & Pick<NotifyRule, 'on' | 'to' | 'enabled'>)[];
  readonly undelivered: {
    readonly count: number;
    /** The oldest hundred. */
    readonly messages: readonly UndeliveredMessage[];
  };
}

const SHOWN_MAX = 100;
const NEVER = { waiting: 0, queued: 0, sent: 0, undelivered: 0, lastSentAt: null, lastFailure: null };

/** Reads it beside the process that does it. */
export function readNotify({ config }: Pick<Runtime, 'config'>): NotifyStatus {
  const database = openOutboxForReading(config.dataDir);
  try {
    const reads = database === null ? null : new OutboxReads(database);
    const begun = reads?.rules() ?? [];
    const rules = config.notify.rules.map(({ name, on, to, enabled }) => ({
      ...(begun.find(({ rule }) => rule === name) ?? { rule: name, ...NEVER }),
      ...{ on, to, enabled },
    }));
    return {
      rules,
      undelivered: { count: reads?.undeliveredCount() ?? 0, messages: reads?.undelivered(SHOWN_MAX) ?? [] },
    };
  } finally {
    database?.close();
  }
}
