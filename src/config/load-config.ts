import { readdirSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import type { z } from 'zod';
import type { Edition, Topic } from '../domain/edition.js';
import type { LogLevel } from '../platform/logger.js';
import { PACKAGE_DIR } from '../platform/package-dir.js';
import { checkSettings, type Settings } from './check-settings.js';
import { mergeLayers, type ConfigLayer, type SettingsTree } from './config-layers.js';
import type { Config, NotifySettings } from './config.js';
import { loadEnvironment, readEnvironmentLayer, setAt } from './environment.js';
import type { notifySchema } from './notify-schema.js';
import { readConfigFile } from './read-config-file.js';

/** The settings that every command takes as flags. */
interface ConfigFlags {
  readonly dataDir?: string | undefined;
  readonly redisUrl?: string | undefined;
  readonly logLevel?: LogLevel | undefined;
}

export interface LoadConfigOptions {
  /** `--config FILE`, YAML or JSON. */
  readonly configFile?: string | undefined;
  readonly flags?: ConfigFlags;
  /** What a command prefers where nobody says otherwise. */
  readonly defaults?: ConfigFlags;
  /** Settings that the program itself lays over all others, e.g. the demo's `fetchFrom`. */
  readonly overrides?: SettingsTree;
  /** `REDIS_URL` and `SPUTNIK_…`; by default those of the process. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Folder of default.yaml, topics.yaml and editions/; by default the one that comes with the package. */
  readonly configDir?: string;
}

const PACKAGE_CONFIG_DIR = join(PACKAGE_DIR, 'config');

const FLAGS = {
  dataDir: { name: '--data-dir', path: ['dataDir'] },
  redisUrl: { name: '--redis-url', path: ['redis', 'url'] },
  logLevel: { name: '--log-level', path: ['log', 'level'] },
} as const;

/**
 * Reads all settings once: defaults < the command's own < `--config` < environment < flags < overrides.
 *
 * @returns The settings in force, deeply frozen, with an absolute `dataDir` and complete editions.
 * @throws {UsageError} `config.invalid` with every problem found: file and line, key, value, what is allowed.
 */
export function loadConfig(options: LoadConfigOptions = {}): Config {
  const { configFile, flags = {}, defaults = {}, overrides = {} } = options;
  const layers = [
    ...readDefaults(options.configDir ?? PACKAGE_CONFIG_DIR),
    flagLayer(defaults, () => 'the command'),
    ...(configFile === undefined ? [] : [readConfigFile(configFile)]),
    readEnvironmentLayer(options.variables ?? loadEnvironment().settings),
    flagLayer(flags, (flag) => `flag ${flag}`),
    { values: overrides, originOf: () => 'the program' },
  ];
  const merged = mergeLayers(layers);
  const settings = checkSettings(merged);
  const whole = freeze({
    ...settings,
    dataDir: resolve(settings.dataDir),
    notify: completeNotify(settings.notify),
    editions: completeEditions(settings),
    topics: completeTopics(settings),
  });
  let origins: Config['origins'] | undefined;
  return Object.freeze({
    ...whole,
    // Only who shows settings asks: finding the lines of all keys takes a tenth of a start.
    get origins() {
      return (origins ??= Object.fromEntries([...merged.origins].map(([key, origin]) => [key, origin()])));
    },
  });
}

function readDefaults(folder: string): ConfigLayer[] {
  const editions = join(folder, 'editions');
  const files = readdirSync(editions).filter((name) => name.endsWith('.yaml'));
  const layers = [
    readConfigFile(join(folder, 'default.yaml')),
    readConfigFile(join(folder, 'topics.yaml'), ['topics']),
    ...files.sort().map((name) => readConfigFile(join(editions, name), ['editions', basename(name, '.yaml')])),
  ];
  return layers.map((layer) => ({
    ...layer,
    originOf: (path) => `config/${relative(folder, layer.originOf(path))}`,
  }));
}

function flagLayer(flags: ConfigFlags, origin: (flag: string) => string): ConfigLayer {
  const values: SettingsTree = {};
  const origins = new Map<string, string>();
  for (const [key, { name, path }] of Object.entries(FLAGS)) {
    const value = flags[key as keyof ConfigFlags];
    if (value === undefined) continue;
    setAt(values, path, value);
    origins.set(path.join('.'), origin(name));
  }
  return { values, originOf: (path) => origins.get(path.join('.')) ?? 'flag' };
}

function completeEditions({ editions }: Settings): Edition[] {
  return inOrder(editions).map(([id, edition]) => ({
    id,
    family: edition.family ?? id,
    hosts: edition.hosts ?? [id],
    formerHosts: edition.formerHosts ?? [],
    language: edition.language,
    timeZone: edition.timeZone ?? 'UTC',
    fetchFrom: edition.fetchFrom ?? null,
    seedArticles: edition.seedArticles ?? [],
    tagPages: edition.tagPages ?? {},
    enabled: edition.enabled ?? true,
  }));
}

function completeTopics({ topics }: Settings): Topic[] {
  return inOrder(topics).map(([id, topic]) => ({ id, names: topic.names, enabled: topic.enabled ?? true }));
}

function inOrder<T>(section: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(section).sort(([a], [b]) => (a < b ? -1 : 1));
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach(freeze);
  return Object.freeze(value);
}

/** @returns the settings with their missing parts filled in. Pure. */
function completeNotify({ publicUrl, retrySeconds, targets, rules }: z.infer<typeof notifySchema>): NotifySettings {
  return {
    publicUrl: publicUrl === null ? null : new URL(publicUrl).origin,
    retrySeconds,
    targets: inOrder(targets).map(([name, target]) => ({
      ...{ name, secret: null, token: null, chat: null, from: null, to: [], allowPrivate: false },
      ...given(target),
    })),
    rules: inOrder(rules).map(([name, rule]) => ({
      ...{ name, query: null, editions: [], newsDays: 3, quarantineMin: 10, editionAfterMinutes: 10 },
      ...{ quietMinutes: 0, quietHours: null, digest: null, timeZone: 'UTC', perHourMax: 20, enabled: true },
      ...given(rule),
    })),
  };
}

type Given<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

/** An optional key of zod may be there and undefined; files cannot say so. */
function given<T extends object>(section: T): Given<T> {
  return Object.fromEntries(Object.entries(section).filter(([, value]) => value !== undefined)) as Given<T>;
}
