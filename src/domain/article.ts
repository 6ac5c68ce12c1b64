import { z } from 'zod';
import { ARTICLE_FORMATS, KEY_FORM, type ArticleKey } from './page.js';

/**
 * The stored article, exactly as CONTRACT §5 lists it: the schema's key order is the file's key order.
 */

const utcInstant = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/)
  .describe('UTC instant to the second, 2023-04-12T11:40:00Z');
const address = z.string().min(1).max(2048);
const hash = z.string().regex(/^sha256:[0-9a-f]{64}$/);
/** `<family>/<articleId>` */
export const articleKeySchema = z.string().regex(KEY_FORM) as z.ZodType<string> as z.ZodType<ArticleKey>;

export const articleFormatSchema = z.enum(ARTICLE_FORMATS);

export const bodyBlockSchema = z.strictObject({
  type: z.enum(['text', 'quote', 'heading', 'list']),
  text: z.string().min(1),
});
export const tagSchema = z.strictObject({
  name: z.string().min(1),
  url: address.nullable(),
  kind: z.string().nullable().describe('prefix of the tag page: geo, keyword, category …'),
});
export const imageSchema = z.strictObject({
  url: address,
  caption: z.string().nullable(),
  credit: z.string().nullable(),
});
export const relatedSchema = z.strictObject({ url: address, title: z.string().nullable() });

export const captureReferenceSchema = z.strictObject({
  file: z.string().describe('relative to dataDir'),
  offset: z.int().nonnegative(),
  length: z.int().positive(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe('of the body without its content encoding'),
  fetchedAt: utcInstant,
  status: z.int(),
  etag: z.string().nullable(),
  lastModified: z.string().nullable(),
  via: z.enum(['http', 'browser', 'ingest']),
});

export const revisionSchema = z.strictObject({
  revision: z.int().positive(),
  seenAt: utcInstant,
  modifiedAt: utcInstant.nullable(),
  title: z.string(),
  lead: z.string().nullable(),
  body: z.array(bodyBlockSchema),
  tags: z.array(tagSchema),
  contentHash: hash,
});

export const renditionSchema = z.strictObject({
  edition: z.string(),
  url: address,
  language: z.string(),
  title: z.string(),
  lead: z.string().nullable(),
  body: z.array(bodyBlockSchema),
  publishedAt: utcInstant.nullable(),
  contentHash: hash,
  seenAt: utcInstant.optional().describe('present only where the rendition has changed: first sight of this state'),
  revisions: z
    .array(revisionSchema)
    .optional()
    .describe('present only where the rendition has changed: earlier states'),
});

export const pictureStateSchema = z.strictObject({ seenAt: utcInstant, images: z.array(imageSchema) });

export const duplicateOfSchema = z.strictObject({
  id: articleKeySchema,
  kind: z.enum(['exact', 'near']),
  similarity: z.number().min(0).max(1),
});

export const articleSchema = z.strictObject({
  schemaVersion: z.literal(2),
  id: articleKeySchema,
  url: address,
  aliases: z.array(address),
  edition: z.string(),
  family: z.string(),
  language: z.string(),
  title: z.string().min(1),
  lead: z.string().nullable(),
  body: z.array(bodyBlockSchema),
  dateline: z.string().nullable(),
  publishedAt: utcInstant.nullable(),
  modifiedAt: utcInstant.nullable(),
  tags: z.array(tagSchema),
  topics: z.array(z.string()),
  section: z.string().nullable(),
  authors: z.array(z.string()),
  format: articleFormatSchema,
  images: z.array(imageSchema),
  related: z.array(relatedSchema),
  copyrightHolder: z.string().nullable(),
  contentHash: hash,
  renditions: z.array(renditionSchema),
  revisions: z.array(revisionSchema),
  pictures: z
    .array(pictureStateSchema)
    .optional()
    .describe('present only where the pictures have changed: what the page showed, oldest first, the newest last'),
  duplicates: z.array(articleKeySchema),
  duplicateOf: duplicateOfSchema.nullable(),
  goneAt: utcInstant.nullable(),
  firstSeenAt: utcInstant.nullable(),
  lastSeenAt: utcInstant.nullable(),
  capture: captureReferenceSchema.nullable(),
  provenance: z.record(z.string(), z.string()),
  extractor: z.strictObject({ name: z.string(), version: z.string() }),
});

export type ArticleFormat = z.infer<typeof articleFormatSchema>;
export type BodyBlock = z.infer<typeof bodyBlockSchema>;
export type Tag = z.infer<typeof tagSchema>;
export type ArticleImage = z.infer<typeof imageSchema>;
export type RelatedLink = z.infer<typeof relatedSchema>;
export type CaptureReference = z.infer<typeof captureReferenceSchema>;
export type Revision = z.infer<typeof revisionSchema>;
export type PictureState = z.infer<typeof pictureStateSchema>;
export type Rendition = z.infer<typeof renditionSchema>;
export type DuplicateOf = z.infer<typeof duplicateOfSchema>;
export type Article = z.infer<typeof articleSchema>;
