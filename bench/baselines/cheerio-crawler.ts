import { CheerioCrawler, Configuration, Dataset } from 'crawlee';
import { siteArticles } from './site-articles.js';

/**
 * Crawlee's CheerioCrawler as its documentation shows it: the same fields, pushed to its dataset (one JSON file an article).
 *
 *     CRAWLEE_STORAGE_DIR=/tmp/x node dist/bench/baselines/cheerio-crawler.js http://127.0.0.1:8801
 */
const [, , origin = ''] = process.argv;
let pages = 0;
Configuration.getGlobalConfig().set('logLevel', 'WARNING');

const crawler = new CheerioCrawler({
  maxConcurrency: 16,
  requestHandler: async ({ request, $ }) => {
    const article = $('.article');
    await Dataset.pushData({
      url: request.url,
      title: $('h1.article__title').text(),
      lead: $('.article__announce-text').text(),
      body: article
        .find('.article__text, .article__quote-text, .article__h2, .article__list')
        .map((_, part) => $(part).text())
        .get(),
      published: $('meta[property="article:published_time"]').attr('content'),
      modified: article.find('[itemprop="dateModified"]').text(),
      tags: $('a.tag__text')
        .map((_, tag) => ({ name: $(tag).text(), url: $(tag).attr('href') }))
        .get(),
      images: article
        .find('img')
        .map((_, image) => $(image).attr('src'))
        .get(),
    });
    pages += 1;
  },
});
await crawler.run(await siteArticles(origin));
process.stdout.write(`\n${JSON.stringify({ pages })}`);
