import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Article } from '../../../src/domain/article.js';
import type { EditionCoverage } from '../../../src/app/coverage/read-coverage.js';
import type { TestSite } from '../../../testsite/start-test-site.js';
import type { TruthArticle } from '../../../testsite/content/truth.js';
import type { EndState } from '../../../src/domain/page.js';
import type { Outcome } from '../../../src/domain/outcome.js';
import { crawlSummarySchema, type CrawlSummary } from '../../../src/queue/crawl-jobs.js';
import { readStoredArticles } from '../program/stored-articles.js';
import {
  isOutOfReach,
  articleFetches,
  neglect,
  shownStates,
  TICK_MS,
  versionAt,
  wordsOf,
  type ArticleFetch,
} from './article-fetches.js';
import { CONCURRENCY, DELAY_MS, SetClock, startSimulatedService, type SimulatedService } from './simulated-service.js';
import {
  ARMENIAN,
  BLOCK,
  EDITIONS,
  ENDS_AT,
  HOUR_MS,
  MINUTE_MS,
  OUTAGE,
  planChanges,
  runUntil,
  startSite,
  STARTS_AT,
  type Changes,
} from './three-weeks.js';

const RUNS_MAX = 10_000;

interface Ledgers {
  readonly inOutage: EditionCoverage[];
  readonly afterOutage: EditionCoverage[];
  readonly inBlock: EditionCoverage[];
  readonly afterBlock: EditionCoverage[];
  readonly afterFill: EditionCoverage[];
  readonly atEnd: EditionCoverage[];
  readonly crawlsToFill: number;
}

function endStateOf({ withdrawn, notArticle, onTopic }: TruthArticle): EndState {
  if (withdrawn === 'emptyBody') return 'stored';
  if (withdrawn !== null) return 'gone';
  if (notArticle !== null) return 'notArticle';
  return onTopic ? 'stored' : 'offTopic';
}

