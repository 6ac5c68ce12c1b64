import type { BodyBlock } from '../domain/article.js';
import type { Disagreement, ExtractedArticle } from '../domain/extraction.js';
import type { PageFields } from '../sputnik/extractors/extractor.js';
import {
  cleanText,
  claimedUrl,
  disagreement,
  firstLine,
  type ClaimContext,
  type Field,
  type NormaliseContext,
} from './field.js';
import { matchTopics, normaliseImages, normaliseRelated, normaliseTags } from './normalise-links.js';
import {
  findDateline,
  normaliseAuthors,
  normaliseLanguage,
  normaliseLead,
  normaliseTitle,
} from './normalise-text-fields.js';
import { normaliseTimes } from './normalise-times.js';

interface NormalisedArticle {
  readonly article: Omit<ExtractedArticle, 'contentHash'>;
  readonly disagreements: readonly Disagreement[];
}

/**
 * Turns what an extractor found on a page into an article: each field by its own rule, with its provenance.
 *
 * @param found    From `extractArticle`, with a title and a body.
 * @param context  URL, edition, topics, the known sites, and the time of the fetch.
 * @returns        The article without its hash, and where the page's own sources contradict each other.
 *
 * Pure: the same page and context give the same article. Never invents a value: a field that the page does not give is
 * null or empty, and an impossible value is refused and reported as a disagreement.
 */
export function normaliseArticle(found: PageFields, context: NormaliseContext): NormalisedArticle {
  const { url, edition } = context;
  const body = normaliseBody(found);
  const title = normaliseTitle(found);
  const lead = normaliseLead(found, title.value);
  const fields = {
    title,
    lead,
    body,
    dateline: findDateline(lead.value, body.value),
    authors: normaliseAuthors(found),
    language: normaliseLanguage(found, context),
    ...normaliseTimes(found, context),
    images: normaliseImages(found, context),
    related: normaliseRelated(found, context),
    section: firstLine(found.sections),
    copyrightHolder: firstLine(found.copyrightHolders),
    tags: normaliseTags(found, context),
  };
  const article: NormalisedArticle['article'] = {
    articleId: url.articleId,
    edition: edition.id,
    family: edition.family,
    language: fields.language.value,
    url: url.url,
    addressDate: url.date,
    title: fields.title.value,
    lead: fields.lead.value,
    body: fields.body.value,
    dateline: fields.dateline.value,
    publishedAt: fields.publishedAt.value,
    modifiedAt: fields.modifiedAt.value,
    tags: fields.tags.value,
    topics: matchTopics(fields.tags.value, context.topics),
    section: fields.section.value,
    authors: fields.authors.value,
    format: found.format,
    images: fields.images.value,
    related: fields.related.value,
    copyrightHolder: fields.copyrightHolder.value,
    provenance: provenanceOf(fields),
    extractor: found.extractor,
  };
  const told = Object.values<Field<unknown>>(fields).flatMap((field) => field.disagreements);
  return { article, disagreements: [...told, ...idDisagreements(found, context)] };
}

/** The blocks in reading order, cleaned; those that turn out to be nothing but marks are left out. */
function normaliseBody(fields: PageFields): Field<BodyBlock[]> {
  const blocks = fields.body.blocks
    .map(({ type, text }): BodyBlock => ({ type, text: cleanText(text) }))
    .filter(({ text }) => text !== '');
  return { value: blocks, source: fields.body.source, disagreements: [] };
}

function provenanceOf(fields: Readonly<Record<string, Field<unknown>>>): Record<string, string> {
  const provenance: Record<string, string> = {};
  for (const [name, { source }] of Object.entries(fields)) if (source !== null) provenance[name] = source;
  return provenance;
}

/** Claims of another id that did not outweigh the others; see `isOtherArticle`. */
function idDisagreements(fields: PageFields, context: NormaliseContext): readonly Disagreement[] {
  const { url } = context;
  const claimed = [...fields.ids];
  for (const { value, source } of fields.canonical) {
    const parsed = claimedUrl(value, fields, context);
    if (parsed !== null) claimed.push({ value: parsed.articleId, source });
  }
  return claimed
    .filter(({ value }) => value !== url.articleId)
    .map(({ value, source }) => disagreement('articleId', url.articleId, value, `${source} names another article`));
}

/** The one attribute that is known to hold the article's number; `data-id` is used for other things as well. */
const ARTICLE_ID_SOURCE = '@data-article-id';

/**
 * Tells whether the page at a URL holds another article: a cache that answered with its neighbour, a page that was put in its place.
 * Its text must not be stored under the URL's identity.
 *
 * The number on the element that the text was read from decides, where there is one. Else the URLs that the page claims for itself
 * (canonical, `og:url`) decide, if they are of this family and none of them is this article. Claims of other families are no claim: numbers
 * are not shared between them. Errs towards reading the page: one claim that fits is enough.
 *
 * Pure.
 */
export function isOtherArticle(
  fields: Pick<PageFields, 'ids' | 'canonical' | 'url' | 'base'>,
  context: ClaimContext & Pick<NormaliseContext, 'edition'>,
): boolean {
  const { url, edition } = context;
  const [marked] = fields.ids;
  if (marked?.source === ARTICLE_ID_SOURCE) return marked.value !== url.articleId;
  if (marked?.value === url.articleId) return false;
  const claimed = fields.canonical
    .flatMap(({ value }) => claimedUrl(value, fields, context) ?? [])
    .filter(({ family }) => family === edition.family);
  return claimed.length > 0 && claimed.every(({ articleId }) => articleId !== url.articleId);
}
