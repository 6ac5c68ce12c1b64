import { UsageError } from '../domain/errors.js';

/** Settings as they stand in a file: sections of sections of values. */
export interface SettingsTree {
  [key: string]: unknown;
}

/** One source of settings; a later layer overrides an earlier one key by key. */
export interface ConfigLayer {
  readonly values: SettingsTree;
  /** Says where the value at this path stands, for people. */
  readonly originOf: (path: readonly string[]) => string;
}

/** Looked up only where it is told: finding the line of a key takes a walk through its file. */
type Origins = ReadonlyMap<string, () => string>;

export interface MergedSettings {
  readonly values: SettingsTree;
  /** Dotted key of every section and value → where the layer that set it last says it stands. */
  readonly origins: Origins;
}

/**
 * Merges layers key by key: sections join, everything else (lists too) is replaced whole.
 *
 * @param layers  From the weakest to the strongest.
 * Pure. The result shares no section with the layers.
 */
export function mergeLayers(layers: readonly ConfigLayer[]): MergedSettings {
  const values: SettingsTree = {};
  const origins = new Map<string, () => string>();
  for (const layer of layers) mergeSection(values, layer.values, [], layer, origins);
  return { values, origins };
}

/** Where the value at `path` came from, or the nearest section around it. */
export function originAt(origins: Origins, path: readonly string[]): string {
  for (let depth = path.length; depth > 0; depth--) {
    const origin = origins.get(path.slice(0, depth).join('.'));
    if (origin !== undefined) return origin();
  }
  return 'the settings';
}

export function isTree(value: unknown): value is SettingsTree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mergeSection(
  target: SettingsTree,
  from: SettingsTree,
  path: readonly string[],
  layer: ConfigLayer,
  origins: Map<string, () => string>,
): void {
  for (const [key, value] of Object.entries(from)) {
    const here = [...path, key];
    origins.set(here.join('.'), () => layer.originOf(here));
    const existing = Object.hasOwn(target, key) ? target[key] : undefined;
    if (!isTree(value)) {
      define(target, key, value);
    } else {
      const section = isTree(existing) ? existing : {};
      define(target, key, section);
      mergeSection(section, value, here, layer, origins);
    }
  }
}

/** A plain assignment to `__proto__` would change the object's nature instead of setting a (refused) key. */
function define(target: SettingsTree, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
}

export interface SettingProblem {
  /** File (with the line where it is known), environment variable or flag. */
  readonly origin: string | (() => string);
  /** The problem, with key, value and what is allowed. */
  readonly text: string | (() => string);
}

const PROBLEMS_SHOWN_MAX = 20;
/** A key, or the list of all names that are possible, can be as long as its file. */
const PROBLEM_LENGTH_MAX = 1_000;

/**
 * Refuses the settings with all that is wrong at once.
 *
 * @throws {UsageError} `config.invalid`
 */
export function refuseSettings(problems: readonly SettingProblem[]): never {
  const shown = problems
    .slice(0, PROBLEMS_SHOWN_MAX)
    .map(({ origin, text }) => `  ${toldOf(origin)}: ${clipped(toldOf(text))}`);
  const left = problems.length - shown.length;
  if (left > 0) shown.push(`  and ${left} more`);
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  throw new UsageError(`the settings are refused, ${count}:\n${shown.join('\n')}`, {
    code: 'config.invalid',
    hint: 'docs/configuration.md names every setting; `sputnik config check FILE` checks a file',
  });
}

/** Only a few of many problems are reported, and the expensive parts of a message are made only for those. */
function toldOf(part: string | (() => string)): string {
  return typeof part === 'string' ? part : part();
}

/** @returns the end of a message that names what was most likely meant; empty if there is no guess. */
export function guessed(meant: string | null): string {
  return meant === null ? '' : `; did you mean ${meant}?`;
}

function clipped(text: string): string {
  return text.length > PROBLEM_LENGTH_MAX ? `${text.slice(0, PROBLEM_LENGTH_MAX)}…` : text;
}
