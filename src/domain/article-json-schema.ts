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

/** What each key holds, for users of the published schema (CONTRACT §5). */
const DESCRIPTIONS: Readonly<Record<keyof Article, string>> = {
  schemaVersion: 'Version of this form.',
  id: 'Family and article id. It is the same in every edition of the family and under every URL.',
  url: 'Canonical https URL, without query, fragment or /amp.',
  aliases: 'Other URLs under which the article was seen; url is the newest.',
  edition: 'Edition of the main text of this record.',
  family: 'Family of the edition. Editions of one family share article ids.',
  language: 'Language of the main text as a BCP 47 tag, with the script for Chinese.',
  title: 'Headline.',
  lead: 'Introduction under the headline; null if the page has none.',
  body: 'Blocks of the text in reading order, without cards, captions, adverts and subscription boxes.',
  dateline: 'Place, date and agency at the start of the text, which contains them too; null if there are none.',
  publishedAt: 'Earliest known time of publication; null if the page gives none or an impossible one.',
  modifiedAt: 'Time of the last change as the page gives it; null if it gives none.',
  tags: 'Tags in the order of the page, without repetitions and editorial labels.',
  topics: 'Ids of the topics that the article is on, sorted.',
  section: 'Section of the site; null if the page names none.',
  authors: 'Names of the authors as printed.',
  format: 'Kind of article, as the site names it or otherwise by its layout.',
  images: 'Images, the lead image first.',
  related: 'Other articles of the site to which the page links in cards and text.',
  copyrightHolder: 'Copyright holder as the page names it; null if it names none.',
  contentHash: 'SHA-256 of title, lead and body, folded as for the comparison of articles.',
  renditions: "The same article in the family's other editions.",
  revisions:
    'Earlier states, oldest first; the current state has the number revisions.length + 1. If a page was edited more than fifty times, this list keeps the first state, the newest states, and between them up to 150 that changed more than numbers. The captures keep all.',
  pictures:
    'The pictures that the page has shown, oldest state first; present only if they have changed. A change of pictures alone does not make a revision.',
  duplicates: 'Ids of the articles that repeat this one.',
  duplicateOf: 'The article that this one repeats; null for an original.',
  goneAt: 'When the article was first found to be withdrawn from the site; null if it is not.',
  firstSeenAt: 'When the article was first seen on the site; null in a record that was made without a store.',
  lastSeenAt: 'When the article was last seen on the site; null in a record that was made without a store.',
  capture: 'Location of the capture from which the current state was read; null if there is no capture.',
  provenance: 'For each field, where on the page its value was found.',
  extractor: 'The extractor that made this record.',
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
 * The form of a stored article for other programs, generated from the schema with which this program checks records.
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
