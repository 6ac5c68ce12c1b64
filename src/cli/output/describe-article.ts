import type { Article } from '../../domain/article.js';
import type { ArticleEdits } from '../../edits/list-article-edits.js';
import { EDIT_NAMES, type Edit } from '../../edits/list-edits.js';

/**
 * An article in lines for people.
 *
 * @param paragraphsMax  Most body blocks shown.
 */
export function describeArticle(article: Article, paragraphsMax = Number.POSITIVE_INFINITY): string[] {
  const lines = [
    article.title,
    `${article.publishedAt ?? 'time unknown'}  ${article.edition}  ${article.language}`,
    article.url,
    `tags: ${article.tags.map(({ name }) => name).join(', ') || 'none'}`,
    `topics: ${article.topics.join(', ') || 'none'}`,
  ];
  if (article.format !== 'text') lines.push(`format: ${article.format}`);
  if (article.duplicateOf !== null) {
    lines.push(
      `${article.duplicateOf.kind} duplicate of ${article.duplicateOf.id} (${article.duplicateOf.similarity})`,
    );
  }
  if (article.duplicates.length > 0) lines.push(`repeated by: ${article.duplicates.join(', ')}`);
  for (const { edition, url } of article.renditions) lines.push(`rendition: ${edition} ${url}`);
  if (article.revisions.length > 0) lines.push(`revision ${article.revisions.length + 1}; earlier ones are kept`);
  if (article.goneAt !== null) lines.push(`withdrawn by the site, first seen ${article.goneAt}`);
  lines.push('');
  if (article.lead !== null) lines.push(article.lead, '');
  for (const { type, text } of article.body.slice(0, paragraphsMax)) {
    lines.push(...(type === 'quote' ? [`> ${text}`] : type === 'heading' ? [`## ${text}`] : text.split('\n')), '');
  }
  if (article.body.length > paragraphsMax) lines.push(`… and ${article.body.length - paragraphsMax} more paragraphs`);
  return lines;
}

/** Beside a paragraph that was changed, a headline alone would not say so. */
const TYPE_WORDS = { ...EDIT_NAMES, headline: 'headline changed', lead: 'lead changed' };

/** One step from state to state in lines for people: when, what kind, both wordings. */
export function describeEdits({ article, edition, title, from, to, edits }: ArticleEdits): string[] {
  const lines = [
    title,
    `  ${article}  ${edition}  revision ${from.revision} → ${to.revision}`,
    `  between ${from.seenAt ?? 'an unknown time'} and ${to.seenAt ?? 'an unknown time'}` +
      (to.modifiedAt === null ? '' : `; the page says ${to.modifiedAt}`),
  ];
  if (edits.length === 0) lines.push('  no difference');
  for (const edit of edits) lines.push(...describeEdit(edit));
  return lines;
}

function describeEdit(edit: Edit): string[] {
  const location = edit.blockAfter ?? edit.blockBefore;
  const where = location === null ? '' : ` (paragraph ${location + 1}${edit.blockAfter === null ? ' before' : ''})`;
  const lines = [`  ${TYPE_WORDS[edit.type]}${where}, ${edit.weight}`];
  // What only moved reads the same before and after.
  if (edit.before === edit.after) return [...lines, `    = ${edit.after ?? ''}`];
  if (edit.before !== null) lines.push(`    - ${edit.before}`);
  if (edit.after !== null) lines.push(`    + ${edit.after}`);
  return lines;
}
