/**
 * A story as the test site's content holds it: what every page and every truth is made from.
 * Texts are in the family's own script; an edition in another script converts the whole content.
 */

export interface StoryTag {
  readonly name: string;
  /** Path of its tag page, e.g. `/geo_0f3a…/`. */
  readonly path: string;
  /** Prefix of the tag page, null for plain section paths. */
  readonly kind: string | null;
  /** An editorial label that no tag list should keep. */
  readonly label?: boolean;
}

export interface StoryImage {
  /** Absolute URL of the 1920 px crop. */
  readonly url: string;
  readonly caption: string | null;
  readonly credit: string | null;
}

/** Another article of the site, as a card or a link shows it. */
export interface StoryLink {
  readonly articleId: string;
  readonly path: string;
  readonly title: string;
}

/** A piece of a paragraph. */
export type Inline =
  | { readonly kind: 'plain' | 'strong' | 'em'; readonly text: string }
  | { readonly kind: 'tagLink' | 'outerLink'; readonly text: string; readonly href: string }
  | { readonly kind: 'articleLink'; readonly text: string; readonly link: StoryLink };

/** A block of the page in reading order; the last line holds what is never body. */
export type StoryBlock =
  | { readonly type: 'text'; readonly runs: readonly Inline[] }
  | { readonly type: 'quote' | 'vrez' | 'h2' | 'h3'; readonly text: string }
  | { readonly type: 'list'; readonly items: readonly string[] }
  | { readonly type: 'article'; readonly card: StoryLink }
  | { readonly type: 'media'; readonly image: StoryImage }
  | { readonly type: 'photolenta'; readonly images: readonly StoryImage[] }
  | { readonly type: 'banner' | 'video' | 'embed' | 'poll'; readonly text: string };

export const WITHDRAWALS = ['404', '410', 'redirectFront', 'emptyBody'] as const;
/** How a withdrawn article answers. */
export type Withdrawal = (typeof WITHDRAWALS)[number];

/** The markup that a page is written in. */
export const PAGE_FORMS = ['current', 'old', 'ria', 'longread', 'live', 'gallery', 'video', 'poll'] as const;
export type PageForm = (typeof PAGE_FORMS)[number];

/** One state of a story. */
export interface StoryContent {
  readonly form: PageForm;
  readonly title: string;
  /** Stands below the title on some pages, and is their `h1`. */
  readonly secondTitle: string | null;
  readonly lead: string | null;
  readonly dateline: string | null;
  readonly blocks: readonly StoryBlock[];
  /** Rubric first, page order. */
  readonly tags: readonly StoryTag[];
  readonly section: StoryTag;
  readonly authors: readonly string[];
  readonly leadImage: StoryImage | null;
  /** A wider story's box above the title: name and blurb. */
  readonly storyBox: { readonly name: string; readonly blurb: string; readonly path: string } | null;
  /** The machine-made digest; never body. */
  readonly digest: readonly string[];
  /** Milliseconds since the epoch, whole minutes. */
  readonly publishedAt: number;
  readonly modifiedAt: number;
  readonly path: string;
  /** Paths under which it stood before, oldest first. */
  readonly formerPaths: readonly string[];
  readonly withdrawn: Withdrawal | null;
}

/** A change of a story from an instant on. */
export interface StoryChange {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly apply: (content: StoryContent, at: number) => StoryContent;
}

export interface Story {
  readonly family: string;
  readonly articleId: string;
  readonly first: StoryContent;
  /** Set where the text was taken from another story on purpose. */
  readonly copyOf: { readonly articleId: string; readonly kind: 'exact' | 'near' } | null;
  /** In order of `at`. */
  readonly changes: StoryChange[];
}

/** @returns the content with every text that a reader sees passed through `convert`; URLs stay. Pure. */
export function mapTexts(content: StoryContent, convert: (text: string) => string): StoryContent {
  const maybe = (text: string | null): string | null => (text === null ? null : convert(text));
  const tag = (t: StoryTag): StoryTag => ({ ...t, name: convert(t.name) });
  const link = (l: StoryLink): StoryLink => ({ ...l, title: convert(l.title) });
  const image = (i: StoryImage): StoryImage => ({ ...i, caption: maybe(i.caption), credit: maybe(i.credit) });
  const run = (r: Inline): Inline =>
    r.kind === 'articleLink' ? { ...r, text: convert(r.text), link: link(r.link) } : { ...r, text: convert(r.text) };
  const block = (b: StoryBlock): StoryBlock => {
    switch (b.type) {
      case 'text':
        return { type: 'text', runs: b.runs.map(run) };
      case 'list':
        return { type: 'list', items: b.items.map(convert) };
      case 'article':
        return { type: 'article', card: link(b.card) };
      case 'media':
        return { type: 'media', image: image(b.image) };
      case 'photolenta':
        return { type: 'photolenta', images: b.images.map(image) };
      default:
        return { type: b.type, text: convert(b.text) };
    }
  };
  return {
    ...content,
    title: convert(content.title),
    secondTitle: maybe(content.secondTitle),
    lead: maybe(content.lead),
    dateline: maybe(content.dateline),
    blocks: content.blocks.map(block),
    tags: content.tags.map(tag),
    section: tag(content.section),
    authors: content.authors.map(convert),
    leadImage: content.leadImage === null ? null : image(content.leadImage),
    storyBox:
      content.storyBox === null
        ? null
        : { ...content.storyBox, name: convert(content.storyBox.name), blurb: convert(content.storyBox.blurb) },
    digest: content.digest.map(convert),
  };
}
