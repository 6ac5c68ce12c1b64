import type { Command } from 'commander';
import { compareText } from '../../domain/page.js';
import type { ArticleEdits } from '../../edits/list-article-edits.js';
import { EXIT, type ExitCode } from '../../platform/exit-codes.js';
import type { CatalogueQueries } from '../../store/catalogue/catalogue-queries.js';
import type { NotedExtractorChange } from '../../store/catalogue/corpus-queries.js';
import { findArticle } from '../arguments/find-article.js';
import { collectList, parseDayRange, parseTopics, type InstantRange } from '../arguments/parse-options.js';
import { examples, runVerb, type VerbAction, type VerbContext } from '../arguments/run-verb.js';
import { withCatalogue } from '../arguments/with-catalogue.js';
import { describeEdits } from '../output/describe-article.js';
import type { Documents } from '../output/documents.js';

interface EditsOptions {
  readonly since?: string;
  readonly until?: string;
  readonly topic?: readonly string[];
  readonly substantive?: boolean;
  readonly reader?: boolean;
}

export function addEditsVerb(command: Command): void {
  command
    .description(
      'Lists what the agency edited after publication: headline, lead, paragraphs, numbers, names, ' +
        'quotations, tags, pictures. Each edit is trivial or substantive, and is shown with both wordings and ' +
        'the two times between which it happened.',
    )
    .argument('[id]', 'only this article (id or URL)')
    .option('--since <date>', 'edits first seen on this day (UTC) or later')
    .option('--until <date>', 'edits first seen on this day (UTC) or earlier')
    .option('--topic <id>', 'only articles on these topics', collectList)
    .option('--substantive', 'leave out changes of white space, punctuation, script, width and order')
    .option('--reader', 'list changes by a new extractor instead, which are not edits by the agency')
    .addHelpText(
      ...examples('sputnik edits --topic armenia --since 2023-04-01 --substantive', 'sputnik edits 1049499304'),
    )
    .action(runVerb(edits));
}

const edits: VerbAction<EditsOptions> = (context, options, [word]) =>
  withCatalogue(context.config, async (queries) => {
    const { listArticleEdits } = await import('../../edits/list-article-edits.js');
    const { config, output } = context;
    const range = parseDayRange(options.since, options.until);
    const topics = parseTopics(options.topic, config);
    if (options.reader === true) return extractorChanges(word, range, context, queries);
    const articles = word === undefined ? queries.editedArticles(range.since) : [findArticle(word, config, queries)];
    const found: ArticleEdits[] = [];
    for (const article of articles) {
      if (topics !== null && !topics.some((topic) => article.topics.includes(topic))) continue;
      for (const step of listArticleEdits(article, (seenAt) => isWithin(seenAt ?? '', range))) {
        const kept = options.substantive === true ? step.edits.filter(isSubstantive) : step.edits;
        if (kept.length > 0) found.push({ ...step, edits: kept });
      }
    }
    found.sort((a, b) => compareText(a.to.seenAt ?? '', b.to.seenAt ?? '') || compareText(a.article, b.article));
    for (const step of found) {
      output.prose(describeEdits(step));
      output.line();
    }
    const count = found.reduce((total, step) => total + step.edits.length, 0);
    output.line(found.length === 0 ? 'No edits.' : `${count} edits in ${found.length} steps.`);
    output.document({ count, steps: found } satisfies Documents['edits']);
    return EXIT.done;
  });

function isWithin(instant: string, { since, until }: InstantRange): boolean {
  return (since === null || instant >= since) && (until === null || instant < until);
}

/** What the program changed by reading captures otherwise than before: not the agency's doing. */
function extractorChanges(
  word: string | undefined,
  range: InstantRange,
  { config, output }: VerbContext,
  queries: CatalogueQueries,
): ExitCode {
  const article = word === undefined ? null : findArticle(word, config, queries).id;
  const changes = queries.corpus.extractorChanges({ article, ...range });
  for (const change of changes) {
    output.prose(describeExtractorChange(change));
    output.line();
  }
  output.line(
    changes.length === 0 ? 'No reader changes.' : `${changes.length} reader changes; no edits of the agency’s.`,
  );
  output.document({ count: changes.length, extractorChanges: changes } satisfies Documents['edits-reader']);
  return EXIT.done;
}

function isSubstantive({ weight }: ArticleEdits['edits'][number]): boolean {
  return weight === 'substantive';
}

/** One extractor change in lines for people: which extractor, which fields, the first difference of each. */
function describeExtractorChange({ article, notedAt, kind, from, to, fields }: NotedExtractorChange): string[] {
  const extractors = `${from === null ? 'no record' : nameOf(from)} → ${nameOf(to)}`;
  const lines = [`${article}  ${notedAt}`, `  extracted again: ${extractors}`];
  // Every field of an article that was not stored before would be a line.
  if (kind === 'stored') return [...lines, '  stored: it was off topic or unreadable before'];
  for (const { field, before, after } of fields) {
    lines.push(`  ${field}`, `    - ${before ?? '(nothing)'}`);
    lines.push(`    + ${after ?? '(nothing)'}`);
  }
  return lines;
}

function nameOf({ name, version }: { readonly name: string; readonly version: string }): string {
  return `${name} ${version}`;
}
