import type { ExtractorSpecification } from './extractor-specification.js';
import { SPUTNIK_2021 } from './sputnik-2021.js';

/** AMP pages: the article of `/YYYYMMDD/…` once more. No raw page was to be had, so the text is looked for in several places. */
export const AMP_2021: ExtractorSpecification = {
  ...SPUTNIK_2021,
  name: 'amp-2021',
  version: '1',
  roots: ['.article', 'article', 'main', 'body'],
  signs: ['page html[amp]', 'page html[⚡]'],
  titles: ['h1.article__title', '.article__title', 'h1', 'meta og:title', 'json-ld headline'],
  leads: [...SPUTNIK_2021.leads, '.article__lead', '.b-article__lead', '[itemprop=description]'],
  body: {
    ...SPUTNIK_2021.body,
    containers: [
      '.article__body',
      '.b-article__text',
      '.article__text',
      '.article-body',
      '[itemprop=articleBody]',
      'article',
      'main',
    ],
    dropped: {
      ...SPUTNIK_2021.body.dropped,
      classes: [...SPUTNIK_2021.body.dropped.classes, 'article__header', 'article__announce', 'article__title'],
      classPrefixes: [...SPUTNIK_2021.body.dropped.classPrefixes, 'amp-', 'i-amphtml', 'b-inject'],
    },
  },
  published: [...SPUTNIK_2021.published, 'time@datetime'],
  images: { ...SPUTNIK_2021.images, frames: [...SPUTNIK_2021.images.frames, '.article__media', 'figure'] },
  tagLinks: [...SPUTNIK_2021.tagLinks, '.tags a'],
};