describe('three weeks of scheduled crawls on a site that lives', () => {
  const clock = new SetClock(STARTS_AT);
  const summaries: { readonly schedule: string; readonly at: number; readonly summary: CrawlSummary }[] = [];
  let site: TestSite;
  let service: SimulatedService;
  let changes: Changes;
  let ledgers: Ledgers;
  let stored: Map<string, Article>;
  let fetches: Map<string, ArticleFetch[]>;

  beforeAll(async () => {
    site = await startSite(clock);
    changes = planChanges(site);
    service = await startSimulatedService(site, clock);
    ledgers = await liveThreeWeeks();
    await service.processed();
    const files = await readStoredArticles(service.dataDir);
    stored = new Map([...files].map(([id, { article }]) => [id, article]));
    fetches = articleFetches(site);
  }, 1_800_000);

  afterAll(async () => {
    await service.close();
    await site.stop();
  });

  async function liveThreeWeeks(): Promise<Ledgers> {
    const onSummary = (schedule: string, at: number, summary: CrawlSummary): void => {
      summaries.push({ schedule, at, summary });
    };
    const parts = { site, clock, service, onSummary };
    for (const first of await service.tick('newest')) onSummary('newest', clock.now(), first);
    await runUntil(OUTAGE.until - MINUTE_MS, parts);
    const inOutage = await service.coverage();
    await runUntil(OUTAGE.until + HOUR_MS, parts);
    const afterOutage = await service.coverage();
    await runUntil(BLOCK.until - MINUTE_MS, parts);
    const inBlock = await service.coverage();
    await runUntil(BLOCK.until + HOUR_MS, parts);
    const afterBlock = await service.coverage();
    const crawlsToFill = await service.fill();
    const afterFill = await service.coverage();
    await runUntil(ENDS_AT, parts);
    return { inOutage, afterOutage, inBlock, afterBlock, afterFill, crawlsToFill, atEnd: await service.coverage() };
  }

  /** What each edition shows at the end of every on-topic article that a crawl could see. */
  function expected(): TruthArticle[] {
    return site
      .truth()
      .filter(({ onTopic, notArticle, withdrawn }) => onTopic && (notArticle === null || withdrawn !== null));
  }

  function textOf(truth: TruthArticle): Pick<Article, 'title' | 'lead' | 'body' | 'url'> | undefined {
    const record = stored.get(`${truth.family}/${truth.articleId}`);
    return record?.edition === truth.edition
      ? record
      : record?.renditions.find(({ edition }) => edition === truth.edition);
  }

  it('was eventful', () => {
    expect(changes.edited.size).toBeGreaterThan(40);
    expect([changes.withdrawn.size, changes.reissued.size, changes.tagged.size]).toEqual([8, 4, 4]);
    expect(summaries.length).toBeGreaterThan(300);
  });

  it('stores every on-topic article once, and none that is off topic', () => {
    const wanted = new Set(expected().map(({ family, articleId }) => `${family}/${articleId}`));
    expect([...stored.keys()].sort()).toEqual([...wanted].sort());
    const missing = expected().filter((truth) => textOf(truth) === undefined);
    expect(missing.map(({ url }) => url)).toEqual([]);
  });

  it('ends with the text, the URL and the topics that the site ends with', () => {
    for (const truth of expected()) {
      const text = textOf(truth);
      expect({ url: text?.url, words: text && wordsOf(text) }).toEqual({ url: truth.url, words: wordsOf(truth) });
      if (truth.edition === truth.family) {
        expect(stored.get(`${truth.family}/${truth.articleId}`)?.topics).toEqual(truth.topics);
      }
    }
  });

  it('keeps every text that was shown to a crawl, in order, and no other', () => {
    let revisions = 0;
    for (const truth of expected()) {
      const name = `${truth.edition}/${truth.articleId}`;
      const shown = shownStates(site, truth.edition, truth.articleId, fetches.get(name) ?? []);
      const record = stored.get(`${truth.family}/${truth.articleId}`);
      if (record?.edition !== truth.edition) continue;
      const kept = [...record.revisions, record].map(
        (state) => wordsOf(state) + JSON.stringify(state.tags.map(({ name: tag }) => tag)),
      );
      expect({ name, kept }).toEqual({ name, kept: shown });
      revisions += record.revisions.length;
    }
    expect(revisions).toBeGreaterThan(60);
  });

  it('fetches each article as often as its age asks for', () => {
    const neglected = expected().flatMap((truth) => {
      const history = site.history(truth.edition, truth.articleId);
      const seen = fetches.get(`${truth.edition}/${truth.articleId}`) ?? [];
      const gone = history.find(({ article }) => article.withdrawn !== null)?.from ?? ENDS_AT;
      const onTopicFrom = history.find(({ article }) => article.onTopic)?.from ?? ENDS_AT;
      const isStanding = ({ at, status }: ArticleFetch): boolean => at <= gone && (status === 200 || status === 304);
      const standing = seen.filter((fetch) => fetch.at >= onTopicFrom && isStanding(fetch));
      return neglect(truth.edition, Date.parse(truth.firstPublishedAt), standing, gone).map(
        (gap) => `${gap} ${truth.url}`,
      );
    });
    expect(neglected).toEqual([]);
  });

  it('marks as gone what its own URL says is gone, at its first sight of that, and nothing else', () => {
    const gone = [...stored.values()].filter(({ goneAt }) => goneAt !== null);
    const ids = (articles: readonly Article[]): string[] => articles.map(({ id }) => id.split('/')[1] ?? '').sort();
    const emptied = new Set(expected().flatMap((truth) => (truth.withdrawn === 'emptyBody' ? [truth.articleId] : [])));
    expect(emptied.size).toBe(2);
    expect(ids(gone)).toEqual([...changes.withdrawn].filter((id) => !emptied.has(id)).sort());
    for (const article of gone) {
      const [, articleId = ''] = article.id.split('/');
      const from =
        site.history(article.edition, articleId).find(({ article: state }) => state.withdrawn !== null)?.from ?? 0;
      const couldBeSeenAt = isOutOfReach(article.edition, from) ? BLOCK.until : from;
      const delayMs = Date.parse(article.goneAt ?? '') - couldBeSeenAt;
      expect(delayMs).toBeGreaterThanOrEqual(0);
      expect(delayMs).toBeLessThan(3 * HOUR_MS + TICK_MS);
    }
  });

  it('keeps an article that was issued again as one, with its earlier URLs', () => {
    for (const articleId of changes.reissued) {
      const truth = expected().find((article) => article.articleId === articleId && article.edition === article.family);
      const record = stored.get(`${truth?.family ?? ''}/${articleId}`);
      expect(record?.url).toBe(truth?.url);
      expect(record?.aliases).toEqual(expect.arrayContaining([...(truth?.aliases ?? [])]));
      expect(record?.publishedAt).toBe(truth?.firstPublishedAt);
    }
  });

  it('finds an old article when a topic’s tag is put on it in silence', () => {
    for (const articleId of changes.tagged) {
      expect([...stored.keys()].some((id) => id.endsWith(`/${articleId}`))).toBe(true);
    }
  });

  it('names the six hours without a site while they last, for each edition, and has filled them an hour later', () => {
    for (const { edition, gaps } of ledgers.inOutage) {
      const named = new Set(gaps.lists.map(({ day, reason }) => `${day} ${reason}`));
      // The sitemap of the day before could not be read again either.
      expect({ edition, named }).toEqual({ edition, named: new Set(['2024-03-08 refused', '2024-03-09 refused']) });
    }
    expect(ledgers.inOutage.map(({ edition }) => edition).sort()).toEqual([...EDITIONS].sort());
    expect(ledgers.afterOutage.flatMap(({ gaps }) => gaps.lists)).toEqual([]);
  });

  it('names the blocked edition, and no other, day by day; fills what is left of the gap when asked to', () => {
    const named = (coverage: readonly EditionCoverage[]) =>
      coverage.flatMap(({ edition, gaps }) => gaps.lists.map(({ day }) => `${edition} ${day}`));
    const days = new Set(named(ledgers.inBlock));
    // The sitemap of the day before the block could not be read again either.
    expect(days).toEqual(new Set(['14', '15', '16', '17'].map((day) => `${ARMENIAN} 2024-03-${day}`)));
    expect(new Set(named(ledgers.afterBlock))).toEqual(
      new Set(['14', '15'].map((day) => `${ARMENIAN} 2024-03-${day}`)),
    );
    expect(ledgers.crawlsToFill).toBeGreaterThan(0);
    expect(ledgers.afterFill.flatMap(({ gaps }) => [...gaps.lists, ...gaps.pages])).toEqual([]);
  });

  it('says in each summary which editions were out of reach and why, and that no other was', () => {
    for (const { at, summary, schedule } of summaries) {
      if (schedule === 'revisit' || schedule === 'retry') continue;
      expect(summary.editions).toHaveLength(1);
      const out = summary.editions.filter((edition) => isOutOfReach(edition, at));
      expect({ at, out: summary.unreachable.map(({ edition }) => edition).sort() }).toEqual({
        at,
        out: [...out].sort(),
      });
    }
    const reasons = new Set(summaries.flatMap(({ summary }) => summary.unreachable.map(({ reason }) => reason)));
    expect([...reasons].sort()).toEqual(['blockPage', 'forbidden', 'legalBlock', 'refused']);
  });

  it('has every discovered page in one end state, and no gap, at the end', () => {
    for (const { edition, days, gaps } of ledgers.atEnd) {
      expect({ edition, ...gaps }).toEqual({ edition, pages: [], lists: [], unread: null });
      const known = days.filter(({ topic }) => topic === null);
      for (const { pages, endStates } of known) {
        expect(Object.values(endStates).reduce((a, b) => a + b, 0)).toBe(pages);
      }
    }
    expect(service.harvester.queries.corpus.counts().quarantined).toBe(0);
  });

  it('knows every page that a list showed, each in the one end state that is the truth', () => {
    const { queries } = service.harvester;
    const discovered = site.truth().flatMap((truth) => {
      const story = queries.pages.story(`${truth.edition}/${truth.articleId}`);
      return story === null ? [] : [{ url: truth.url, state: story.endState, truth: endStateOf(truth) }];
    });
    expect(discovered.filter(({ state, truth }) => state !== truth)).toEqual([]);
    const counted = Object.values(queries.corpus.counts().pages).flatMap((states) => Object.values(states));
    expect(counted.reduce((a, b) => a + b, 0)).toBe(discovered.length);
    for (const state of ['stored', 'offTopic', 'notArticle', 'gone']) {
      expect(discovered.filter((page) => page.state === state).length).toBeGreaterThan(0);
    }
  });

  it('asks for nothing that robots.txt closes', () => {
    expect(site.requests().length).toBeLessThan(200_000);
    expect(site.forbiddenRequests()).toEqual([]);
  });

  it('never asks a host more often, or for more at once, than promised', () => {
    expect([...service.paces().values()].reduce((sum, { starts }) => sum + starts, 0)).toBeGreaterThan(5_000);
    for (const [host, { leastGapMs, mostAtOnce }] of service.paces()) {
      expect({ host, isSlow: leastGapMs >= DELAY_MS, isFew: mostAtOnce <= CONCURRENCY }).toEqual({
        host,
        isSlow: true,
        isFew: true,
      });
    }
    for (const edition of EDITIONS) expect(site.peakConcurrency(edition)).toBeLessThanOrEqual(CONCURRENCY);
  });

  it('has no unchanged page sent again', () => {
    const resent: string[] = [];
    for (const [name, seen] of fetches) {
      const [edition = '', articleId = ''] = name.split('/');
      const history = site.history(edition, articleId);
      let last = -1;
      for (const { at, status } of seen) {
        const version = versionAt(history, at);
        // A page that was emptied is asked for twice before that counts: it is no article any more.
        if (status !== 200 || isOutOfReach(edition, at) || history[version]?.article.withdrawn !== null) continue;
        if (version === last) resent.push(`${name} at ${new Date(at).toISOString()}`);
        last = version;
      }
    }
    expect(resent).toEqual([]);
    expect(site.requests().filter(({ status }) => status === 304).length).toBeGreaterThan(1_000);
  });

  it('gives summaries whose arithmetic holds', () => {
    const runs = service.harvester.queries.runs.newest(RUNS_MAX).map((run) => crawlSummarySchema.parse(run));
    expect(runs.length).toBeGreaterThan(summaries.length);
    for (const run of runs) {
      expect(run.found).toBe(run.skipped + run.fetched);
      expect(run.fetched).toBe(Object.values(run.outcomes).reduce((a, b) => a + b, 0));
    }
    const total = (outcome: Outcome): number => runs.reduce((all, { outcomes }) => all + outcomes[outcome], 0);
    expect(total('new')).toBe(stored.size);
    expect(total('duplicate')).toBe(0);
  });
});
