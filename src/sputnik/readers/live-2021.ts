import type { ReaderSpecification } from './reader-specification.js';
import { SPUTNIK_2021 } from './sputnik-2021.js';

/**
 * Live pages of the same engine: the text comes in `.online__item`s, each with an hour and perhaps a headline.
 * The hours are no text. Class names after site facts, §5; only `.online__item` is sure.
 */
export const LIVE_2021: ReaderSpecification = {
  ...SPUTNIK_2021,
  name: 'live-2021',
  version: '1',
  roots: ['.article', '.online', 'body'],
  signs: ['.online__item'],
  titles: [...SPUTNIK_2021.titles.slice(0, 3), '.online__title', 'h1', ...SPUTNIK_2021.titles.slice(3)],
  leads: [...SPUTNIK_2021.leads, '.online__announce', '.online__lead'],
  body: {
    ...SPUTNIK_2021.body,
    containers: ['.article__body, .online__item'],
    parts: [{ selector: '.online__item', type: 'text' }, ...SPUTNIK_2021.body.parts],
    dropped: {
      ...SPUTNIK_2021.body.dropped,
      classes: [
        ...SPUTNIK_2021.body.dropped.classes,
        'online__item-time',
        'online__item-date',
        'online__item-share',
        'online__item-media',
        'online__time',
        'online__date',
      ],
    },
  },
};
