import { afterAll, beforeAll, expect, it } from 'vitest';
import { Closers } from '../../../src/platform/closers.js';
import { silentLogger } from '../../../src/platform/logger.js';
import { changedMarkup } from '../../../testsite/modes/text-modes.js';
import { resetAtOnce } from '../../../testsite/modes/wire-modes.js';
import type { TruthArticle } from '../../../testsite/content/truth.js';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { startReceiver, type WebhookReceiver } from '../../faults/webhook-receiver.js';
import { eventually } from '../program/run-sputnik.js';
import * as app from './built-app.js';
import { SetClock, startSimulatedService, type SimulatedService } from './simulated-service.js';

const TOLD = 'am.sputniknews.ru';
const EDITIONS = ['sputniknews.cn', TOLD];
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SECRET = 'sixteen-characters';
/** Half of them in each edition: drift is judged by fifty. */
const STORIES = 110;
/** In UTF-16 units: more than a text may have. */
const TOO_LONG = 'а'.repeat(450_000);
const LOOK_MS_MAX = 60_000;

let clock: SetClock;
let site: TestSite;
let receiver: WebhookReceiver;
let service: SimulatedService;

beforeAll(async () => {
  clock = new SetClock(Date.UTC(2024, 2, 4, 9));
  site = await startTestSite({
    seed: 4,
    stories: STORIES,
    clock,
    editions: EDITIONS,
    days: 20,
    onTopicShare: 1,
    oldEngineShare: 0,
  });
  receiver = await startReceiver(SECRET);
  const common = { to: ['hook'], perHourMax: 1_000 };
  service = await startSimulatedService(site, clock, {
    politeness: { delayMs: 0, concurrencyPerHost: 8, timeoutMs: 20_000, retries: 2, bodyBytesMax: 5_000_000 },
    crawl: { sitemapDays: 60, recheck: [{ ageHoursMax: 876_000, everyMinutes: 1 }] },
    notify: {
      targets: { hook: { form: 'json', url: receiver.url, secret: SECRET, allowPrivate: true } },
      rules: {
        health: { ...common, on: ['edition', 'quarantine', 'drift'], editions: [TOLD], quarantineMin: 2 },
        texts: { ...common, on: ['article', 'edit', 'withdrawal'], query: `edition:${TOLD}` },
      },
    },
  });
});

afterAll(async () => {
  await service.close();
  await site.stop();
  await receiver.close();
});

/** Every notice that was taken, `edition: Edition is late …`, each once. */
function told(): string[] {
  const messages = [...new Map(receiver.taken.map(({ key, body }) => [key, body])).values()];
  return messages.flatMap(({ notices }) => notices.map(({ kind, summary }) => `${kind}: ${summary}`));
}

/**
 * Tells people, as after a restart, until so many things of this kind were taken, and stops.
 *
 * @param meanwhile  Happens after the first look.
 * @param count      Is asked after that.
 * @returns          What came.
 */
async function tell(
  awaited: RegExp,
  meanwhile: () => Promise<void> = () => Promise.resolve(),
  count: () => number = () => 1,
): Promise<string[]> {
  const before = told().length;
  const closers = new Closers(silentLogger);
  const { harvester } = service;
  await app.openNotifyPart({ ...harvester, closers }, () => app.readHealth(harvester).freshness);
  await new Promise((resolve) => setTimeout(resolve, 1));
  await meanwhile();
  const came = (): string[] => told().slice(before);
  await eventually(() => (came().filter((one) => awaited.test(one)).length >= count() ? true : null), LOOK_MS_MAX);
  await closers.closeAll();
  return came();
}

async function after(ms: number, schedule: 'newest' | 'revisit' | null): Promise<void> {
  clock.set(clock.now() + ms);
  if (schedule !== null) await service.tick(schedule);
}

function latest(edition: string, nth = 0): TruthArticle {
  const own = site.truth().filter((article) => article.edition === edition);
  own.sort((a, b) => (a.firstPublishedAt < b.firstPublishedAt ? 1 : -1));
  const found = own[nth];
  if (found === undefined) throw new Error(`${edition} has too few articles`);
  return found;
}

const isNews = ({ edition, firstPublishedAt }: TruthArticle): boolean =>
  edition === TOLD && clock.now() - Date.parse(firstPublishedAt) < 3 * DAY_MS;

it('tells each of what its rule asks for, once, over restarts', { timeout: 400_000 }, async () => {
  const published = (): TruthArticle[] => site.truth().filter(isNews);
  const news = await tell(
    /^article/,
    () => after(HOUR_MS, 'newest'),
    () => published().length,
  );
  expect(news).toEqual(published().map(() => 'article: New article'));

  for (const edition of EDITIONS) site.edit(latest(edition).articleId, { title: `Переговоры перенесены: ${edition}` });
  await after(HOUR_MS, 'revisit');
  expect(await tell(/^edit:/)).toEqual(['edit: Edited: headline, name']);

  for (const edition of EDITIONS) site.withdraw(latest(edition).articleId, '410');
  await after(HOUR_MS, 'revisit');
  // Of punctuation nobody is told; the page is read on this day, too, which drift is judged by.
  const trivial = latest(TOLD, 3);
  site.edit(trivial.articleId, { title: `${trivial.title}!` });
  await after(DAY_MS, 'revisit');
  await after(HOUR_MS, 'newest');
  expect(await tell(/^withdrawal/)).toEqual(['withdrawal: Withdrawn by the agency']);

  const end = site.setMode({ edition: TOLD }, resetAtOnce);
  await after(HOUR_MS, 'newest');
  await after(HOUR_MS, null);
  expect(await tell(/^edition/)).toEqual(['edition: Edition is unreachable (reset)']);
  end();
  await after(HOUR_MS, 'newest');
  expect(await tell(/^edition/)).toEqual(['edition: Edition is well again']);

  for (let nth = 0; nth < 2; nth += 1) site.publish({ lead: null, paragraphs: [TOO_LONG] });
  await after(HOUR_MS, 'newest');
  expect(await tell(/^quarantine/)).toEqual(['quarantine: Quarantine is filling']);

  site.setMode({ path: /^\/\d{8}\// }, changedMarkup);
  await after(DAY_MS, 'revisit');
  await after(HOUR_MS, 'newest');
  const came = await tell(/^drift: .*lead/);
  expect(came).toContain('drift: Found less often: lead');

  // It may be late by now, which is told beside the drift where that look came first, and once.
  await after(3 * DAY_MS, null);
  if (!came.some((one) => one.startsWith('edition'))) came.push(...(await tell(/^edition/)));
  expect(came).toContain('edition: Edition is late (nothingPublished)');
});
