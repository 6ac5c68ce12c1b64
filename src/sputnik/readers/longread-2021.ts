import type { ReaderSpecification } from './reader-specification.js';
import { SPUTNIK_2021 } from './sputnik-2021.js';

/** Long reads of the same engine: everything of the article is named `white-longread__…`. Class names after site facts, §5. */
export const LONGREAD_2021: ReaderSpecification = {
  ...SPUTNIK_2021,
  name: 'longread-2021',
  version: '1',
  roots: ['.white-longread', '.article', 'body'],
  signs: ['.white-longread__body', '.white-longread__text', '.white-longread__block', '.white-longread__header'],
  titles: ['.white-longread__header-title', '.white-longread__title', 'h1', 'meta og:title', 'json-ld headline'],
  leads: [
    '.white-longread__header-announce',
    '.white-longread__announce-text',
    '.white-longread__lead',
    '.article__announce-text',
  ],
  body: {
    ...SPUTNIK_2021.body,
    containers: ['.white-longread__body', '.white-longread__content', '.article__body', '.white-longread__block'],
    parts: [
      { selector: '.white-longread__quote-text', type: 'quote' },
      { selector: '.white-longread__h2', type: 'heading' },
      { selector: '.white-longread__h3', type: 'heading' },
      { selector: '.white-longread__list', type: 'list' },
      { selector: '.white-longread__vrez', type: 'inset' },
      { selector: '.white-longread__text', type: 'text' },
      ...SPUTNIK_2021.body.parts,
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
      ],
    },
    quoteSelectors: ['.white-longread__quote-text', '.article__quote-text'],
  },
  images: {
    ...SPUTNIK_2021.images,
    frames: ['.white-longread__header', '.white-longread__media', ...SPUTNIK_2021.images.frames],
  },
};
