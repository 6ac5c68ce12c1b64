import { blockPage, status } from '../../../testsite/modes/status-modes.js';
import { seededRandom } from '../../../testsite/content/seeded-random.js';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { WITHDRAWALS } from '../../../testsite/content/story.js';
import type { SetClock, SimulatedService } from './simulated-service.js';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** A Monday, long before today: files that the simulation writes are younger than what they tell of. */
export const STARTS_AT = Date.UTC(2024, 2, 4, 0, 0, 7);
export const DAYS = 21;
export const ENDS_AT = STARTS_AT + DAYS * DAY_MS;

export const CHINESE = 'sputniknews.cn';
export const TRADITIONAL = 'big5.sputniknews.cn';
export const ARMENIAN = 'am.sputniknews.ru';
export const EDITIONS = [CHINESE, TRADITIONAL, ARMENIAN] as const;

/** How often lists are read; `SOAK_WEEKS_MINUTES=30` for three weeks nearer to a real service's. */
export const NEWEST_EVERY_MS = Number(process.env['SOAK_WEEKS_MINUTES'] ?? 120) * MINUTE_MS;

/** A stretch of time, `until` not included. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/** Every site is off for six hours of the sixth day. */
export const OUTAGE: Span = {
  from: STARTS_AT + 5 * DAY_MS + 8 * HOUR_MS,
  until: STARTS_AT + 5 * DAY_MS + 14 * HOUR_MS,
};
/** One edition is blocked for two days, and in three ways one after the other. */
export const BLOCK: Span = {
  from: STARTS_AT + 11 * DAY_MS + 6 * HOUR_MS,
  until: STARTS_AT + 13 * DAY_MS + 6 * HOUR_MS,
};

const WAYS_OF_BLOCKING = [blockPage(451), status(403), blockPage(200)];
/** Shorter than what appears between two crawls when there is a burst. */
const FEED_DEPTH = 8;
const BURST_SIZE = 14;
const BURST_EVERY_MS = 3 * DAY_MS;

export function startSite(clock: SetClock): Promise<TestSite> {
  return startTestSite({
    seed: 3,
    stories: 170,
    clock,
    editions: EDITIONS,
    days: 9,
    futureDays: DAYS,
    notArticleShare: 0.12,
    feedDepth: FEED_DEPTH,
    listPageSize: 15,
    sitemapLagMs: 3 * HOUR_MS,
    moreLagMs: 9 * HOUR_MS,
    oldEngineShare: 0.02,
  });
}

/** Articles that something was done to, by what was done; filled when it happens. */
export interface Changes {
  readonly edited: Set<string>;
  readonly withdrawn: Set<string>;
  readonly reissued: Set<string>;
  readonly tagged: Set<string>;
}

