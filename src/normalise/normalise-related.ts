import type { RelatedLink } from '../domain/article.js';
import type { PageFields } from '../sputnik/extractors/page-fields.js';
import { cleanText } from './clean-text.js';
import type { Field } from './field.js';
import type { NormaliseContext } from './normalise-context.js';

const RELATED_MAX = 200;

/**
 * Other articles of the site that this one leads to, by cards and by links in its text: in page order, each once,
 * itself never. The site is the family: the article's renditions in the other script are itself.
 */
export function normaliseRelated(reading: PageFields, context: NormaliseContext): Field<RelatedLink[]> {
  const related = new Map<string, RelatedLink>();
  let source: string | null = null;
  for (const link of reading.links) {
    const address = context.addresses.parse(link.href, context.address.url);
    if (address === null || address.family !== context.address.family) continue;
    if (address.articleId === context.address.articleId || related.size >= RELATED_MAX) continue;
    source ??= link.source;
    const title = cleanText(link.title ?? '').replace(/[\n\t]+/g, ' ');
    const known = related.get(address.articleKey);
    if (known === undefined) related.set(address.articleKey, { url: address.url, title: title === '' ? null : title });
    else if (known.title === null && title !== '') related.set(address.articleKey, { url: known.url, title });
  }
  return { value: [...related.values()], source, disagreements: [] };
}
