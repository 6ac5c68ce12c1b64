import type { ArticleEdits } from '../../edits/list-article-edits.js';
import { EDIT_NAMES, type Edit } from '../../edits/list-edits.js';

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
