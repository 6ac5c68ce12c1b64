import type { Command } from 'commander';
import type { NextFetch, PageFetch, PageHistory } from '../../app/coverage/read-page-history.js';
import type { Config } from '../../config/config.js';
import { UsageError } from '../../domain/errors.js';
import type { EndState, PageId } from '../../domain/page.js';
import { EXIT } from '../../platform/exit-codes.js';
import { createUrlRules } from '../../sputnik/urls/url-rules.js';
import type { CatalogueQueries } from '../../store/catalogue/catalogue-queries.js';
import { examples, runVerb, type VerbAction } from '../arguments/run-verb.js';
import { withCatalogue } from '../arguments/with-catalogue.js';
import type { Documents } from '../output/documents.js';
import type { Output } from '../output/text-output.js';

export function addWhyVerb(command: Command): void {
  command
    .description(
      'Shows everything that is known of a page: which lists announced it and when, when it was fetched and ' +
        'with what result, its end state and the reason, where its record is, when it is fetched again, and ' +
        'which crawls are running.',
    )
    .argument('<url>', 'a URL, or an id for the page in every edition that has it')
    .addHelpText(
      ...examples('sputnik why https://big5.sputniknews.cn/20230412/1049499304.html', 'sputnik why 1049499304'),
    )
    .action(runVerb(why));
}

const why: VerbAction<object> = ({ config, runtime, output }, _options, [word = '']) =>
  withCatalogue(config, async (queries) => {
    const { readCrawlsUnderWay, readPageHistory } = await import('../../app/coverage/read-page-history.js');
    const histories: PageHistory[] = [];
    const crawlsUnderWay = await readCrawlsUnderWay(config, runtime.log);
    for (const pageId of pagesNamed(word, config, queries)) {
      const history = await readPageHistory(pageId, { config, queries, nowMs: runtime.clock.now(), crawlsUnderWay });
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
      tellHistory(history, runtime.clock.now(), output);
    }
    output.document({ pages: histories } satisfies Documents['why']);
    return EXIT.done;
  });

/** @returns the one page of a URL; of an id, the pages of every edition of the family that has it. */
function pagesNamed(word: string, config: Config, queries: CatalogueQueries): PageId[] {
  const url = createUrlRules(config.editions).parse(word);
  if (url !== null) return [url.pageId];
  const [, name, articleId] = /^(?:([a-z0-9.-]+)\/)?(\d{4,19})$/.exec(word) ?? [];
  if (articleId === undefined) {
    throw new UsageError(`${word} is neither an id nor the URL of an article of a configured edition`, {
      code: 'usage.unknownAddress',
      hint: 'expected for example https://big5.sputniknews.cn/20230412/1049499304.html, or 1049499304',
    });
  }
  const pages = queries.pages.ofArticleId(articleId);
  if (name === undefined) return pages.map(({ pageId }) => pageId);
  // A family is named like one of its editions: then the article is meant, in all of them.
  const ofFamily = pages.filter(({ articleKey }) => articleKey === `${name}/${articleId}`);
  return ofFamily.length > 0 ? ofFamily.map(({ pageId }) => pageId) : [`${name}/${articleId}`];
}

const END_STATE_WORDS: Readonly<Record<EndState, string>> = {
  pending: 'announced, not asked for yet',
  stored: 'stored',
  offTopic: 'read; on none of the topics, so not stored',
  gone: 'withdrawn by the site, which a second request has confirmed; the record stays',
  notArticle: 'read; no article',
  unreachable: 'asked for without an answer',
  quarantined: 'captured, and could not be read: in quarantine',
};

const FETCH_WORDS: Readonly<Record<PageFetch['kind'], string>> = {
  article: 'an article',
  notModified: 'not changed',
  gone: 'gone',
  notArticle: 'no article',
  quarantined: 'could not be read',
  unreachable: 'no answer',
  list: 'a list',
  readerChange: 'extracted again',
};

/** Fetches shown to people, the newest ones; `--json` has them all. */
const FETCHES_SHOWN = 40;

