import { InvalidArgumentError } from 'commander';
import type { Config } from '../../config/config.js';
import { UsageError } from '../../domain/errors.js';
import { unknownName } from '../../domain/nearest-name.js';
import { DAY_MS } from '../../domain/units.js';

/**
 * commander collector for options that may be repeated or given with commas.
 *
 * @throws {InvalidArgumentError} where nothing is named: `--edition "$UNSET"` means neither every edition nor none.
 */
export function collectList(value: string, previous: readonly string[] = []): string[] {
  const items = value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  if (items.length === 0) throw new InvalidArgumentError('It names nothing.');
  return [...previous, ...items];
}

/** @throws {UsageError} `usage.date` unless the text is a real calendar day, `2023-04-12`. */
function parseDay(text: string, option: string): string {
  const time = Date.parse(`${text}T00:00:00Z`);
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)) {
    return text;
  }
  throw new UsageError(`${option} ${text}: expected a day such as 2023-04-12`, { code: 'usage.date' });
}

/** @throws {UsageError} `usage.number` unless the text is a whole number of at least 1. */
export function parseCount(text: string, option: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count) && count > 0) return count;
  throw new UsageError(`${option} ${text}: expected a whole number of at least 1`, { code: 'usage.number' });
}

/** @throws {UsageError} `usage.unknown`, with the allowed values. */
export function parseChoices<T extends string>(
  values: readonly string[] | undefined,
  allowed: readonly T[],
  option: string,
): T[] | null {
  if (values === undefined) return null;
  return [...new Set(values)].map((value) => {
    const choice = allowed.find((candidate) => candidate === value);
    if (choice !== undefined) return choice;
    throw unknownName(option, value, allowed);
  });
}

/** @returns the one that an option names; where it is not given, the usual one. @throws {UsageError} `usage.unknown` */
export function parseChoice<T extends string>(
  word: string | undefined,
  allowed: readonly T[],
  option: string,
  usual: T,
): T {
  const [choice = usual] = parseChoices(word === undefined ? undefined : [word], allowed, option) ?? [];
  return choice;
}

/** @returns the ids of configured editions that an option names; null: all. @throws {UsageError} `usage.unknown` */
export function parseEditions(words: readonly string[] | undefined, { editions }: Config): string[] | null {
  return parseChoices(
    words,
    editions.map(({ id }) => id),
    '--edition',
  );
}

/** @returns the ids of configured topics that an option names; null: all. @throws {UsageError} `usage.unknown` */
export function parseTopics(words: readonly string[] | undefined, { topics }: Config): string[] | null {
  return parseChoices(
    words,
    topics.map(({ id }) => id),
    '--topic',
  );
}

/** Days in UTC as instants. */
export interface InstantRange {
  /** Start of the first day, `2023-04-12T00:00:00Z`; null: open. */
  readonly since: string | null;
  /** Start of the day after the last; null: open. */
  readonly until: string | null;
}

/**
 * Reads `--since` and `--until`, both days included.
 *
 * @throws {UsageError} `usage.date` where one is no day, or the first lies after the last.
 */
export function parseDayRange(since: string | undefined, until: string | undefined): InstantRange {
  const first = since === undefined ? null : parseDay(since, '--since');
  const last = until === undefined ? null : parseDay(until, '--until');
  if (first !== null && last !== null && first > last) {
    throw new UsageError(`--since ${first} is after --until ${last}`, { code: 'usage.date' });
  }
  return {
    since: first === null ? null : `${first}T00:00:00Z`,
    until: last === null ? null : `${new Date(Date.parse(last) + DAY_MS).toISOString().slice(0, 10)}T00:00:00Z`,
  };
}
