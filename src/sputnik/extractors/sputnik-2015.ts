import type { ExtractorSpecification } from './extractor.js';

/** The engine before: `b-article`. Seen on sputniknews.com, 2019-06-20 and 2019-11-18. */
export const SPUTNIK_2015: ExtractorSpecification = {
  name: 'sputnik-2015',
  version: '7',
  era: '2014 to 2021',
  format: 'text',
  roots: ['body'],
  signs: ['.b-article__text', '.b-article__header-title', '.b-article__lead', '.b-longread__row'],
  idAttributes: [],
  titles: [
    '.b-article__header-title h1',
    '.b-article__header h1',
    '.b-article h1',
    '.b-longread .m-input_title_article',
    'meta og:title',
  ],
  leads: ['.b-article__lead', '.b-article [itemprop=description]'],
  body: {
    containers: ['.b-article__text', '.b-article [itemprop=articleBody]', '.b-longread__row'],
    parts: [],
    dropped: {
      dataTypes: [],
      classes: [
        'm-input_title_article',
        'b-disclaimer',
        'b-banner',
        'b-banner-container',
        'article__google-news',
        'b-counters',
        'b-share',
      ],
      classPrefixes: ['b-inject', 'b-article__refs', 'b-article__likes', 'm-banner', 'social-likes'],
    },
    quoteSelectors: ['.marker-quote1', '.marker-quote2', '.marker-quote3', '.marker-quote4', '.marker-quote5'],
    lastResort: [],
  },
  published: [
    'time.b-article__refs-date@datetime',
    '.b-article time[itemprop=dateCreated]@datetime',
    'meta pubdate',
    '.b-article__refs-date',
  ],
  modified: [
    'time.b-article__refs-date-upd@datetime',
    '.b-article time[itemprop=dateModified]@datetime',
    '.b-article__refs-date-upd',
  ],
  tagLinks: ['.b-article__refs-tags a'],
  tagNames: ['meta keywords', 'meta news_keywords'],
  sections: ['.b-article__refs-rubric', 'meta analytics:rubric'],
  authors: ['.b-article__refs-author a', '.b-article__refs-author', 'meta analytics:author', 'meta author'],
  images: {
    lead: [],
    portraits: ['.b-article__refs-author'],
    // Pictures and cards are both .b-inject; m-inject-free tells the picture's (seen on sputniknews.com, 2019-06-20).
    frames: ['.b-article__header', '.b-article__text .m-inject-free', '.b-article__text figure'],
    captions: ['.b-inject__content', '.b-inject__title', 'figcaption'],
    credits: ['.b-article__header-copy', '.b-inject__copy'],
  },
  // Below the text: related articles, and the tags, which are none.
  cards: ['.b-inject', '.b-article__refs-list'],
  citations: [],
  copyrightHolders: ['meta copyright'],
  languages: ['page html@lang', 'meta og:locale'],
};
