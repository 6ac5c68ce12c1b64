import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { END_STATES, type PageId } from '../../src/domain/page.js';
import { HOSTILE_MODES, type HostileModeName } from '../../testsite/modes/hostile-modes.js';
import { openCatalogueQueries } from '../../src/store/catalogue/catalogue-queries.js';
import { createWorkplace, type Workplace } from '../integration/program/run-sputnik.js';
import { differencesFromTruth } from './compare-with-truth.js';
import { expectSection } from './fault-table.js';
import { startProgram } from './faulty-program.js';
import { endUnderWatch, type HostileRun } from './hostile-run.js';
import { settingsFor } from './site-settings.js';
import { startSite, type ModeSetting, type SiteProcess } from './site-process.js';
import { startHarvester } from './start-harvester.js';

const EDITIONS = [
  ...['sputnikglobe.com', 'am.sputniknews.ru', 'az.sputniknews.ru', 'sputnik-georgia.ru', 'arm.sputniknews.ru'],
  ...['sputnik.az', 'sarabic.ae', 'anlatilaninotesi.com.tr', 'spnfa.ir', 'sputniknews.jp', 'sputniknews.lat'],
  ...['fr.sputniknews.africa', 'en.sputniknews.africa'],
];
const STORIES_EACH = 10;
const CRAWL_LIMIT_MS = 180_000;
const DAY_MS = 86_400_000;
/** The stories of a site whose lists are hostile: few enough days that the first pages of any list name them. */
const SITE_DAYS = 5;
const POLITENESS = { timeoutMs: 3_000, retries: 1 };

type Mode = (typeof HOSTILE_MODES)[HostileModeName];
const modesOn = (where: Mode['on']): HostileModeName[] =>
  (Object.entries(HOSTILE_MODES) as [HostileModeName, Mode][])
    .filter(([, { on }]) => on === where || on === 'both')
    .map(([name]) => name);

/** Modes whose page still is an article, only another one, or one read by other means: the record rightly follows. */
const OTHER_TEXTS: ReadonlySet<HostileModeName> = new Set([
  ...(['hugeTitle', 'rawTagMarkup', 'invalidDates', 'deepNesting'] as const),
  ...(['crowdedBody', 'longParagraph'] as const),
]);

const siteOptions = { stories: EDITIONS.length * STORIES_EACH, editions: EDITIONS, onTopicShare: 1, oldEngineShare: 0 };

describe('a site on which every kind of hostile page stands beside healthy ones', () => {
  const names = modesOn('article');
  const pageOf = new Map<HostileModeName, PageId>();
  const first = new Map<HostileModeName, string>();
  const later = new Map<HostileModeName, string>();
  let site: SiteProcess;
  let workplace: Workplace;
  let settings: ModeSetting[];

  beforeAll(async () => {
    site = await startSite({ seed: 21, ...siteOptions });
    workplace = await createWorkplace(await settingsFor(site, POLITENESS));
    const truth = await site.truth();
    names.forEach((name, index) => {
      const edition = EDITIONS[index % EDITIONS.length] as string;
      const pages = truth.filter((page) => page.edition === edition);
      const page = pages[3 + Math.floor(index / EDITIONS.length)];
      pageOf.set(name, `${edition}/${page!.articleId}`);
    });
    settings = [...pageOf].map(([mode, page]) => {
      const [edition = '', articleId = ''] = page.split('/');
      return { mode, edition, path: `${articleId}\\.html` };
    });
  });

  afterAll(async () => {
    await site.stop();
    await workplace.remove();
  });

  function statesInto(states: Map<HostileModeName, string>): void {
    const opened = openCatalogueQueries(workplace.dataDir);
    const known = opened!.queries.pages.known(pageOf.values());
    opened!.close();
    for (const [name, page] of pageOf) {
      const state = known.get(page);
      expect(
        END_STATES.filter((one) => one !== 'pending'),
        `${name}: ${page}`,
      ).toContain(state?.endState);
      states.set(name, state?.reason ? `${state.endState}: ${state.reason}` : String(state?.endState));
    }
  }

  it(
    'ends each hostile page in one of the closed list, and stores every healthy one',
    { timeout: 200_000 },
    async () => {
      await site.setModes(settings);
      await endUnderWatch(startProgram(workplace, ['crawl']), CRAWL_LIMIT_MS);
      expect(await differencesFromTruth(workplace.dataDir, site, new Set(pageOf.values()))).toEqual([]);
      statesInto(first);
    },
  );

  it('stores them by itself once they are healthy and due', { timeout: 200_000 }, async () => {
    await site.clearModes();
    const jumps = [{ afterMs: 0, byMs: 4 * DAY_MS }];
    await endUnderWatch(startHarvester(workplace, { jumps, refetch: false }), CRAWL_LIMIT_MS);
    const except = new Set([...OTHER_TEXTS].map((name) => pageOf.get(name) ?? ''));
    expect(await differencesFromTruth(workplace.dataDir, site, except)).toEqual([]);
  });

  it('keeps what it has stored when pages turn hostile', { timeout: 200_000 }, async () => {
    await site.setModes(settings);
    await endUnderWatch(startHarvester(workplace, { jumps: [{ afterMs: 0, byMs: 5 * DAY_MS }] }), CRAWL_LIMIT_MS);
    statesInto(later);
    const changed = names.filter((name) => OTHER_TEXTS.has(name) || later.get(name) !== 'stored');
    const except = new Set(changed.map((name) => pageOf.get(name) ?? ''));
    expect(await differencesFromTruth(workplace.dataDir, site, except)).toEqual([]);
    const opened = openCatalogueQueries(workplace.dataDir);
    for (const [name, page] of pageOf) {
      // What went into quarantine at first waits there for a decision.
      if (first.get(name)?.startsWith('quarantined') === true) continue;
      const record = opened!.queries.article(page);
      expect(record?.body.length, page).toBeGreaterThan(0);
    }
    opened!.close();
  });

  it('comes to what docs/faults.md says', async () => {
    await expectSection({
      title: 'Hostile articles',
      columns: ['the page is', 'when first fetched', 'when stored before'],
      rows: names.map((name) => [HOSTILE_MODES[name].what, first.get(name) ?? '', later.get(name) ?? '']),
    });
  });
});

