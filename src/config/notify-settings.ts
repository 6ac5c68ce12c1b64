import type { NoticeKind } from '../domain/notice-kinds.js';

/** What a message is written as: JSON of our own, the form of a chat service, or an e-mail. */
export const TARGET_FORMS = ['json', 'slack', 'mattermost', 'discord', 'telegram', 'ntfy', 'email'] as const;

export type TargetForm = (typeof TARGET_FORMS)[number];

/** Where messages go; secrets as they stand in the settings: see `readSecret`. */
export interface NotifyTarget {
  readonly name: string;
  readonly form: TargetForm;
  readonly url: string;
  readonly secret: string | null;
  readonly token: string | null;
  readonly chat: string | null;
  readonly from: string | null;
  readonly to: readonly string[];
  readonly allowPrivate: boolean;
}

/** Who is told of what, and when. */
export interface NotifyRule {
  readonly name: string;
  readonly on: readonly NoticeKind[];
  readonly to: readonly string[];
  readonly query: string | null;
  readonly editions: readonly string[];
  readonly newsDays: number;
  readonly quarantineMin: number;
  readonly editionAfterMinutes: number;
  readonly quietMinutes: number;
  readonly quietHours: string | null;
  readonly digest: string | null;
  readonly timeZone: string;
  readonly perHourMax: number;
  readonly enabled: boolean;
}

export interface NotifySettings {
  readonly publicUrl: string | null;
  readonly retrySeconds: readonly number[];
  /** In the order of their names. */
  readonly targets: readonly NotifyTarget[];
  readonly rules: readonly NotifyRule[];
}
