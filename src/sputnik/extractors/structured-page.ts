import { NEVER_BODY } from './never-body.js';
import type { ExtractorSpecification } from './extractor-specification.js';
import { SPUTNIK_2021 } from './sputnik-2021.js';

/** Any page that says by microdata or JSON-LD what its article is, whoever made it. */
export const STRUCTURED_PAGE: ExtractorSpecification = {
  ...SPUTNIK_2021,
  name: 'structured-data',
  version: '1',
  era: 'any',
  roots: ['[itemscope][itemtype*=Article]', 'body', '#root'],
  signs: ['[itemprop=articleBody]', 'json-ld articleBody'],
  titles: ['h1[itemprop=headline]', 'microdata headline', 'json-ld headline', 'meta og:title', 'h1'],
  leads: ['[itemprop=alternativeHeadline]', 'microdata description', 'json-ld alternativeHeadline'],
  body: {
    containers: ['[itemprop=articleBody]'],
    parts: [],
    dropped: NEVER_BODY,
    quoteSelectors: [],
    lastResort: ['json-ld articleBody'],
  },
  published: [
    'json-ld datePublished',
    'microdata datePublished',
    'meta article:published_time',
    'time[datetime]@datetime',
    'microdata dateCreated',
  ],
  tagLinks: ['a[rel=tag]', ...SPUTNIK_2021.tagLinks],
  images: {
    lead: ['json-ld image', 'microdata image', 'meta og:image'],
    frames: ['[itemprop=articleBody] figure'],
    captions: ['figcaption'],
    credits: ['[itemprop=copyrightHolder]', '.credit'],
  },
};
