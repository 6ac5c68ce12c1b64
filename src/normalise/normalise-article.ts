import type { Disagreement, ExtractedArticle } from '../domain/extraction.js';
import type { PageFields } from '../sputnik/extractors/page-fields.js';
import { disagreement, type Field } from './field.js';
import { findDateline } from './find-dateline.js';
import { matchTopics } from './match-topics.js';
import { normaliseAuthors } from './normalise-authors.js';
import { normaliseBody } from './normalise-body.js';
import type { NormaliseContext } from './normalise-context.js';
import { normaliseCopyrightHolder } from './normalise-copyright-holder.js';
import { normaliseImages } from './normalise-images.js';
import { normaliseLanguage } from './normalise-language.js';
import { normaliseLead } from './normalise-lead.js';
import { normaliseRelated } from './normalise-related.js';
import { normaliseSection } from './normalise-section.js';
import { normaliseTags } from './normalise-tags.js';
import { normaliseTimes } from './normalise-times.js';
import { normaliseTitle } from './normalise-title.js';

export interface NormalisedArticle {
  readonly article: Omit<ExtractedArticle, 'contentHash'>;
  readonly disagreements: readonly Disagreement[];
}

/**
 * Judges what a reader found on a page and makes the article of it: each field by its own rule, with its provenance.
 *
 * @param reading  From `extractArticle`, with a title and a body.
 * @param context  Address, edition, topics, the known sites, and the time of the fetch.
 * @returns        The article without its hash, and where the page's own places contradict each other.
 *
 * Pure: the same page and context give the same article. Never makes a value up: what the page does not say is null or
 * empty, what it says and cannot be is refused and told as a disagreement.
 */
export function normaliseArticle(reading: PageFields, context: NormaliseContext): NormalisedArticle {
  const { address, edition } = context;
  const lead = normaliseLead(reading);
  const body = normaliseBody(reading);
  const tags = normaliseTags(reading, context);
  const fields = {
    title: normaliseTitle(reading),
    lead,
    body,
    dateline: findDateline(lead.value, body.value),
    ...normaliseTimes(reading, context),
    tags,
    section: normaliseSection(reading),
    authors: normaliseAuthors(reading),
    images: normaliseImages(reading, context),
    related: normaliseRelated(reading, context),
    copyrightHolder: normaliseCopyrightHolder(reading),
    language: normaliseLanguage(reading, context),
  };
  const article: NormalisedArticle['article'] = {
    articleId: address.articleId,
    edition: edition.id,
    family: edition.family,
    language: fields.language.value,
    url: address.url,
    addressDate: address.date,
    title: fields.title.value,
    lead: lead.value,
    body: body.value,
    dateline: fields.dateline.value,
    publishedAt: fields.publishedAt.value,
    modifiedAt: fields.modifiedAt.value,
    tags: tags.value,
    topics: matchTopics(tags.value, context.topics),
    section: fields.section.value,
    authors: fields.authors.value,
    images: fields.images.value,
    related: fields.related.value,
    copyrightHolder: fields.copyrightHolder.value,
    provenance: provenanceOf(fields),
    extractor: reading.extractor,
  };
  const told = Object.values<Field<unknown>>(fields).flatMap((field) => field.disagreements);
  return { article, disagreements: [...told, ...idDisagreements(reading, context)] };
}

function provenanceOf(fields: Readonly<Record<string, Field<unknown>>>): Record<string, string> {
  const entries = Object.entries(fields).flatMap(([name, { source }]) => (source === null ? [] : [[name, source]]));
  return Object.fromEntries(entries) as Record<string, string>;
}

/** Claims of another id that did not outweigh the others; see `isOtherArticle`. */
function idDisagreements(reading: PageFields, { address, addresses }: NormaliseContext): readonly Disagreement[] {
  const claimed = [
    ...reading.ids,
    ...reading.canonical.flatMap(({ value, source }) => {
      const parsed = addresses.parse(value, reading.url);
      return parsed === null ? [] : [{ value: parsed.articleId, source }];
    }),
  ];
  return claimed
    .filter(({ value }) => value !== address.articleId)
    .map(({ value, source }) => disagreement('articleId', address.articleId, value, `${source} names another article`));
}
