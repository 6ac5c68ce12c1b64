import type { Command } from 'commander';
import type { Config } from '../../config/config.js';
import { ARTICLE_FORMATS } from '../../domain/page.js';
import { UsageError } from '../../domain/errors.js';
import type { SearchFilters } from '../../search/facets.js';
import { knownIdsOf, type KnownIds } from '../../search/parse-query.js';
import { collectList, parseChoices, parseDayRange, parseEditions, parseTopics } from './parse-options.js';

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
