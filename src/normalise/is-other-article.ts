import type { PageFields } from '../sputnik/extractors/page-fields.js';
import type { NormaliseContext } from './normalise-context.js';

/** The one attribute that is known to hold the article's number; `data-id` is used for other things as well. */
const ARTICLE_ID_SOURCE = '@data-article-id';

/**
 * Tells whether the page at an address holds another article: a cache that answered with its neighbour, a page that was put in its place.
 * Its text must not be stored under the address's identity.
 *
 * The number on the element that the text was read from decides, where there is one. Else the addresses that the page claims for itself
 * (canonical, `og:url`) decide, if they are of this family and none of them is this article. Claims of other families are no claim: numbers
 * are not shared between them. Errs towards reading the page: one claim that fits is enough.
 *
 * Pure.
 */
export function isOtherArticle(
  reading: Pick<PageFields, 'ids' | 'canonical' | 'url'>,
  { address, edition, addresses }: Pick<NormaliseContext, 'address' | 'edition' | 'addresses'>,
): boolean {
  const [marked] = reading.ids;
  if (marked?.source === ARTICLE_ID_SOURCE) return marked.value !== address.articleId;
  if (marked?.value === address.articleId) return false;
  const claimed = reading.canonical
    .flatMap(({ value }) => addresses.parse(value, reading.url) ?? [])
    .filter(({ family }) => family === edition.family);
  return claimed.length > 0 && claimed.every(({ articleId }) => articleId !== address.articleId);
}
