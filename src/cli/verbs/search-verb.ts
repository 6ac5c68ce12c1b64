import type { Command } from 'commander';
import { UsageError } from '../../domain/errors.js';
import { EXIT } from '../../platform/exit-codes.js';
import type { MarkedPart } from '../../search/mark-matches.js';
import type { SearchHit, SearchResult } from '../../store/catalogue/search-corpus.js';
import { type CorpusFilterOptions, corpusQuestion, parseCount, withCorpusFilters } from '../arguments/parse-options.js';
import { examples, runVerb, type VerbAction } from '../arguments/run-verb.js';
import { withCatalogue } from '../arguments/with-catalogue.js';
import type { Documents, FoundArticle } from '../output/documents.js';
import type { Output } from '../output/text-output.js';

interface SearchOptions extends CorpusFilterOptions {
  readonly newest?: boolean;
  readonly page?: string;
  readonly limit?: string;
}

const PER_PAGE = 20;
const PER_PAGE_MAX = 1_000;

export function addSearchVerb(command: Command): void {
  withCorpusFilters(command)
    .description(
      'Finds articles that contain every word, in any of its forms and in either Chinese script, the most ' +
        'relevant first. A query can also have "phrases", -word, OR, brackets, and the fields tag: topic: ' +
        'edition: lang: format: since: until: edited: gone: (see docs/search.md). Put the query in single ' +
        'quotes, so that the shell does not interpret it.',
    )
    // A word that is excluded begins with a minus, as `-h` does.
    .helpOption('--help', 'display help for command')
    .allowUnknownOption()
    .argument('<words...>', 'the query')
    .option('--newest', 'newest first')
    .option('--page <n>', 'show the n-th page of results')
    .option('--limit <n>', `articles on a page; default ${PER_PAGE}, at most ${PER_PAGE_MAX}`)
    .addHelpText(
      ...examples(
        'sputnik search 亞美尼亞 總理 --since 2023-04-01',
        `sputnik search '"Нагорный Карабах" (Баку OR Ереван) -футбол tag:Армения'`,
      ),
    )
    .action(runVerb(search));
}

const search: VerbAction<SearchOptions> = ({ config, output }, options, words) =>
  withCatalogue(config, (queries) => {
    const text = queryText(words);
    const page = options.page === undefined ? 1 : parseCount(options.page, '--page');
    const perPage = options.limit === undefined ? PER_PAGE : parseCount(options.limit, '--limit');
    if (perPage > PER_PAGE_MAX) {
      throw new UsageError(`--limit ${perPage}: expected at most ${PER_PAGE_MAX}`, { code: 'usage.number' });
    }
    const result = queries.search({
      text,
      ...corpusQuestion(options, config),
      order: options.newest === true ? 'newest' : 'relevance',
      page,
      perPage,
    });
    printResult(output, result);
    const { total, pages, hits, unreadable } = result;
    if (unreadable.length > 0) output.line(`Cannot be read: ${unreadable.join(', ')}; \`sputnik verify\` says why.`);
    output.document({
      words: text,
      total,
      page,
      pages,
      count: hits.length,
      articles: hits.map(summaryOf),
      unreadable,
    } satisfies Documents['search']);
    return EXIT.done;
  });

/** @throws {UsageError} `usage.words`, `usage.option` */
function queryText(words: readonly string[]): string {
  const option = words.find((word) => word.startsWith('--'));
  if (option !== undefined) {
    throw new UsageError(`unknown option ${option}`, {
      code: 'usage.option',
      hint: 'sputnik search --help lists them',
    });
  }
  const text = words.join(' ');
  if (/[\p{L}\p{N}]/u.test(text)) return text;
  throw new UsageError(`nothing to look for in ${JSON.stringify(text)}: expected a letter or a digit`, {
    code: 'usage.words',
  });
}

function printResult(output: Output, { total, page, pages, hits }: SearchResult): void {
  for (const { article, title, passage } of hits) {
    const start = `${article.id.padEnd(26)}  ${(article.publishedAt ?? '').slice(0, 10).padEnd(10)}`;
    output.prose([`${start}  ${marked(title)}`]);
    if (passage.length > 0) output.prose([`    ${marked(passage).replaceAll('\n', ' ')}`]);
  }
  if (total === 0) output.line('Nothing found.');
  else if (hits.length === 0)
    output.line(`Nothing on page ${page}: ${total} found, on ${pages === 1 ? '1 page' : `${pages} pages`}.`);
  else output.line(`${total} found${pages > 1 ? `; page ${page} of ${pages}, --page ${page + 1} shows more` : ''}.`);
}

function marked(parts: readonly MarkedPart[]): string {
  return parts.map(({ text, isMatch }) => (isMatch ? `[${text}]` : text)).join('');
}

function summaryOf({ article, passage }: SearchHit): FoundArticle {
  const { id, publishedAt, edition, title, url, topics, duplicateOf } = article;
  return { id, publishedAt, edition, title, url, topics, duplicateOf, passage };
}
