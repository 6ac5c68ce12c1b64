import type { Command } from 'commander';
import type { Article } from '../../domain/article.js';
import { UsageError } from '../../domain/errors.js';
import type { ArticleKey } from '../../domain/page.js';
import { EXIT } from '../../platform/exit-codes.js';
import { createAddressBook } from '../../sputnik/address-book.js';
import type { CatalogueReader } from '../../store/catalogue/catalogue-reader.js';
import { describeArticle } from '../describe-article.js';
import { parseCount } from '../parse-options.js';
import { runVerb, withCommonOptions, type VerbAction, type VerbContext } from '../run-verb.js';
import { withCatalogue } from '../with-catalogue.js';

interface ShowOptions {
  readonly revision?: string;
}

export function addShowVerb(program: Command): void {
  withCommonOptions(program.command('show'))
    .summary('one article')
    .argument('<id>', 'an id (sputniknews.cn/1049499304 or 1049499304) or an address')
    .option('--revision <n>', 'an earlier state, 1 being the first')
    .action(runVerb(show));
}

const show: VerbAction<ShowOptions> = (context, options, [word = '']) =>
  withCatalogue(context.config, (reader) => {
    const key = articleKeyOf(word, context, reader);
    const stored = key === null ? null : reader.article(key);
    if (stored === null) throw new UsageError(`no article is known under ${word}`, { code: 'usage.unknownArticle' });
    const article =
      options.revision === undefined ? stored : atRevision(stored, parseCount(options.revision, '--revision'));
    for (const line of describeArticle(article)) context.output.line(line);
    context.output.document(article);
    return EXIT.done;
  });

function articleKeyOf(word: string, { config }: VerbContext, reader: CatalogueReader): ArticleKey | null {
  const address = createAddressBook(config.editions).parse(word);
  if (address !== null) return address.articleKey;
  if (/^[a-z0-9.-]+\/\d{4,19}$/.test(word)) return keyOfPair(word as ArticleKey, config);
  if (!/^\d{4,19}$/.test(word)) return null;
  const keys = [...new Set(reader.pagesOfArticleId(word).map(({ articleKey }) => articleKey))].filter(
    (key) => reader.article(key) !== null,
  );
  if (keys.length > 1) {
    throw new UsageError(`${word} is the id of several articles: ${keys.join(', ')}`, { code: 'usage.ambiguous' });
  }
  return keys[0] ?? null;
}

/** `<family>/<id>`, or `<edition>/<id>` of any edition of the family. */
function keyOfPair(word: ArticleKey, config: VerbContext['config']): ArticleKey {
  const [name = '', articleId = ''] = word.split('/');
  const family = config.editions.find(({ id }) => id === name)?.family ?? name;
  return `${family}/${articleId}`;
}

/** The article with the text of an earlier state on top. */
function atRevision(article: Article, revision: number): Article {
  if (revision === article.revisions.length + 1) return article;
  const state = article.revisions.find((candidate) => candidate.revision === revision);
  if (state === undefined) {
    throw new UsageError(`${article.id} has revisions 1 to ${article.revisions.length + 1}, not ${revision}`, {
      code: 'usage.unknownRevision',
    });
  }
  const { title, lead, body, tags, modifiedAt, contentHash } = state;
  return { ...article, title, lead, body, tags, modifiedAt, contentHash };
}
