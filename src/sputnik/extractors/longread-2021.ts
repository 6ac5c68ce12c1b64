import type { BodyPart, ExtractorSpecification } from './extractor-specification.js';
import { SPUTNIK_2021 } from './sputnik-2021.js';

const TEXT_CLASSES = ['white-longread__text-body', 'white-longread__text', 'white-longread__quote-text'];

/** A block that holds a long read's text is only the frame of it. */
function unlessHoldingText(part: BodyPart): BodyPart {
  const { unlessHolding } = part;
  return unlessHolding === undefined ? part : { ...part, unlessHolding: [...unlessHolding, ...TEXT_CLASSES] };
}

/**
 * Long reads of the same engine: an article whose blocks are named `white-longread__…`, its header among them.
 * Class names after site facts, §5, and public scrapers of ria.ru, 2022-2026.
 */
export const LONGREAD_2021: ExtractorSpecification = {
  ...SPUTNIK_2021,
  name: 'longread-2021',
  version: '1',
  roots: ['.white-longread', '.article', 'body'],
  signs: ['[class*=white-longread__]'],
  titles: [
    '.white-longread__header-title',
    '.white-longread__title',
    '.article__title',
    'h1',
    'meta og:title',
    'json-ld headline',
  ],
  leads: [
    '.white-longread__header-announce',
    '.white-longread__header-subtitle',
    '.white-longread__announce-text',
    '.white-longread__lead',
    '.article__announce-text',
  ],
  body: {
    ...SPUTNIK_2021.body,
    containers: [
      '.white-longread__body',
      '.white-longread__content',
      '.article__body',
      '.white-longread__block',
      '.white-longread__text-body, .white-longread__text, .white-longread__quote-text',
    ],
    parts: [
      { selector: '.white-longread__quote-text', type: 'quote' },
      { selector: '.white-longread__h2', type: 'heading' },
      { selector: '.white-longread__h3', type: 'heading' },
      { selector: '.white-longread__list', type: 'list' },
      { selector: '.white-longread__vrez', type: 'inset' },
      { selector: '.white-longread__text-body', type: 'text' },
      { selector: '.white-longread__text', type: 'text' },
      ...SPUTNIK_2021.body.parts.map(unlessHoldingText),
    ],
    dropped: {
      ...SPUTNIK_2021.body.dropped,
      classPrefixes: [
        ...SPUTNIK_2021.body.dropped.classPrefixes,
        'white-longread__header',
        'white-longread__media',
        'white-longread__article',
        'white-longread__photo',
        'white-longread__video',
        'white-longread__share',
        'white-longread__tags',
        'white-longread__quote-author',
        'white-longread__banner',
      ],
    },
    quoteSelectors: ['.white-longread__quote-text', '.article__quote-text'],
  },
  authors: ['.white-longread__header-author', ...SPUTNIK_2021.authors],
  images: {
    ...SPUTNIK_2021.images,
    frames: ['.white-longread__header', '.white-longread__media', ...SPUTNIK_2021.images.frames],
    captions: ['.white-longread__media-description', ...SPUTNIK_2021.images.captions],
  },
};
