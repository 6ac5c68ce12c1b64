import { z } from 'zod';
import { articleKeySchema } from './article.js';

/**
 * An article was extracted again from its captures by another extractor than before, and its record differs since. Not an edit: nothing
 * happened at the agency. Kept in the captures as a note that stands before its effect, so that it outlives the catalogue.
 */

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
