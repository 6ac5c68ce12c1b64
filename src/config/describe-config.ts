import { SETTING_LIST } from './environment.js';
import type { Config } from './config.js';
import { SECRET_REFERENCE, targetSchema } from './notify-schema.js';
import { notesOf, type Secrecy } from './setting-kinds.js';

export interface DescribedSetting {
  /** Dotted: `politeness.delayMs`, `editions.ria.ru.enabled`. */
  readonly key: string;
  /** Secrets masked. */
  readonly value: unknown;
  /** File and line, environment variable, flag, or `default` for what an edition leaves out. */
  readonly origin: string;
}

const MASK = '***';

/**
 * Lists every setting with its value and where it came from, in the order of docs/configuration.md.
 *
 * Pure. Never shows a token, nor user and password of an address.
 */
export function describeConfig(config: Config): DescribedSetting[] {
  const settings = SETTING_LIST.map(({ path, secret }) => {
    const value = valueAt(config, path);
    return describe(config, path, masked(value, secret));
  });
  const targets = config.notify.targets.flatMap(({ name, ...target }) =>
    describeGroup(config, ['notify', 'targets', name], maskedTarget(target)),
  );
  const rules = config.notify.rules.flatMap(({ name, ...rule }) =>
    describeGroup(config, ['notify', 'rules', name], rule),
  );
  const editions = config.editions.flatMap(({ id, ...edition }) => describeGroup(config, ['editions', id], edition));
  const topics = config.topics.flatMap(({ id, ...topic }) => describeGroup(config, ['topics', id], topic));
  return [...settings, ...targets, ...rules, ...editions, ...topics];
}

function describeGroup(config: Config, path: readonly string[], group: object): DescribedSetting[] {
  return Object.entries(group).map(([key, value]) => describe(config, [...path, key], value));
}

/** Where a secret stands is no secret. */
function maskedTarget(target: object): object {
  return Object.fromEntries(
    Object.entries(target).map(([key, value]: [string, unknown]) => {
      if (typeof value === 'string' && SECRET_REFERENCE.test(value)) return [key, value];
      const schema = targetSchema.shape[key as keyof typeof targetSchema.shape];
      return [key, masked(value, notesOf(schema)?.secret ?? 'none')];
    }),
  );
}

function describe(config: Config, path: readonly string[], value: unknown): DescribedSetting {
  const key = path.join('.');
  return { key, value, origin: config.origins[key] ?? 'default' };
}

function valueAt(config: Config, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], config);
}

function masked(value: unknown, secret: Secrecy): unknown {
  if (secret === 'none' || value === null) return value;
  if (Array.isArray(value)) return value.map((member) => masked(member, secret));
  if (secret === 'whole' || typeof value !== 'string' || !URL.canParse(value)) return MASK;
  const url = new URL(value);
  if (url.username !== '') url.username = MASK;
  if (url.password !== '') url.password = MASK;
  // Some services take their key as a parameter.
  if (url.search !== '') url.search = MASK;
  return url.href;
}
