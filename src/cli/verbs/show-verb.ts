import type { Command } from 'commander';
import type { Article } from '../../domain/article.js';
import { UsageError } from '../../domain/errors.js';
import { editsBetween, statesOf, type ArticleState } from '../../edits/list-article-edits.js';
import { EXIT, type ExitCode } from '../../platform/exit-codes.js';
import { findArticle } from '../arguments/find-article.js';
import { parseCount } from '../arguments/parse-options.js';
import { examples, runVerb, type VerbAction } from '../arguments/run-verb.js';
import { withCatalogue } from '../arguments/with-catalogue.js';
import { describeArticle, describeEdits } from '../output/describe-article.js';
import type { Documents } from '../output/documents.js';
import type { Output } from '../output/text-output.js';

interface ShowOptions {
  readonly revision?: string;
  readonly diff?: string;
}

export function addShowVerb(command: Command): void {
  command
    .description('Shows an article in its current state, or as it was before an edit.')
    .argument('<id>', 'id (sputniknews.cn/1049499304 or 1049499304) or URL')
    .option('--revision <n>', 'an earlier state; 1 is the first')
    .option('--diff <a..b>', 'the edits between two states, such as 1..2')
    .addHelpText(...examples('sputnik show 1049499304', 'sputnik show sputniknews.cn/1049499304 --revision 1'))
    .action(runVerb(show));
}

const show: VerbAction<ShowOptions> = ({ config, output }, options, [word = '']) =>
  withCatalogue(config, (queries) => {
    const stored = findArticle(word, config, queries);
    if (options.diff !== undefined) return showDiff(stored, options.diff, output);
    const article =
      options.revision === undefined ? stored : atRevision(stored, parseCount(options.revision, '--revision'));
    output.lines(describeArticle(article));
    const changes = queries.corpus.extractorChanges({ article: article.id, since: null, until: null });
    if (changes.length > 0)
      output.line(`changed by a later extractor, last on ${changes.at(-1)?.notedAt ?? ''}: \`sputnik edits --reader\``);
    output.document(article satisfies Documents['show']);
    return EXIT.done;
  });

function showDiff(article: Article, words: string, output: Output): ExitCode {
  const [, a = '', b = ''] = /^(\d+)\.\.(\d+)$/.exec(words) ?? [];
  if (a === '') {
    throw new UsageError(`--diff ${words}: expected two revisions such as 1..2`, { code: 'usage.number' });
  }
  const [from, to] = [stateOf(article, parseCount(a, '--diff')), stateOf(article, parseCount(b, '--diff'))];
  const step = editsBetween(article.id, article.edition, from, to);
  output.prose(describeEdits(step));
  output.document(step satisfies Documents['show-diff']);
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
