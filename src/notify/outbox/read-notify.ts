import type { NotifyRule, NotifySettings } from '../../config/config.js';
import { openOutboxForReading } from './outbox-database.js';
import { OutboxReads, type RuleStatus, type Trouble, type UndeliveredMessage } from './outbox-reads.js';

/** How telling people goes; the one form of it: `notify`, `status` and the web page. */
export interface NotifyStatus {
  /** Every configured rule. */
  readonly rules: readonly (RuleStatus & Pick<NotifyRule, 'on' | 'to' | 'enabled'>)[];
  /** What of looking for events, making and queueing messages fails now; it is tried again every ten seconds. */
  readonly troubles: readonly Trouble[];
  readonly undelivered: {
    readonly count: number;
    /** The oldest hundred. */
    readonly messages: readonly UndeliveredMessage[];
  };
}

const SHOWN_MAX = 100;
const NEVER = { waiting: 0, queued: 0, sent: 0, undelivered: 0, lastSentAt: null, lastFailure: null };

/** Reads it beside the process that does it. */
export function readNotify({
  dataDir,
  notify,
}: {
  readonly dataDir: string;
  readonly notify: Pick<NotifySettings, 'rules'>;
}): NotifyStatus {
  const database = openOutboxForReading(dataDir);
  try {
    const reads = database === null ? null : new OutboxReads(database);
    const begun = reads?.rules() ?? [];
    const rules = notify.rules.map(({ name, on, to, enabled }) => ({
      ...(begun.find(({ rule }) => rule === name) ?? { rule: name, ...NEVER }),
      ...{ on, to, enabled },
    }));
    const messages = reads?.undelivered(SHOWN_MAX) ?? [];
    return {
      rules,
      troubles: reads?.troubles() ?? [],
      undelivered: { count: reads?.undeliveredCount() ?? 0, messages },
    };
  } finally {
    database?.close();
  }
}
