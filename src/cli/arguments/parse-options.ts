import { type Command, InvalidArgumentError } from 'commander';
import type { Config } from '../../config/config.js';
import { UsageError } from '../../domain/errors.js';
import { unknownName } from '../../domain/nearest-name.js';
import { DAY_MS } from '../../domain/units.js';
import { ARTICLE_FORMATS } from '../../domain/page.js';
import type { SearchFilters } from '../../search/facets.js';
import { type KnownIds, knownIdsOf } from '../../search/parse-query.js';

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

/** What a verb narrows the corpus down to, as commander gives it. */
export interface CorpusFilterOptions {
  readonly topic?: readonly string[];
  readonly edition?: readonly string[];
  readonly lang?: readonly string[];
  readonly formatOf?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly edited?: boolean;
  readonly gone?: boolean;
  readonly unique?: boolean;
}

/** Adds the options by which every verb that reads the corpus narrows it down. */
export function withCorpusFilters(command: Command): Command {
  return command
    .option('--topic <id>', 'only articles on these topics (repeat, or use commas)', collectList)
    .option('--edition <id>', 'only these editions, including renditions', collectList)
    .option('--lang <code>', 'only these languages, such as ru or zh-Hans', collectList)
    .option('--format-of <name>', `only these: ${ARTICLE_FORMATS.join(', ')}`, collectList)
    .option('--since <date>', 'published on this day (UTC) or later')
    .option('--until <date>', 'published on this day or earlier')
    .option('--edited', 'only articles that the agency changed later')
    .option('--gone', 'only articles that the site has withdrawn')
    .option('--unique', 'without articles that repeat another one, exactly or nearly');
}

/**
 * @returns which articles the options mean, and the ids that a query may name. @throws {UsageError} `usage.unknown`,
 * `usage.date`
 */
export function corpusQuestion(
  options: CorpusFilterOptions,
  config: Config,
): { readonly filters: SearchFilters; readonly known: KnownIds } {
  return { filters: readCorpusFilters(options, config), known: knownIdsOf(config) };
}

function readCorpusFilters(options: CorpusFilterOptions, config: Config): SearchFilters {
  const { since, until, edited, gone, unique } = options;
  const topics = parseTopics(options.topic, config);
  const editions = parseEditions(options.edition, config);
  const languages = options.lang?.map(checkedLanguage);
  const formats = parseChoices(options.formatOf, ARTICLE_FORMATS, '--format-of');
  parseDayRange(since, until);
  return {
    ...(topics === null ? {} : { topics }),
    ...(editions === null ? {} : { editions }),
    ...(languages === undefined ? {} : { languages }),
    ...(formats === null ? {} : { formats }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(edited === true ? { edited } : {}),
    ...(gone === true ? { gone } : {}),
    ...(unique === true ? { unique } : {}),
  };
}

function checkedLanguage(code: string): string {
  if (/^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/i.test(code)) return code;
  throw new UsageError(`--lang ${code}: expected a language such as ru or zh-Hans`, { code: 'usage.unknown' });
}
