import type { DroppedParts, ExtractorSpecification } from './extractor.js';

/** What the engine puts among the text and never is text: site facts, §5, "never body". */
export const NEVER_BODY: DroppedParts = {
  dataTypes: (
    'article media image photo photolenta gallery banner video audio embed media-image media-photo media-video ' +
    'media-embed photo-site photogallery slider infographic infographics podcast sound social telegram twitter ' +
    'instagram facebook youtube iframe widget poll vote quiz test map chat comments promo adv recommend subscribe tags'
  ).split(' '),
  classes: (
    'article__meta article__summary article__google-news article__news-services-subscribe article__info ' +
    'article__tags article__footer article__aggr article__userbar article__anchor article__sharebar ' +
    'article__list-label article__quote-bar media m-buy banner share schema_org dot-loader js-message_video_player tiktok-embed audioplayer audio-player article__audio'
  ).split(' '),
  classPrefixes: (
    'article__article article__photolenta article__photo-item article__quote-author article__subscribe ' +
    'article__banner article__author article__chat article__video media__ photoview__ banner- banner__'
  ).split(' '),
};

/** The engine that serves Sputnik's editions today, and all their older articles under today's URLs. */
export const SPUTNIK_2021: ExtractorSpecification = {
  name: 'sputnik-2021',
  version: '7',
  era: '2021 to today; "Версия 2023.1" on its pages',
  format: 'text',
  roots: ['div.article', '.article'],
  signs: ['.article__body', '.article__header', '.article__meta', 'h1.article__title'],
  idAttributes: ['data-article-id', 'data-id'],
  titles: [
    'h1.article__title',
    '.article__title',
    '.article__header h1',
    'h1',
    'meta og:title',
    'microdata headline',
    'json-ld headline',
    'page h1',
  ],
  leads: ['.article__announce-text', '.article__announce .article__lead', '.article__second-title'],
  body: {
    containers: ['.article__body'],
    parts: [
      { selector: '.article__quote-text', type: 'quote' },
      { selector: '[data-type=quote] .article__text', type: 'quote' },
      { selector: '[data-type=quote]', type: 'quote', unlessHolding: ['article__quote-text', 'article__text'] },
      { selector: '[data-type=text]', type: 'text', unlessHolding: ['article__text', 'article__quote-text'] },
      { selector: '[data-type=h2]', type: 'heading' },
      { selector: '[data-type=h3]', type: 'heading' },
      { selector: '[data-type=h4]', type: 'heading' },
      { selector: '[data-type=h5]', type: 'heading' },
      { selector: '[data-type=list]', type: 'list' },
      { selector: '[data-type=table]', type: 'list' },
      { selector: '[data-type=vrez]', type: 'inset' },
      { selector: '.article__text', type: 'text' },
    ],
    dropped: NEVER_BODY,
    quoteSelectors: ['.article__quote-text'],
    lastResort: ['microdata articleBody', 'json-ld articleBody'],
  },
  published: [
    'meta article:published_time',
    'microdata datePublished',
    'json-ld datePublished',
    '.article__info-date a@data-unixtime',
    '.article__info-date@data-unixtime',
    '.article__info-date a',
    '.article__info-date',
    'microdata dateCreated',
  ],
  modified: [
    'microdata dateModified',
    'json-ld dateModified',
    'meta article:modified_time',
    '.article__info-date-modified@data-unixtime',
    '.article__info-date-modified [data-unixtime]@data-unixtime',
    '.article__info-date-modified',
  ],
  tagLinks: [
    '.article__footer li.tag a.tag__text',
    '.article__footer a.tag__text',
    '.article__tags a.article__tags-item',
    '.article__footer .tag a',
    'li.tag a.tag__text',
    'a.tag__text',
  ],
  tagNames: ['meta article:tag', 'microdata keywords', 'json-ld keywords', 'meta keywords', 'meta news_keywords'],
  sections: ['meta analytics:rubric', 'meta article:section', 'microdata articleSection', 'json-ld articleSection'],
  authors: [
    '.article__author-name',
    '.article__author .author__name',
    '.article__info-author a',
    'microdata author/name',
    'microdata author',
    'json-ld author/name',
    'json-ld author',
    'meta analytics:author',
    'meta article:author',
    'meta author',
  ],
  images: {
    lead: ['microdata image', 'json-ld image', 'meta og:image', 'meta twitter:image'],
    portraits: ['.article__author', '.article__authors', '.article__persons', '.white-longread__header-author'],
    frames: [
      '.article__announce .media',
      '.article__header .media',
      '.article__body .media',
      '.article__body [data-type=media]',
      '.article__body [data-type=image]',
      '.article__body [data-type=media-image]',
      '.article__body [data-type=photo-site]',
      '.article__body [data-type=photolenta]',
      '.article__body [data-type=gallery]',
      '.article__body [data-type=infographic]',
      '.article__body [data-type=infographics]',
      '.article__body .article__photo-item',
      '.article__body figure',
      '.article__announce',
      '.article__header',
    ],
    captions: [
      '.media__description',
      '.media__title',
      '.photoview__desc',
      '.article__photo-desc',
      '.article__photo-item-text',
      'figcaption',
    ],
    credits: ['.media__copyright-item', '.media__copyright', '.photoview__copyright'],
  },
  cards: ['[data-type=article]', '.article__article'],
  citations: ['microdata citation', 'json-ld citation'],
  copyrightHolders: [
    'microdata copyrightHolder/legalName',
    'microdata copyrightHolder/name',
    'microdata copyrightHolder',
    'microdata legalName',
    'json-ld copyrightHolder/legalName',
    'json-ld copyrightHolder/name',
    'json-ld copyrightHolder',
    'meta copyright',
  ],
  languages: ['microdata inLanguage', 'json-ld inLanguage', 'page html@lang', 'meta og:locale'],
};

/** ria.ru on the same engine: visible local times, tags in a row of their own, metadata as JSON-LD. Seen 2026-05-31. */
export const RIA_2021: ExtractorSpecification = {
  ...SPUTNIK_2021,
  name: 'ria-2021',
  version: '7',
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

/**
 * AMP pages: another form of the article under `/YYYYMMDD/…`. No raw page was available, so the text is searched in
 * several places.
 */
export const AMP_2021: ExtractorSpecification = {
  ...SPUTNIK_2021,
  name: 'amp-2021',
  version: '7',
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
      names: ['h1', 'header', 'time'],
      classPrefixes: [...SPUTNIK_2021.body.dropped.classPrefixes, 'amp-', 'i-amphtml', 'b-inject'],
    },
  },
  published: [...SPUTNIK_2021.published, 'time@datetime'],
  images: { ...SPUTNIK_2021.images, frames: [...SPUTNIK_2021.images.frames, '.article__media', 'figure'] },
  tagLinks: [...SPUTNIK_2021.tagLinks, '.tags a'],
};
