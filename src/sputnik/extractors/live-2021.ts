import type { ExtractorSpecification } from './extractor-specification.js';
import { SPUTNIK_2021 } from './sputnik-2021.js';

/**
 * Live pages of the same engine: the text comes in `.online__item`s, each with an hour and perhaps a headline.
 * The hours are no text. Class names after site facts, §5, and public scrapers of ria.ru and spnfa.ir, 2021-2026.
 */
export const LIVE_2021: ExtractorSpecification = {
  ...SPUTNIK_2021,
  name: 'live-2021',
  version: '1',
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
      { selector: '.online__item', type: 'text' },
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

/** The same where no article's element stands around the items; asked after the readers of articles. */
export const BARE_LIVE_2021: ExtractorSpecification = { ...LIVE_2021, roots: ['body'] };
