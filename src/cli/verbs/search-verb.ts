import type { Command } from 'commander';
import { UsageError } from '../../domain/errors.js';
import { EXIT } from '../../platform/exit-codes.js';
import { parseCount, parseFilters, type ArticleFilters } from '../arguments/parse-options.js';
import { runVerb, withCommonOptions, type VerbAction } from '../arguments/run-verb.js';
import { withCatalogue } from '../arguments/with-catalogue.js';
import { displayWidth } from '../output/text-output.js';
import { cutText, TEXT_COLUMNS } from '../output/wrap-text.js';

interface SearchOptions extends ArticleFilters {
  readonly limit?: string;
}

const LIMIT = 50;

export function addSearchVerb(program: Command): void {
  withCommonOptions(program.command('search'))
    .summary('full text over the corpus, any script')
    .description(
      'Finds articles that hold every word, newest first. Parts of words count; case, width and the two Chinese\n' +
        'scripts make no difference.',
    )
    .argument('<words...>', 'what to look for')
    .option('--topic <id>', 'only articles on this topic')
    .option('--since <date>', 'published on this day (UTC) or later')
    .option('--until <date>', 'published up to and with this day')
    .option('--limit <n>', `at most so many; default ${LIMIT}`)
    .addHelpText('after', '\nExample:\n  sputnik search 亞美尼亞 總理 --since 2023-04-01')
    .action(runVerb(search));
}

const search: VerbAction<SearchOptions> = ({ config, output }, options, words) =>
  withCatalogue(config, (queries) => {
    const filters = parseFilters(options, config);
    const text = words.join(' ');
    if (!/[\p{L}\p{N}]/u.test(text)) {
      throw new UsageError(`nothing to look for in ${JSON.stringify(text)}: expected a letter or a digit`, {
        code: 'usage.words',
      });
    }
    const limit = options.limit === undefined ? LIMIT : parseCount(options.limit, '--limit');
    const keys = queries.search(text, { limit, ...filters });
    const found = keys.flatMap((key) => queries.article(key) ?? []);
    for (const { id, publishedAt, title } of found) {
      const start = `${id.padEnd(30)}  ${(publishedAt ?? '').slice(0, 10).padEnd(10)}  `;
      output.line(start + cutText(title, TEXT_COLUMNS - displayWidth(start)));
    }
    if (found.length === 0) output.line('Nothing found.');
    if (found.length === limit) output.line(`The newest ${limit}; --limit shows more.`);
    output.document({
      words: text,
      count: found.length,
      articles: found.map(({ id, publishedAt, edition, title, url, topics: on, duplicateOf }) => {
        return { id, publishedAt, edition, title, url, topics: on, duplicateOf };
      }),
    });
    return EXIT.done;
  });
