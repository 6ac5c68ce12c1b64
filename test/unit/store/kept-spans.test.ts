import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CorpusViews, type DayCount } from '../../../src/store/catalogue/corpus-views.js';
import type { Database } from '../../../src/store/catalogue/database.js';
import { KEEP_SPANS, SPAN_DAYS } from '../../../src/store/catalogue/kept-counts.js';
import { MIGRATIONS } from '../../../src/store/catalogue/migrations.js';
import { openForWriting } from '../../../src/store/catalogue/open-database.js';
import { Random } from '../dedupe/random-text.js';
import { scratchFolder } from './fixtures.js';

const BEFORE = MIGRATIONS.slice(0, MIGRATIONS.indexOf(KEEP_SPANS));
const DAY = 86_400;
/** A day that begins a span. */
const FIRST = '1971-07-15';
const FIRST_AT = Date.parse(FIRST) / 1000;
const DAYS = 200;

/** Rows as any writer may change them, at random: dated or not, read promptly, late, or before they were published. */
function changeAtRandom(database: Database, random: Random, rounds: number): void {
  const put = database.prepare(`INSERT INTO articles (key, month, folder, edition, content_hash, bands, published_at,
      first_seen_at, topics, revisions, renditions, journal_whole) VALUES (?, 202405, 'articles', ?, x'00', x'', ?, ?, ?, 0, 0, 1)
    ON CONFLICT (key) DO UPDATE SET published_at = excluded.published_at, first_seen_at = excluded.first_seen_at,
      topics = excluded.topics, edition = excluded.edition`);
  database.exec('BEGIN');
  for (let round = 0; round < rounds; round += 1) {
    const at = FIRST_AT + random.below(DAYS * DAY);
    const delay = random.pick([random.below(200), random.below(DAY), random.below(9 * DAY), -5]);
    const publishedAt = random.below(6) === 0 ? null : at;
    put.run(`a/${random.below(400)}`, 1 + random.below(2), publishedAt, at + delay, random.pick(['', 'armenia']));
  }
  database.exec('COMMIT');
}

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY * 1000).toISOString().slice(0, 10);
}

/** What days say, put together. */
function inSteps(rows: readonly DayCount[], stepDays: number): DayCount[] {
  const sums = new Map<string, DayCount>();
  for (const row of rows) {
    const step = Math.floor((Date.parse(row.day) - Date.parse(FIRST)) / (stepDays * DAY * 1000));
    const day = dayAfter(FIRST, step * stepDays);
    const name = JSON.stringify([day, row.edition, row.topics]);
    sums.set(name, { ...row, day, articles: row.articles + (sums.get(name)?.articles ?? 0) });
  }
  return [...sums.values()];
}

function sorted(rows: readonly DayCount[]): string[] {
  return rows.map((row) => JSON.stringify([row.day, row.edition, row.topics, row.articles])).sort();
}

/** As `kept-counts.ts` says that people tell them apart. */
function roundedFor(seconds: number): number {
  const step = seconds < 90 ? 1 : seconds < 5_400 ? 60 : seconds < 129_600 ? 900 : 7_200;
  return Math.floor((seconds + Math.floor(step / 2)) / step) * step;
}

describe('the counts of long times', () => {
  it('say what days and rows say, whatever was written before and after they began', () => {
    const path = join(scratchFolder(), 'catalogue.db');
    const random = new Random(11);
    let { database } = openForWriting(path, BEFORE);
    database.exec("INSERT INTO editions (id, name, family) VALUES (1, 'a', 'a'), (2, 'b', 'a')");
    changeAtRandom(database, random, 500);
    database.close();
    ({ database } = openForWriting(path));
    changeAtRandom(database, random, 900);
    const views = new CorpusViews(database);
    for (const length of [1, SPAN_DAYS - 1, SPAN_DAYS, SPAN_DAYS + 1, 140, 167, 168, 300]) {
      const until = dayAfter(FIRST, length - 1);
      const days = views.articlesByDay(FIRST, until);
      for (const stepDays of [SPAN_DAYS, 3 * SPAN_DAYS])
        expect([length, sorted(views.articlesByDay(FIRST, until, stepDays))]).toEqual([
          length,
          sorted(inSteps(days, stepDays)),
        ]);
    }
    for (const stepDays of [SPAN_DAYS, 3 * SPAN_DAYS]) {
      const told = views.delays(FIRST, stepDays);
      expect(told.length).toBeGreaterThan(2);
      for (const { day, ...delay } of told) {
        // The rows themselves are asked for where steps are no spans.
        const from = (Date.parse(day) / 1000).toString();
        const delays = database
          .prepare(
            `SELECT first_seen_at - published_at AS seconds FROM articles WHERE first_seen_at >= ${from}
             AND first_seen_at < ${from} + ${stepDays * DAY} AND first_seen_at - published_at BETWEEN 0 AND 604800 ORDER BY 1`,
          )
          .all()
          .map((row) => (row as { seconds: number }).seconds);
        const at = (share: number): number => roundedFor(delays[Math.floor(delays.length * share)] ?? 0);
        expect([day, delay]).toEqual([day, { median: at(0.5), slow: at(0.95), articles: delays.length }]);
        expect(views.countDelays(day, stepDays)).toBe(delay.articles);
      }
    }
    database.close();
  });
});
