import type { Article } from '../../domain/article.js';

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