describe('a site whose lists are hostile, one of each edition', () => {
  const names = modesOn('list');
  const seen = new Map<HostileModeName, string>();
  let site: SiteProcess;
  let workplace: Workplace;

  beforeAll(async () => {
    site = await startSite({ seed: 22, ...siteOptions, days: SITE_DAYS });
  });

  afterAll(() => site.stop());
  afterEach(() => workplace.remove());

  const LISTS: Readonly<Record<string, string>> = {
    feed: '^/export/rss2/',
    sitemap: '^/sitemap_article\\.xml',
    endlessList: '^/(geo_|services/)',
    endlessSitemapIndex: '^/sitemap_article_index',
  };
  /** Each answer of these takes as long as it may: they are put on the feed, which is asked for once, not once per day. */
  const SLOW: ReadonlySet<HostileModeName> = new Set([
    'slowDrip',
    'silence',
    'endlessBody',
    'tooManyRequests',
    'status503',
  ]);
  const listOf = (name: HostileModeName): string =>
    name in LISTS ? name : SLOW.has(name) || names.indexOf(name) % 2 === 0 ? 'feed' : 'sitemap';

  function reasonOf(log: HostileRun['log'], { edition, path = '' }: ModeSetting): string {
    const problems = log.filter(
      ({ event, edition: id, url = '' }) =>
        event === 'list.problem' && id === edition && new RegExp(path).test(url.replace(/^https:\/\/[^/]+/, '')),
    );
    return (
      [...new Set(problems.map(({ reason = '' }) => reason))].join(', ') ||
      'read; entries that lead nowhere are ignored'
    );
  }

  const rounds = Array.from({ length: Math.ceil(names.length / EDITIONS.length) }, (_, round) => round);

  it.each(rounds)('finds every article by the other lists (round %i)', { timeout: 200_000 }, async (round) => {
    const settings = await settingsFor(site, { ...POLITENESS, obeyRobots: false });
    workplace = await createWorkplace({ ...settings, crawl: { sitemapDays: 60, listPagesMax: 4 } });
    const modes = names.slice(round * EDITIONS.length, (round + 1) * EDITIONS.length);
    const hostile = modes.map((mode, index) => ({
      mode,
      edition: EDITIONS[index] ?? '',
      path: LISTS[listOf(mode)] ?? '',
    }));
    await site.clearModes();
    await site.setModes(hostile);
    const runs = [await endUnderWatch(startProgram(workplace, ['crawl']), CRAWL_LIMIT_MS)];
    expect(await differencesFromTruth(workplace.dataDir, site)).toEqual([]);
    if (modes.includes('endlessList')) {
      // A list is followed only as far back as the window asks for.
      const since = new Date(Date.now() - (SITE_DAYS + 1) * DAY_MS).toISOString().slice(0, 10);
      runs.push(await endUnderWatch(startProgram(workplace, ['crawl', '--since', since]), CRAWL_LIMIT_MS));
    }
    const log = runs.flatMap((run) => run.log);
    for (const setting of hostile) seen.set(setting.mode, reasonOf(log, setting));
  });

  it('comes to what docs/faults.md says', async () => {
    workplace = await createWorkplace({});
    await expectSection({
      title: 'Hostile lists',
      columns: ['the list gives', 'reported as'],
      rows: names.map((name) => [`${HOSTILE_MODES[name].what} (${listOf(name)})`, seen.get(name) ?? '']),
    });
  });
});
