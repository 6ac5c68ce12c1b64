import type { z } from 'zod';
import type { NoticeKind } from '../domain/notice-kinds.js';
import type { notifySchema, TARGET_FORMS } from './notify-schema.js';

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

/** @returns the settings with what they leave out. Pure. */
export function completeNotify({
  publicUrl,
  retrySeconds,
  targets,
  rules,
}: z.infer<typeof notifySchema>): NotifySettings {
  return {
    publicUrl: publicUrl === null ? null : new URL(publicUrl).origin,
    retrySeconds,
    targets: byName(targets).map(([name, target]) => ({
      ...{ name, secret: null, token: null, chat: null, from: null, to: [], allowPrivate: false },
      ...given(target),
    })),
    rules: byName(rules).map(([name, rule]) => ({
      ...{ name, query: null, editions: [], newsDays: 3, quarantineMin: 10, editionAfterMinutes: 10 },
      ...{ quietMinutes: 0, quietHours: null, digest: null, timeZone: 'UTC', perHourMax: 20, enabled: true },
      ...given(rule),
    })),
  };
}

function byName<T>(section: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(section).sort(([a], [b]) => (a < b ? -1 : 1));
}

type Given<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

/** An optional key of zod may be there and undefined; files cannot say so. */
function given<T extends object>(section: T): Given<T> {
  return Object.fromEntries(Object.entries(section).filter(([, value]) => value !== undefined)) as Given<T>;
}
