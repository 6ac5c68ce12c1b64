import { UsageError } from '../domain/errors.js';

/** commander collector for options that may be repeated or given with commas. */
export function collectList(value: string, previous: readonly string[] = []): string[] {
  const items = value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  return [...previous, ...items];
}

/** @throws {UsageError} `usage.date` unless the text is a real calendar day, `2023-04-12`. */
export function parseDay(text: string, option: string): string {
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

/** @throws {UsageError} `usage.unknown` naming what is allowed. */
export function parseChoices<T extends string>(
  values: readonly string[] | undefined,
  allowed: readonly T[],
  option: string,
): T[] | null {
  if (values === undefined) return null;
  return [...new Set(values)].map((value) => {
    const choice = allowed.find((candidate) => candidate === value);
    if (choice !== undefined) return choice;
    throw new UsageError(`${option} ${value}: expected one of ${allowed.join(', ')}`, { code: 'usage.unknown' });
  });
}
