import { homedir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import { nearestName } from '../domain/nearest-name.js';
import { guessed, refuseSettings, type ConfigLayer, type SettingProblem, type SettingsTree } from './config-layers.js';
import { sectionShape, settingsSchema } from './config-schema.js';
import { notesOf, type SettingNotes } from './setting-kinds.js';

/** The environment with which the process was started. It is read only here; everything else receives what it needs. */
export interface Environment {
  /** `REDIS_URL` and everything that begins with `SPUTNIK_`; empty ones are left out. */
  readonly settings: Readonly<Record<string, string>>;
  /** Folders in which programs are looked for (`PATH`). */
  readonly searchPath: string;
  /** Folder for what can be fetched again: `$XDG_CACHE_HOME/sputnik-harvester`, by default under `~/.cache`. */
  readonly cacheFolder: string;
  readonly terminal: TerminalWishes;
  /** npm, npx or alike has started it (`npm_execpath`). */
  readonly isStartedByNpm: boolean;
}

export interface TerminalWishes {
  /** Colours: true for `FORCE_COLOR` (not `0`), false for `NO_COLOR` (no-color.org) or a dumb terminal; null: as the terminal can. */
  readonly colour: boolean | null;
  /** `COLUMNS`; null: as wide as the terminal is. */
  readonly columns: number | null;
  /** `TERM=dumb`: it cannot rewrite a line. */
  readonly isDumb: boolean;
}

/** Reads the environment; the only place of the program that does. */
export function loadEnvironment(): Environment {
  const settings: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && value !== '' && (name === 'REDIS_URL' || name.startsWith('SPUTNIK_'))) {
      settings[name] = value;
    }
  }
  const cacheHome = process.env['XDG_CACHE_HOME'];
  return {
    settings,
    searchPath: process.env['PATH'] ?? '',
    cacheFolder: join(
      cacheHome === undefined || cacheHome === '' ? join(homeFolder(), '.cache') : cacheHome,
      'sputnik-harvester',
    ),
    terminal: terminalWishes(process.env),
    isStartedByNpm: process.env['npm_execpath'] !== undefined,
  };
}

/** `/` for a user whom the system does not know, as container engines have it. */
function homeFolder(): string {
  try {
    return homedir();
  } catch {
    return '/'; // no HOME, and no such user
  }
}

/** Narrower than this is no width for text. */
const COLUMNS_MIN = 20;

function terminalWishes(variables: NodeJS.ProcessEnv): TerminalWishes {
  const [forced, no] = [variables['FORCE_COLOR'], variables['NO_COLOR'] ?? ''];
  const isDumb = variables['TERM'] === 'dumb';
  const columns = Number(variables['COLUMNS']);
  return {
    colour: forced !== undefined ? forced !== '0' && forced !== 'false' : no !== '' || isDumb ? false : null,
    columns: Number.isSafeInteger(columns) && columns >= COLUMNS_MIN ? columns : null,
    isDumb,
  };
}

/** Used only by tests. */
const NOT_SETTINGS = new Set(['SPUTNIK_SHARED']);
/** Secrets that settings refer to by `env:…`. */
const SECRET_VARIABLE = /^SPUTNIK_SECRET_[A-Z0-9_]{1,64}$/;

/**
 * Turns environment variables into settings. Lists of words are written with commas, other lists as JSON, `null` is null.
 *
 * @param variables  `REDIS_URL` and `SPUTNIK_…`; empty ones are ignored, as compose files set them.
 * @throws {UsageError} `config.invalid` for variables that name no setting; their values are judged with all the others.
 *
 * Pure.
 */
export function readEnvironmentLayer(variables: Readonly<Record<string, string>>): ConfigLayer {
  const byVariable = new Map(SETTING_LIST.map((entry) => [entry.variable, entry]));
  const values: SettingsTree = {};
  const problems: SettingProblem[] = [];
  for (const [variable, text] of Object.entries(variables)) {
    if (text === '') continue;
    const entry = byVariable.get(variable);
    if (entry !== undefined) setAt(values, entry.path, valueOf(entry, text));
    else if (!NOT_SETTINGS.has(variable) && !SECRET_VARIABLE.test(variable)) problems.push(unknownVariable(variable));
  }
  if (problems.length > 0) refuseSettings(problems);
  const variableAt = new Map(SETTING_LIST.map((entry) => [entry.path.join('.'), entry.variable]));
  return { values, originOf: (path) => `environment ${variableAt.get(path.join('.')) ?? ''}`.trim() };
}

/** Reads the text as what the setting wants; text that does not fit stays text, and is refused with its name later. */
function valueOf(entry: SettingEntry, text: string): unknown {
  const { type, nullable } = kindOf(entry.schema);
  if (nullable && text === 'null') return null;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (type === 'number') return numberOr(text);
  if (type !== 'array') return text;
  return /^\s*\[/.test(text) ? fromJson(text) : text.split(',').map((word) => numberOr(word.trim()));
}

/** No list holds words that are numbers. */
function numberOr(text: string): number | string {
  return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
}

function kindOf(schema: z.ZodType): { readonly type: string; readonly nullable: boolean } {
  const inner = 'unwrap' in schema && schema.def.type === 'nullable' ? (schema as z.ZodNullable).unwrap() : null;
  return { type: (inner ?? schema)._zod.def.type, nullable: inner !== null };
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Names what exists: the settings of the same section, or all of them. */
function unknownVariable(variable: string): SettingProblem {
  const known = SETTING_LIST.map((entry) => entry.variable);
  const section = variable.split('_').slice(0, 2).join('_');
  const near = known.filter((name) => name.startsWith(section));
  const listed = near.length > 0 ? near : known;
  // `REDIS_URL` is the one variable without the program's name.
  const meant = nearestName(variable.replace(/^SPUTNIK_/, ''), known) ?? nearestName(variable, known);
  const text = `names no setting; there are ${listed.join(', ')}${guessed(meant)}`;
  return { origin: `environment ${variable}`, text };
}

export function setAt(tree: SettingsTree, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) tree[key] = value;
  else setAt((tree[key] ??= {}) as SettingsTree, rest, value);
}

/** One setting of the schema, without those of single editions and topics. */
interface SettingEntry extends SettingNotes {
  readonly path: readonly string[];
  readonly variable: string;
  readonly schema: z.ZodType;
}

/** Every setting outside `editions` and `topics`, in the order of the schema. */
export const SETTING_LIST: readonly SettingEntry[] = Object.entries(settingsSchema.shape)
  .filter(([key]) => key !== 'editions' && key !== 'topics')
  .flatMap(([key, schema]) => entriesOf(schema, [key]));

function entriesOf(schema: z.ZodType, path: readonly string[]): SettingEntry[] {
  const notes = notesOf(schema);
  if (notes !== null) return [{ ...notes, path, schema, variable: variableOf(path) }];
  return Object.entries(sectionShape(schema) ?? {}).flatMap(([key, inner]) => entriesOf(inner, [...path, key]));
}

/** `redis.url` → `REDIS_URL`, as everybody's tools call it; `politeness.delayMs` → `SPUTNIK_POLITENESS_DELAY_MS`. */
function variableOf(path: readonly string[]): string {
  const words = path.map((key) => key.replace(/[A-Z]/g, '_$&')).join('_');
  const name = words.toUpperCase();
  return name === 'REDIS_URL' ? name : `SPUTNIK_${name}`;
}
