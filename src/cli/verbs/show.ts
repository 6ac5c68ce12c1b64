import type { Command } from 'commander';
import { editsBetween, statesOf, type ArticleState } from '../../edits/list-article-edits.js';
import type { Article } from '../../domain/article.js';
import type { ArticleKey } from '../../domain/page.js';
import { UsageError } from '../../domain/errors.js';
import { EXIT, type ExitCode } from '../../platform/exit-codes.js';
import { describeArticle } from '../describe-article.js';
import { describeEdits } from '../describe-edits.js';
import { findArticle } from '../find-article.js';
import type { Output } from '../output.js';
import { parseCount } from '../parse-options.js';
import { runVerb, withCommonOptions, type VerbAction } from '../run-verb.js';
import { withCatalogue } from '../with-catalogue.js';

interface ShowOptions {
  readonly revision?: string;
  readonly diff?: string;
}

export function addShowVerb(program: Command): void {
  withCommonOptions(program.command('show'))
    .summary('one article')
    .argument('<id>', 'an id (sputniknews.cn/1049499304 or 1049499304) or an address')
    .option('--revision <n>', 'an earlier state, 1 being the first')
    .option('--diff <a..b>', 'what was edited between two states, such as 1..2')
    .addHelpText('after', '\nExample:\n  sputnik show 1049499304 --diff 1..2')
    .action(runVerb(show));
}

const show: VerbAction<ShowOptions> = ({ config, output }, options, [word = '']) =>
  withCatalogue(config, (reader) => {
    const stored = findArticle(word, config, reader);
    if (options.diff !== undefined) return showDiff(stored, options.diff, output);
    const article =
      options.revision === undefined ? stored : atRevision(stored, parseCount(options.revision, '--revision'));
    for (const line of describeArticle(article)) output.line(line);
    const changes = reader.extractorChanges({ article: article.id as ArticleKey, since: null, until: null });
    if (changes.length > 0)
      output.line(`read anew by another reader, last ${changes.at(-1)?.notedAt ?? ''}: \`sputnik edits --reader\``);
    output.document(article);
    return EXIT.done;
  });

function showDiff(article: Article, words: string, output: Output): ExitCode {
  const [, a = '', b = ''] = /^(\d+)\.\.(\d+)$/.exec(words) ?? [];
  if (a === '') {
    throw new UsageError(`--diff ${words}: expected two revisions such as 1..2`, { code: 'usage.number' });
  }
  const [from, to] = [stateOf(article, parseCount(a, '--diff')), stateOf(article, parseCount(b, '--diff'))];
  const step = editsBetween(article.id, article.edition, from, to);
  for (const line of describeEdits(step)) output.line(line);
  output.document(step);
  return EXIT.done;
}

/** The article with the text of an earlier state on top. */
function atRevision(article: Article, revision: number): Article {
  if (revision === article.revisions.length + 1) return article;
  const state = article.revisions.find((candidate) => candidate.revision === revision);
  if (state === undefined) throw unknownRevision(article, revision);
  const { title, lead, body, tags, modifiedAt, contentHash } = state;
  return { ...article, title, lead, body, tags, modifiedAt, contentHash };
}

function stateOf(article: Article, revision: number): ArticleState {
  const state = statesOf(article).find((candidate) => candidate.revision === revision);
  if (state !== undefined) return state;
  throw unknownRevision(article, revision);
}

function unknownRevision(article: Article, revision: number): UsageError {
  return new UsageError(`${article.id} has revisions 1 to ${article.revisions.length + 1}, not ${revision}`, {
    code: 'usage.unknownRevision',
  });
}
