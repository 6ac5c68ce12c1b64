import type { z } from 'zod';
import type { notifySchema } from './notify-schema.js';
import type { NotifySettings } from './notify-settings.js';

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
