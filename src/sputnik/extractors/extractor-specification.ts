/**
 * A reader as data: where one engine, in one span of years, shows each field. Never overwritten when the site changes:
 * a new one is added, so that old saved pages stay readable.
 *
 * A *source* is one of
 *     h1.article__title                       the text of the first element that the selector finds in the article
 *     .article__info-date a@data-unixtime     an attribute of it
 *     meta og:title                           `content` of a head meta, by property or name
 *     microdata headline                      an itemprop of the article itself; `copyrightHolder/legalName` of a part
 *     json-ld headline                        a key of the JSON-LD object whose type is an article
 *     page .m-article@lang                    like the first, anywhere on the page
 * and is written into `provenance` as it stands here, without the word `meta`.
 */
export interface ExtractorSpecification {
  readonly name: string;
  /** Changes whenever this reader may give another result for a page. */
  readonly version: string;
  /** Years in which the site served this markup, as far as pages show it. */
  readonly era: string;
  /** Elements that hold one article; the first selector that finds any wins. */
  readonly roots: readonly string[];
  /** At least one of these must be found inside the root (or, with `page `, anywhere): this engine made the page. */
  readonly signs: readonly string[];
  /** Sources of the article's own id, on the root or around it. */
  readonly idAttributes: readonly string[];
  readonly titles: readonly string[];
  readonly leads: readonly string[];
  readonly body: BodySpecification;
  readonly published: readonly string[];
  readonly modified: readonly string[];
  /** Selectors of tag links, most trusted first. */
  readonly tagLinks: readonly string[];
  readonly tagNames: readonly string[];
  readonly sections: readonly string[];
  readonly authors: readonly string[];
  readonly images: ImageSpecification;
  /** Selectors of cards that lead to other articles; their links count, their text never does. */
  readonly cards: readonly string[];
  /** Sources of addresses of cards, for cards that the page does not show. */
  readonly citations: readonly string[];
  readonly copyrightHolders: readonly string[];
  readonly languages: readonly string[];
}

export interface BodySpecification {
  /** Elements that hold the body; every one that the first successful selector finds is read, in order. */
  readonly containers: readonly string[];
  /** Only what these find inside a container is body, typed; empty: everything in the container that is not dropped. */
  readonly parts: readonly BodyPart[];
  readonly dropped: DroppedParts;
  readonly quoteSelectors: readonly string[];
  /** A block that is nothing but this is no text: the hours of a live page. */
  readonly noText?: RegExp;
  /** Sources of the text, paragraph by line, where no container exists at all. */
  readonly lastResort: readonly string[];
}

export interface BodyPart {
  readonly selector: string;
  /** `inset`: a box of text beside the text; its title counts as text. */
  readonly type: 'text' | 'quote' | 'heading' | 'list' | 'inset';
  /** Classes: an element that holds one of them is only the frame of what is read. */
  readonly unlessHolding?: readonly string[];
}

/** What never is body, wherever it stands, with all it holds. */
export interface DroppedParts {
  readonly dataTypes: readonly string[];
  readonly classes: readonly string[];
  readonly classPrefixes: readonly string[];
  /** Elements that carry one of these attributes. */
  readonly attributes?: readonly string[];
  /** Names of elements. */
  readonly names?: readonly string[];
}

export interface ImageSpecification {
  /** Sources of the lead image's address. */
  readonly lead: readonly string[];
  /** Selectors of elements around one picture, its caption and its credit. */
  readonly frames: readonly string[];
  readonly captions: readonly string[];
  readonly credits: readonly string[];
}
