import type { BodyBlock } from '../../domain/article.js';

/** A value as a page shows it, with the place it stood at (`article:published_time`, `h1.article__title`). */
export interface Found {
  readonly value: string;
  readonly source: string;
}

/** A tag as shown: its name and the address it leads to, if any, as written. */
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
 * What a reader found on a page, before any of it is judged: for each field every value it saw, most trusted first.
 * White space is as a browser shows it; nothing else has been changed.
 */
export interface PageFields {
  readonly extractor: { readonly name: string; readonly version: string };
  /** Absolute address the page was read under: relative links lead from here. */
  readonly url: string;
  /** Article ids that the page claims. */
  readonly ids: readonly Found[];
  /** Addresses that the page claims for itself. */
  readonly canonical: readonly Found[];
  readonly titles: readonly Found[];
  readonly leads: readonly Found[];
  readonly body: { readonly blocks: readonly BodyBlock[]; readonly source: string };
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
