/** The words of the extractors: an extractor as data, and the fields that it finds on a page. */
import type { ArticleFormat, BodyBlock } from '../../domain/article.js';

/**
 * An extractor as data: where one engine, in one span of years, shows each field. Never overwritten when the site
 * changes: a new one is added, so that old saved pages stay readable.
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
  /** Changes whenever this extractor may give another result for a page. */
  readonly version: string;
  /** Years in which the site served this markup, as far as pages show it. */
  readonly era: string;
  /** What its pages are where they do not say otherwise. */
  readonly format: ArticleFormat;
  /** Elements that hold one article; the first selector that finds any wins. */
  readonly roots: readonly string[];
  /** At least one of these must be found inside the root (or, with `page `, anywhere): this engine made the page. */
  readonly signs: readonly string[];
  /** Attributes with the article's own id, on the root or around it. */
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
  /** Sources of the URLs of cards that the page does not show. */
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
  readonly type: BodyBlock['type'] | 'inset';
  /** Classes: an element that holds one of them is only the frame of the text. */
  readonly unlessHolding?: readonly string[];
}

/** What never is body, wherever it stands, with all it holds; beside what `isDroppedBy` drops on pages of every engine. */
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
  /** Sources of the lead image's URL. */
  readonly lead: readonly string[];
  /** Selectors of elements whose pictures show who wrote the article or is named in it. */
  readonly portraits: readonly string[];
  /** Selectors of elements around one picture, its caption and its credit. */
  readonly frames: readonly string[];
  readonly captions: readonly string[];
  readonly credits: readonly string[];
}

/** A value as a page shows it, with the source it was found at (`article:published_time`, `h1.article__title`). */
export interface Found {
  readonly value: string;
  readonly source: string;
}

/** A tag as shown: its name and the URL it leads to, if any, as written. */
export interface FoundTag {
  readonly name: string;
  readonly href: string | null;
  readonly source: string;
}

/** A picture as shown. */
export interface FoundImage {
  /** As written, perhaps relative. */
  readonly src: string;
  readonly caption: string | null;
  readonly credit: string | null;
  readonly source: string;
}

/** A link to another page, as shown in the text or on a card. */
export interface FoundLink {
  /** As written, perhaps relative. */
  readonly href: string;
  /** Headline of the page it leads to, where the link shows one: cards do, links in the text do not. */
  readonly title: string | null;
  readonly source: string;
}

/**
 * What an extractor found on a page, before any of it is judged: for each field every value it saw, most trusted first.
 * White space is as a browser shows it; nothing else has been changed.
 */
export interface PageFields {
  readonly extractor: { readonly name: string; readonly version: string };
  /** Absolute URL the page was read under. */
  readonly url: string;
  /** Where relative links start, by the page's `<base>`; null: at its own URL. */
  readonly base: string | null;
  /** Article ids that the page claims. */
  readonly ids: readonly Found[];
  /** URLs that the page claims for itself. */
  readonly canonical: readonly Found[];
  readonly titles: readonly Found[];
  /** The title as other sources on the page give it, each of them once: to check the first of `titles` against. */
  readonly titleWitnesses: readonly Found[];
  readonly leads: readonly Found[];
  readonly body: { readonly blocks: readonly BodyBlock[]; readonly source: string };
  readonly format: ArticleFormat;
  /** Times as written: ISO, basic, seconds since the epoch, or `HH:MM DD.MM.YYYY`. */
  readonly published: readonly Found[];
  readonly modified: readonly Found[];
  /** Tag links in page order; from metadata without links where the page shows none. */
  readonly tags: readonly FoundTag[];
  /** Tag names by metadata, to check the links against. */
  readonly tagNames: readonly Found[];
  readonly sections: readonly Found[];
  readonly authors: readonly Found[];
  readonly images: readonly FoundImage[];
  readonly links: readonly FoundLink[];
  readonly copyrightHolders: readonly Found[];
  readonly languages: readonly Found[];
}
