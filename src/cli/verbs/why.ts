import type { Command } from 'commander';
import { readPageHistory, type PageHistory } from '../../app/read-page-history.js';
import type { Config } from '../../config/config.js';
import { UsageError } from '../../domain/errors.js';
import type { PageId } from '../../domain/page.js';
import { EXIT } from '../../platform/exit-codes.js';
import { createUrlRules } from '../../sputnik/urls/url-rules.js';
import type { CatalogueQueries } from '../../store/catalogue/catalogue-queries.js';
import { describeHistory } from '../describe-history.js';
import { runVerb, withCommonOptions, type VerbAction } from '../run-verb.js';
import { withCatalogue } from '../with-catalogue.js';

export function addWhyVerb(program: Command): void {
  withCommonOptions(program.command('why'))
    .summary('everything known of one address')
    .description(
      'Tells what is known of a page: which lists announced it and when, when it was asked for and what came,\n' +
        'where it ended and why, where its record lies, when it is asked for again.',
    )
    .argument('<url>', 'an address, or an id: the page in every edition that has it')
    .addHelpText('after', '\nExample:\n  sputnik why https://big5.sputniknews.cn/20230412/1049499304.html')
    .action(runVerb(why));
}

const why: VerbAction<object> = ({ config, runtime, output }, _options, [word = '']) =>
  withCatalogue(config, async (reader) => {
    const histories: PageHistory[] = [];
    for (const pageId of pagesNamed(word, config, reader)) {
      const history = await readPageHistory(pageId, { config, queries: reader, nowMs: runtime.clock.now() });
      if (history !== null) histories.push(history);
    }
    if (histories.length === 0) {
      throw new UsageError(`nothing is known of ${word}: no list has announced it and nobody has asked for it`, {
        code: 'usage.unknownArticle',
        hint: '`sputnik crawl --url …` fetches it',
      });
    }
    for (const [at, history] of histories.entries()) {
      if (at > 0) output.line();
      for (const line of describeHistory(history, runtime.clock.now())) output.line(line);
    }
    output.document({ pages: histories });
    return EXIT.done;
  });

/** @returns the one page of an address; of an id, the pages of every edition of the family that has it. */
function pagesNamed(word: string, config: Config, reader: CatalogueQueries): PageId[] {
  const address = createUrlRules(config.editions).parse(word);
  if (address !== null) return [address.pageId];
  const [, name, articleId] = /^(?:([a-z0-9.-]+)\/)?(\d{4,19})$/.exec(word) ?? [];
  if (articleId === undefined) {
    throw new UsageError(`${word} is neither an id nor an article address of a configured edition`, {
      code: 'usage.unknownAddress',
      hint: 'expected for example https://big5.sputniknews.cn/20230412/1049499304.html, or 1049499304',
    });
  }
  const pages = reader.pagesOfArticleId(articleId);
  if (name === undefined) return pages.map(({ pageId }) => pageId);
  // A family is named like one of its editions: then the article is meant, in all of them.
  const ofFamily = pages.filter(({ articleKey }) => articleKey === `${name}/${articleId}`);
  return ofFamily.length > 0 ? ofFamily.map(({ pageId }) => pageId) : [`${name}/${articleId}`];
}
