import { z } from 'zod';
import {
  articleSchema,
  bodyBlockSchema,
  captureReferenceSchema,
  duplicateOfSchema,
  imageSchema,
  pictureStateSchema,
  relatedSchema,
  renditionSchema,
  revisionSchema,
  tagSchema,
  type Article,
} from './article.js';

/** Changes with `schemaVersion`. */
const SCHEMA_ID = 'urn:sputnik-harvester:schema:article:2';

/** What each key holds, for readers of the published schema (CONTRACT §5). */
const DESCRIPTIONS: Readonly<Record<keyof Article, string>> = {
  schemaVersion: 'Version of this form.',
  id: 'Family and article id: one identity for every edition of the family and every address.',
  url: 'Canonical https address: no query, no fragment, no /amp.',
  aliases: 'Other addresses under which it was seen; url is the newest.',
  edition: 'Edition whose text stands on top.',
  family: 'Editions of one family share article ids.',
  language: 'BCP 47, with script for Chinese.',
  title: 'Headline.',
  lead: 'Announcement under the headline; null if the page has none.',
  body: 'Blocks in reading order, without cards, captions, adverts and subscriptions.',
  dateline: 'Place, date and agency at the start of the text; it stays in the text too. Null if none.',
  publishedAt: 'Earliest known; null if the page has none or an impossible one.',
  modifiedAt: 'As the page says; null if it shows none.',
  tags: 'Page order, no repeats, editorial labels left out.',
  topics: 'Ids of the topics it is on, sorted.',
  section: 'Rubric of the site; null if silent.',
  authors: 'Names as printed.',
  format: 'What the item is, as the site calls it, else as it is laid out.',
  images: 'Lead image first.',
  related: 'Cards and links to other articles of the site.',
  copyrightHolder: 'As the page says; null if silent.',
  contentHash: 'SHA-256 of title, lead and body after the folding that comparison uses.',
  renditions: "The same article in the family's other editions.",
  revisions:
    'Earlier states, oldest first; the state on top is number revisions.length + 1. Of a page that was edited more than fifty times: the first, the newest, and between them up to 150 that changed more than numbers; the captures keep all.',
  pictures:
    'Present only where the pictures have changed: what the page showed, oldest first, the newest last. Other pictures alone make no revision.',
  duplicates: 'Ids of the articles that repeat this one.',
  duplicateOf: 'The article that this one repeats; null for an original.',
  goneAt: 'When the site was first seen to have withdrawn it; null while it stands.',
  firstSeenAt: 'First sight of the article on the site; null where only the store could know it.',
  lastSeenAt: 'Last sight of the article on the site; null where only the store could know it.',
  capture: 'Where the newest revision lies as received; null where there is no capture.',
  provenance: 'Per field, where on the page its value was read.',
  extractor: 'The reader that made this record.',
};

/** Parts that occur more than once get a name under `$defs`. */
const PARTS: Readonly<Record<string, z.ZodType>> = {
  bodyBlock: bodyBlockSchema,
  tag: tagSchema,
  image: imageSchema,
  related: relatedSchema,
  captureReference: captureReferenceSchema,
  revision: revisionSchema,
  rendition: renditionSchema,
  pictureState: pictureStateSchema,
  duplicateOf: duplicateOfSchema,
};

/**
 * The form of a stored article for other programs, made from the schema that this program checks with.
 *
 * @returns JSON Schema 2020-12, as published in `schema/article.schema.json`. Pure.
 */
export function articleJsonSchema(): Record<string, unknown> {
  const names = z.registry<{ id?: string }>();
  for (const [id, part] of Object.entries(PARTS)) names.add(part, { id });
  const generated = z.toJSONSchema(articleSchema, {
    target: 'draft-2020-12',
    metadata: names,
    override: ({ zodSchema, jsonSchema }) => {
      delete jsonSchema.id;
      const description = z.globalRegistry.get(zodSchema)?.description;
      if (description !== undefined) jsonSchema.description = description;
    },
  });
  const { $schema, type, properties = {}, ...rest } = generated;
  for (const [key, description] of Object.entries(DESCRIPTIONS)) {
    const property = properties[key];
    if (typeof property === 'object') property.description = description;
  }
  return {
    $schema,
    $id: SCHEMA_ID,
    title: 'Article',
    description:
      'One distinct article of the agency with its whole history, as stored under articles/ and duplicates/.',
    type,
    properties,
    ...rest,
  };
}
