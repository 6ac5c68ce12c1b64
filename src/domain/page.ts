/**
 * A page is one article id in one edition: the unit that is found, fetched and counted.
 */

/** `<edition>/<articleId>`, e.g. `big5.sputniknews.cn/1049499304`. */
export type PageId = `${string}/${string}`;

/** `<family>/<articleId>`, e.g. `sputniknews.cn/1049499304`: the identity of a stored article. */
export type ArticleKey = `${string}/${string}`;

/** An address of an article, reduced to its one spelling. */
export interface ArticleUrl {
  readonly edition: string;
  readonly family: string;
  /** Decimal digits, 4 to 19 of them. */
  readonly articleId: string;
  readonly pageId: PageId;
  readonly articleKey: ArticleKey;
  /** Canonical https address: no query, no fragment, no `/amp`, no print suffix. */
  readonly url: string;
  /** `YYYYMMDD` of the address, in the edition's time zone. */
  readonly date: string;
}
