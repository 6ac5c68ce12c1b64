import { z } from 'zod';
import {
  articleKeySchema,
  type ArticleFormat,
  type ArticleImage,
  type BodyBlock,
  type RelatedLink,
  type Tag,
} from './article.js';
import type { NotArticleReason } from './outcome.js';

/**
 * One article as one page showed it at one moment: everything a page can tell, nothing that only the store knows.
 * `normalise` makes it; `dedupe` compares it; `store` folds it into the record.
 */
export interface ExtractedArticle {
  readonly articleId: string;
  readonly edition: string;
  readonly family: string;
  readonly language: string;
  /** Canonical https address. */
  readonly url: string;
  /** `YYYYMMDD` of the address. */
  readonly addressDate: string;
  readonly title: string;
  readonly lead: string | null;
  /** Empty where the item is none of text: a video, a gallery, an infographic. */
  readonly body: readonly BodyBlock[];
  readonly dateline: string | null;
  /** UTC instants to the second. */
  readonly publishedAt: string | null;
  readonly modifiedAt: string | null;
  readonly tags: readonly Tag[];
  /** Ids of the topics it is on, sorted; empty: off topic. */
  readonly topics: readonly string[];
  readonly section: string | null;
  readonly authors: readonly string[];
  readonly format: ArticleFormat;
  readonly images: readonly ArticleImage[];
  readonly related: readonly RelatedLink[];
  readonly copyrightHolder: string | null;
  /** `sha256:<hex>` of the folded title, lead and body. */
  readonly contentHash: string;
  readonly provenance: Readonly<Record<string, string>>;
  readonly extractor: { readonly name: string; readonly version: string };
}

/** Two sources on one page that disagree about a field; logged and counted, never an error. */
export interface Disagreement {
  readonly field: string;
  readonly chosen: string;
  readonly rejected: string;
  /** Where the rejected value stood, and why it lost. */
  readonly reason: string;
}

/** What the catalogue keeps of a text so that its neighbours are found; `dedupe` makes it. */
export interface Fingerprint {
  readonly contentHash: string;
  /** The LSH bands of the text's MinHash signature, one unsigned 24-bit number each. Empty: too short, compared only exactly. */
  readonly bands: readonly number[];
  /** 32 bytes by which the similarity of two texts is estimated; see `estimateSimilarity`. All zero where there are no bands. */
  readonly sketch: Uint8Array;
}

/** A fingerprint together with the text that it belongs to. */
export interface KeyedFingerprint extends Fingerprint {
  /** See `comparedKey` in `dedupe`. */
  readonly comparedKey: string;
}

/** What was found on a page. */
export type Extraction =
  | {
      readonly kind: 'article';
      readonly article: ExtractedArticle;
      readonly disagreements: readonly Disagreement[];
      /** Fingerprint of the article's text; present if the caller is going to store the article. */
      readonly fingerprint?: KeyedFingerprint | undefined;
    }
  | {
      readonly kind: 'notArticle';
      readonly reason: NotArticleReason;
      /** With `emptyBody` and `cutOff`: the rest of the page, which is stored if the missing part stays missing. */
      readonly article?: ExtractedArticle;
    };

/** Sources of a body that was found all over the article, because nothing that holds the text is known. */
export const MARKED_BLOCKS = 'marked blocks';
export const SENTENCES = 'sentences';

/** @returns whether a body of this source was guessed: it counts as not found. */
export function isGuessedBody(source: string): boolean {
  return source === MARKED_BLOCKS || source === SENTENCES;
}

/** Fields of a record that an extractor tells; what pages or other records tell (`goneAt`, `duplicateOf` …) is none of them. */
export const READ_FIELDS = [
  'url',
  'aliases',
  'edition',
  'language',
  'title',
  'lead',
  'body',
  'dateline',
  'publishedAt',
  'modifiedAt',
  'tags',
  'topics',
  'section',
  'authors',
  'format',
  'images',
  'related',
  'copyrightHolder',
  'renditions',
  'revisions',
  'firstSeenAt',
  'capture',
  'provenance',
  'extractor',
] as const;
export type ReadField = (typeof READ_FIELDS)[number];

/** Characters of a sample; more is cut off with `…`. */
export const SAMPLE_CHARACTERS_MAX = 300;

const extractor = z.strictObject({ name: z.string(), version: z.string() });
const sample = z.string().max(SAMPLE_CHARACTERS_MAX);

const fieldChangeSchema = z.strictObject({
  field: z.enum(READ_FIELDS),
  /** The first thing in which the two differ, for people; null: nothing was there. */
  before: sample.nullable(),
  after: sample.nullable(),
});

/**
 * An article was extracted again from its captures by another extractor than before, and its record differs since. Not an edit: nothing
 * happened at the agency. Kept in the captures as a note that stands before its effect, so that it outlives the catalogue.
 */
export const extractorChangeSchema = z.strictObject({
  runId: z.string().min(1).max(64),
  /** `<family>/<articleId>` */
  article: articleKeySchema,
  /** `stored`: there was no record before. */
  kind: z.enum(['changed', 'stored']),
  /** Which extractor had made the state on top before; null where there was no record. */
  from: extractor.nullable(),
  to: extractor,
  fields: z.array(fieldChangeSchema).max(READ_FIELDS.length),
});

export type FieldChange = z.infer<typeof fieldChangeSchema>;
export type ExtractorChange = z.infer<typeof extractorChangeSchema>;
