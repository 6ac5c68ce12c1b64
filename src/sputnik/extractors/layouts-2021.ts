import type { BodyPart, ExtractorSpecification } from './extractor.js';
import { SPUTNIK_2021 } from './sputnik-2021.js';

/**
 * Live pages of the same engine: the text comes in `.online__item`s, each with an hour and perhaps a headline.
 * The hours are no text. Class names after site facts, §5, and public scrapers of ria.ru and spnfa.ir, 2021-2026.
 */
export const LIVE_2021: ExtractorSpecification = {
  ...SPUTNIK_2021,
  name: 'live-2021',
  version: '7',
  format: 'live',
  roots: ['.article', '.online__article', '.online'],
  signs: ['.online__item', '.online__item-text'],
  titles: [...SPUTNIK_2021.titles.slice(0, 3), '.online__title', 'h1', ...SPUTNIK_2021.titles.slice(4)],
  leads: [...SPUTNIK_2021.leads, '.online__announce', '.online__lead', 'page .article__announce-text'],
  body: {
    ...SPUTNIK_2021.body,
    containers: [
      '.article__body, .online__item, .online__item-text, .online__article .article__block, .m-white_online .article__block',
    ],
    parts: [
      { selector: '.online__item-title', type: 'heading' },
      { selector: '.online__item', type: 'text', unlessHolding: ['online__item-text'] },
      { selector: '.online__item-text', type: 'text' },
      ...SPUTNIK_2021.body.parts,
    ],
    dropped: {
      ...SPUTNIK_2021.body.dropped,
      classes: [
        ...SPUTNIK_2021.body.dropped.classes,
        'online__time',
        'online__date',
        'online__item-hour',
        'online__item-clock',
      ],
      classPrefixes: [
        ...SPUTNIK_2021.body.dropped.classPrefixes,
        'online__item-time',
        'online__item-date',
        'online__item-top',
        'online__item-share',
        'online__item-social',
        'online__item-media',
        'online__item-photo',
        'online__item-video',
      ],
      attributes: ['data-unixtime'],
      names: ['time'],
    },
    noText: /^\d{1,2}:\d{2}(?:,? \d{1,2}\.\d{1,2}(?:\.\d{4})?)?$/,
  },
};

/** The same where no article's element stands around the items; asked after the extractors of articles. */
export const BARE_LIVE_2021: ExtractorSpecification = { ...LIVE_2021, roots: ['body'] };

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
  version: '7',
  format: 'longread',
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
    '.article__second-title',
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