/** A page's whole story for people. */
function tellHistory(page: PageHistory, nowMs: number, output: Output): void {
  const lines = [page.url, `page ${page.pageId} of article ${page.articleKey}`, ''];
  const reason = page.reason === null ? '' : ` (${page.reason})`;
  lines.push(`State: ${END_STATE_WORDS[page.endState]}${reason}`);
  lines.push(`Record: ${page.record ?? (page.hasRecord ? 'known, its file is missing' : 'none')}`);
  if (page.publishedAt !== null) lines.push(`Published: ${page.publishedAt}`);
  if (page.lastFetchedAt !== null) lines.push(`Last answer: ${page.lastFetchedAt}`);
  if (page.lastUnchangedAt !== null) lines.push(`Last found unchanged: ${page.lastUnchangedAt}`);
  if (page.failures > 0) {
    const attempts = page.failures === 1 ? '1 attempt' : `${page.failures} attempts in a row`;
    lines.push(`Lately without an answer: ${attempts} (${page.lastFailure ?? ''})`);
  }
  if (page.goneAt !== null) lines.push(`Gone since: ${page.goneAt}`);
  else if (page.goneSuspectedAt !== null) {
    lines.push(`Said to be gone: ${page.goneSuspectedAt}, not confirmed by a second request yet`);
  }
  lines.push(`Next visit: ${nextFetchWords(page.nextVisit, nowMs)}`, '');
  output.lines([...lines, ...foundByLines(page), '']);
  tellFetches(page, output);
  for (const { requestedBy, startedAt, trying } of page.crawlsUnderWay) {
    const [tried] = trying;
    const what = tried === undefined ? 'the page may be asked for now' : `it asks for the page since ${tried.since}`;
    output.line(`A crawl is under way since ${startedAt} (${requestedBy}): ${what}.`);
    for (const { at, reason } of tried?.failed ?? []) output.line(`  attempt without an answer: ${at} (${reason})`);
  }
  for (const { id, code, detail, quarantinedAt, droppedAt } of page.quarantine) {
    const given = droppedAt === null ? '' : `, given up ${droppedAt}`;
    output.lines(['', `In quarantine as ${id} since ${quarantinedAt}${given}: ${code}`, `  ${detail}`]);
  }
}

function nextFetchWords({ dueAt, rule, everyMinutes }: NextFetch, nowMs: number): string {
  if (rule === 'everyCrawl') return 'by the next crawl';
  if (rule === 'givenUp') return 'given up: only by name';
  if (rule === 'afterFailure')
    return `tried again ${Date.parse(dueAt ?? '') <= nowMs ? 'now' : `from ${dueAt ?? ''} on`}`;
  if (rule === 'onlyIfListedAgain') return 'not by age; if a list announces a change, or by name';
  if (dueAt === null || everyMinutes === null) return 'not by age: it is too old; if a list announces a change';
  const every = `at its age every ${durationWords(everyMinutes)}`;
  return Date.parse(dueAt) <= nowMs ? `due since ${dueAt}, ${every}` : `${dueAt}, ${every}`;
}

function durationWords(minutes: number): string {
  if (minutes % 1_440 === 0) return minutes === 1_440 ? 'day' : `${minutes / 1_440} days`;
  if (minutes % 60 === 0) return minutes === 60 ? 'hour' : `${minutes / 60} hours`;
  return `${minutes} minutes`;
}

function foundByLines({ foundBy }: PageHistory): string[] {
  if (foundBy.length === 0) return ['Found by no list: it was asked for by name, or ingested.'];
  return [
    'Found by',
    ...foundBy.flatMap(({ route, topic, list, firstSeenAt, lastSeenAt }) => {
      const seen = firstSeenAt === lastSeenAt ? `seen ${firstSeenAt}` : `first ${firstSeenAt}, last ${lastSeenAt}`;
      return [`  ${route}${topic === null ? '' : ` of ${topic}`}: ${seen}`, `    ${list}`];
    }),
  ];
}

function tellFetches({ visits: fetches, crawlsUnderWay }: PageHistory, output: Output): void {
  if (fetches.length === 0) {
    output.line(crawlsUnderWay.length === 0 ? 'Never asked for.' : 'No attempt has ended yet.');
    return;
  }
  const shown = fetches.slice(-FETCHES_SHOWN);
  const left = fetches.length - shown.length;
  if (left > 0) output.line(`(${left} earlier visits are left out; --json has them)`);
  output.table([
    ['asked at', 'status', { title: 'what came', cutTo: 10 }, { title: 'reason', cutTo: 6 }, 'outcome'],
    ...shown.map((fetch) => [
      fetch.fetchedAt,
      fetch.status === null || fetch.status === 0 ? '' : String(fetch.status),
      FETCH_WORDS[fetch.kind] + (fetch.onTopic === false ? ', off topic' : ''),
      fetch.reason ?? '',
      fetch.outcome ?? '',
    ]),
  ]);
  for (const { fetchedAt, tries } of shown) {
    if (tries.length < 2) continue;
    output.line(`attempts until ${fetchedAt}: ${tries.map(({ at, reason }) => `${at} ${reason}`).join(', ')}`);
  }
  const newest = fetches.at(-1);
  if (newest !== undefined) output.line(`newest capture: ${newest.file} at ${newest.offset}`);
}
