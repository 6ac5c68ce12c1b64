import type { ExtractorSpecification } from './extractor-specification.js';
import { SPUTNIK_2021 } from './sputnik-2021.js';

/** ria.ru on the same engine: visible local times, tags in a row of their own, metadata as JSON-LD. Seen 2026-05-31. */
export const RIA_2021: ExtractorSpecification = {
  ...SPUTNIK_2021,
  name: 'ria-2021',
  version: '1',
  signs: ['page body.m-ria', '.article__tags a.article__tags-item', 'page .article.m-ria'],
  published: [
    'json-ld datePublished',
    'meta article:published_time',
    'microdata datePublished',
    '.article__info-date a@data-unixtime',
    '.article__info-date a',
    'meta analytics:p_ts',
  ],
};
