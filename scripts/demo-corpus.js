// A corpus for pictures and tests of the pages: the test site, read twice a day through two weeks of a time of its own, with edits,
// withdrawals, repetitions, an edition that has gone out of reach, pages that cannot be read. Runs what `npm run build` has built.
const built = (path) => import(new URL(`../dist/${path}`, import.meta.url).href);

const DAY_MS = 86_400_000;
export const EDITIONS = [
  'sputniknews.cn',
  'big5.sputniknews.cn',
  'sputnikglobe.com',
  'am.sputniknews.ru',
  'arm.sputniknews.ru',
  'sputnik.az',
  'sarabic.ae',
  'sputniknews.jp',
];
const LOST_EDITION = 'sputniknews.jp';
const EDITS_PER_DAY = 5;
/** Pages that take longer to read than they are given. */
const HEAVY_PAGES = 3;
const HEAVY_BLOCKS = 300_000;
const DEADLINE_MS = 100;

/**
 * @param {string} dataDir
 * @param {{ stories?: number, days?: number, nowMs?: number }} options  Stories of the test site, and how many days it is watched.
 * @returns {Promise<{ config: object, editions: readonly string[] }>}
 */
export async function makeDemoCorpus(dataDir, { stories = 1_000, days = 10, nowMs = Date.now() } = {}) {
  const { startTestSite } = await built('testsite/start-test-site.js');
  const { loadConfig } = await built('src/config/load-config.js');
  const { loadEnvironment } = await built('src/config/environment.js');
  const { requestCrawl } = await built('src/app/crawl/request-crawl.js');
  const { ORDINARY_CRAWL } = await built('src/queue/crawl-jobs.js');
  const { silentLogger } = await built('src/platform/logger.js');
  let timeMs = nowMs - days * DAY_MS;
  const clock = { now: () => timeMs };
  const testSite = await startTestSite({
    ...{ seed: 20230412, stories, clock, editions: EDITIONS, days: 75, futureDays: days, onTopicShare: 0.85 },
    duplicates: { exact: 3, near: 4 },
  });
  try {
    const others = loadConfig({ variables: {} }).editions.map(({ id }) => [id, { enabled: false }]);
    const configWith = (more) =>
      loadConfig({
        variables: {},
        overrides: {
          dataDir,
          politeness: { delayMs: 0, concurrencyPerHost: 8, timeoutMs: 10_000, retries: 0, bodyBytesMax: 40_000_000 },
          crawl: { sitemapDays: 120 },
          browser: { mode: 'never' },
          editions: { ...Object.fromEntries(others), ...testSite.editionConfig() },
          ...more,
        },
      });
    const config = configWith({});
    const crawl = (wanted, by = config) =>
      requestCrawl(
        { ...ORDINARY_CRAWL, requestedBy: 'cli', attached: true, ...wanted },
        {
          ...{ config: by, clock, environment: loadEnvironment(), log: silentLogger },
          ...{ signal: new AbortController().signal, detach: false, onProgress: () => undefined },
        },
      );
    await crawl({ via: ['feed', 'tag', 'sitemap', 'day'] });
    for (let round = 1; round <= days * 2; round += 1) {
      timeMs = nowMs - days * DAY_MS + (round * DAY_MS) / 2;
      if (round % 2 === 0) changeSome(testSite, round);
      if (round === days * 2 - 3) await testSite.takeDown(LOST_EDITION);
      await crawl({ via: ['feed', 'sitemap'] });
    }
    await crawl({ urls: publishHeavy(testSite) }, configWith({ extract: { deadlineMs: DEADLINE_MS } }));
    return { config, editions: EDITIONS };
  } finally {
    await testSite.stop();
  }
}

/** Edits a few of the newest articles, and withdraws one now and then. */
function changeSome(testSite, round) {
  const shown = testSite.truth().filter(({ onTopic, edition }) => onTopic && edition !== LOST_EDITION);
  const newest = shown.sort((a, b) => (a.publishedAt < b.publishedAt ? -1 : 1)).slice(-40);
  for (let nth = 0; nth < EDITS_PER_DAY; nth += 1) {
    const article = newest[(round * 7 + nth * 11) % newest.length];
    const edit = EDITS[(round + nth) % EDITS.length];
    if (article !== undefined) testSite.edit(article.articleId, edit(article));
  }
  const old = newest[(round * 5) % newest.length];
  if (round % 6 === 0 && old !== undefined) testSite.withdraw(old.articleId, '410');
}

const EDITS = [
  ({ title }) => ({ title: `${title} – 2` }),
  ({ body }) => ({ replaceParagraph: { index: 0, text: `${(body[0]?.text ?? '').replace(/\d+/, '47')} (+)` } }),
  // A sentence in the article's own language: its last paragraph once more, with other numbers.
  ({ body }) => ({
    appendParagraph: (body.at(-1)?.text ?? '—').replace(/\d+/g, (digits) => String(Number(digits) + 3)),
  }),
  () => ({ removeParagraph: 1 }),
];

/** Publishes pages of many blocks. @returns their URLs. */
function publishHeavy(testSite) {
  const ids = Array.from({ length: HEAVY_PAGES }, () => testSite.publish());
  testSite.setMode({ path: new RegExp(ids.join('|')) }, ({ response, answer }) => {
    const block = '<div class="article__block" data-type="text"><div class="article__text">x</div></div>';
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(answer.body().replace('</body>', `${block.repeat(HEAVY_BLOCKS)}</body>`));
  });
  return testSite.truth().flatMap(({ articleId, url }) => (ids.includes(articleId) ? [url] : []));
}
