import type { NotedExtractorChange } from '../store/catalogue/extractor-change-rows.js';
import { wrapText } from './wrap-text.js';

/** One reader change in lines for people: which reader, which fields, the first difference of each. */
export function describeExtractorChange({ article, notedAt, kind, from, to, fields }: NotedExtractorChange): string[] {
  const readers = `${from === null ? 'no record' : nameOf(from)} → ${nameOf(to)}`;
  const lines = [`${article}  ${notedAt}`, `  read anew: ${readers}`];
  // Every field of an article that was not stored before would be a line.
  if (kind === 'stored') return [...lines, '  stored: it was off topic or unreadable before'];
  for (const { field, before, after } of fields) {
    lines.push(`  ${field}`, ...wrapText(before ?? '(nothing)', '    - ', '      '));
    lines.push(...wrapText(after ?? '(nothing)', '    + ', '      '));
  }
  return lines;
}

function nameOf({ name, version }: { readonly name: string; readonly version: string }): string {
  return `${name} ${version}`;
}