/** Puts three weeks of editing on the agenda. */
export function planChanges(site: TestSite): Changes {
  const changes: Changes = { edited: new Set(), withdrawn: new Set(), reissued: new Set(), tagged: new Set() };
  const random = seededRandom('three weeks');
  const untouched = (id: string): boolean => Object.values(changes).every((ids: Set<string>) => !ids.has(id));
  /** An article that stands, of an age between the two. */
  const pick = (family: string, onTopic: boolean, age: readonly [number, number], now: number): string | null => {
    const fitting = site.truth(now).filter((article) => {
      const ageMs = now - Date.parse(article.firstPublishedAt);
      const isStanding = article.withdrawn === null && article.notArticle === null && article.body.length > 0;
      const isOfAge = ageMs >= age[0] && ageMs < age[1];
      return (
        article.edition === family &&
        article.onTopic === onTopic &&
        isStanding &&
        isOfAge &&
        untouched(article.articleId)
      );
    });
    return fitting.length === 0 ? null : random.pick(fitting).articleId;
  };
  for (let at = STARTS_AT + 5 * HOUR_MS; at < ENDS_AT - DAY_MS; at += 7 * HOUR_MS + 13 * MINUTE_MS) {
    const step = Math.round((at - STARTS_AT) / (7 * HOUR_MS));
    const family = step % 2 === 0 ? CHINESE : ARMENIAN;
    site.schedule(at, () => {
      const id = pick(family, true, [2 * HOUR_MS, 6 * DAY_MS], at);
      if (id === null) return;
      changes.edited.add(id);
      const text = `Added at step ${step}, ${random.whole(1, 1_000_000)} people were counted.`;
      if (step % 3 === 0) site.edit(id, { title: `Edited title of step ${step}`, silent: true });
      else site.edit(id, { appendParagraph: text });
      site.schedule(at + 4 * HOUR_MS, () => {
        site.edit(id, { replaceParagraph: { index: 0, text: `Rewritten: ${text}` }, silent: step % 2 === 0 });
      });
    });
  }
  for (const [index, how] of [...WITHDRAWALS, ...WITHDRAWALS].entries()) {
    const at = STARTS_AT + (2 + 2 * index) * DAY_MS + 3 * HOUR_MS + 17 * MINUTE_MS;
    site.schedule(at, () => {
      const id = pick(index % 2 === 0 ? CHINESE : ARMENIAN, true, [5 * HOUR_MS, 5 * DAY_MS], at);
      if (id === null) throw new Error('nothing to withdraw');
      changes.withdrawn.add(id);
      site.withdraw(id, how);
    });
  }
  for (const [index, day] of [4, 8, 15, 18].entries()) {
    const at = STARTS_AT + day * DAY_MS + 20 * HOUR_MS + 40 * MINUTE_MS;
    site.schedule(at, () => {
      const id = pick(index % 2 === 0 ? CHINESE : ARMENIAN, true, [3 * DAY_MS, 12 * DAY_MS], at);
      if (id === null) throw new Error('nothing to issue again');
      changes.reissued.add(id);
      site.reissue(id, at);
    });
  }
  for (const [index, day] of [7, 9, 16, 19].entries()) {
    const at = STARTS_AT + day * DAY_MS + 10 * HOUR_MS + 5 * MINUTE_MS;
    site.schedule(at, () => {
      const id = pick(index % 2 === 0 ? CHINESE : ARMENIAN, false, [4 * DAY_MS, 9 * DAY_MS], at);
      if (id === null) throw new Error('nothing to put a tag on');
      changes.tagged.add(id);
      site.addTag(id, index < 2 ? 'armenia' : 'azerbaijan', true);
    });
  }
  for (let at = STARTS_AT + 13 * HOUR_MS + 2 * MINUTE_MS; at < ENDS_AT - DAY_MS; at += BURST_EVERY_MS) {
    site.schedule(at, () => {
      for (let count = 0; count < BURST_SIZE; count += 1) {
        const family = count % 2 === 0 ? CHINESE : ARMENIAN;
        const topics = count % 4 < 2 ? (['armenia'] as const) : [];
        site.publish({ family, topics, at: at + Math.floor(count / 2) * MINUTE_MS });
        if (count % 2 === 0) site.publish({ family, topics: [], at: at + Math.floor(count / 2) * MINUTE_MS });
      }
    });
  }
  const third = (BLOCK.until - BLOCK.from) / WAYS_OF_BLOCKING.length;
  for (const [index, way] of WAYS_OF_BLOCKING.entries()) {
    const from = BLOCK.from + index * third;
    site.setMode({ edition: ARMENIAN }, way, { from, until: from + third });
  }
  return changes;
}

/** Takes every edition's site off, or brings it back. */
export async function setOutage(site: TestSite, isOut: boolean): Promise<void> {
  for (const edition of EDITIONS) await (isOut ? site.takeDown(edition) : site.bringBack(edition));
}

/** The crawls that are due at an instant, as the schedules would have them; the site is off during the outage. */
export function schedulesAt(at: number): ('newest' | 'revisit' | 'retry' | 'reconcile')[] {
  const minute = Math.round((at - STARTS_AT) / MINUTE_MS);
  if (minute % (24 * 60) === 3 * 60 + 15) return ['reconcile'];
  if ((at - STARTS_AT) % NEWEST_EVERY_MS === 0) return ['newest'];
  if (minute % 240 === 15) return ['revisit'];
  return minute % 60 === 30 ? ['retry'] : [];
}

export async function runUntil(
  until: number,
  {
    site,
    clock,
    service,
    onSummary,
  }: {
    readonly site: TestSite;
    readonly clock: SetClock;
    readonly service: SimulatedService;
    readonly onSummary: (
      schedule: string,
      at: number,
      summary: Awaited<ReturnType<SimulatedService['tick']>>[number],
    ) => void;
  },
): Promise<void> {
  for (let at = clock.now() + 15 * MINUTE_MS; at <= until; at += 15 * MINUTE_MS) {
    clock.set(at);
    if (at >= OUTAGE.from && at - 15 * MINUTE_MS < OUTAGE.from) await setOutage(site, true);
    if (at >= OUTAGE.until && at - 15 * MINUTE_MS < OUTAGE.until) await setOutage(site, false);
    for (const schedule of schedulesAt(at)) {
      for (const summary of await service.tick(schedule)) onSummary(schedule, at, summary);
    }
  }
}
