import { describe, expect, it } from 'vitest';
import type { ArticleKey } from '../../../src/domain/page.js';
import { BandIndex, packBands } from '../../../src/store/catalogue/band-index.js';
import type { Database } from '../../../src/store/catalogue/database.js';
import { openForWriting } from '../../../src/store/catalogue/open-database.js';

const WEEK = 7 * 86_400;
const PER_BAND_MAX = 2;

/** Articles of number n, one a day, each of which has band 7 and one of its own. */
function filled(count: number): Database {
  const { database } = openForWriting(':memory:');
  for (let n = 0; n < count; n += 1) insert(database, n);
  return database;
}

const keyOf = (n: number): ArticleKey => `sputniknews.cn/${1000 + n}`;
const bandsOf = (n: number): number[] => [7, 0xff_00_00 + n];
const atOf = (n: number): number => 1_000 * WEEK + n * 86_400;

function insert(database: Database, n: number, decided = 1): void {
  database
    .prepare(
      `INSERT INTO articles (id, key, month, folder, edition, content_hash, bands, sketch, published_at, topics, revisions, renditions,
         journal_whole, decided) VALUES (?, ?, 202405, 'articles', 1, x'', ?, x'', ?, '', 0, 0, 1, ?)`,
    )
    .run(n, keyOf(n), packBands(bandsOf(n)), atOf(n), decided);
}

const member = (n: number) => ({ id: n, key: keyOf(n), at: atOf(n), sketch: new Uint8Array(), isLinked: false });
const idsOf = (met: Set<{ readonly id: number }>): number[] => [...met].map(({ id }) => id).sort((a, b) => a - b);
const before = (index: BandIndex, n: number, days = 30): number[] =>
  idsOf(index.before(member(n), bandsOf(n), atOf(n - days), PER_BAND_MAX));
const after = (index: BandIndex, n: number, days = 30): number[] =>
  idsOf(index.after(member(n), bandsOf(n), atOf(n + days), PER_BAND_MAX));

describe('the index of bands', () => {
  it('finds the nearest before and after through a band, across weeks and within the window', () => {
    const index = new BandIndex(filled(40));
    expect(before(index, 7)).toEqual([5, 6]);
    expect(after(index, 6)).toEqual([7, 8]);
    expect(before(index, 0)).toEqual([]);
    expect(after(index, 39)).toEqual([]);
    expect(before(index, 20, 1)).toEqual([19]);
    expect(after(index, 20, 1)).toEqual([21]);
  });

  it('answers the same where weeks do not stay in memory', () => {
    const [small, large] = [new BandIndex(filled(200), 10), new BandIndex(filled(200))];
    for (const n of [3, 150, 4, 90, 199, 0, 91, 30]) {
      expect(before(small, n)).toEqual(before(large, n));
      expect(after(small, n)).toEqual(after(large, n));
    }
  });

  it('follows what is added and removed, whether its week is in memory or not', () => {
    const database = filled(20);
    const index = new BandIndex(database);
    expect(after(index, 3)).toEqual([4, 5]);
    index.remove(member(4), bandsOf(4));
    index.remove(member(4), bandsOf(4));
    expect(after(index, 3)).toEqual([5, 6]);
    index.add(member(4), bandsOf(4));
    expect(after(index, 3)).toEqual([4, 5]);
    insert(database, 60);
    index.add(member(60), bandsOf(60));
    expect(before(index, 61)).toEqual([60]);
  });

  it('leaves out what is not decided, and reads again what it was told to forget', () => {
    const database = filled(5);
    insert(database, 5, 0);
    const index = new BandIndex(database);
    expect(after(index, 3)).toEqual([4]);
    database.exec('UPDATE articles SET decided = 1');
    expect(after(index, 3)).toEqual([4]);
    index.forget();
    expect(after(index, 3)).toEqual([4, 5]);
  });
});
