import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { countArticles, DUPLICATE_FILTERS, type ArticleFilters } from '../../../src/store/catalogue/article-queries.js';
import type { Database } from '../../../src/store/catalogue/database.js';
import { KEEP_COUNTS } from '../../../src/store/catalogue/kept-counts.js';
import { MIGRATIONS } from '../../../src/store/catalogue/migrations.js';
import { openForWriting } from '../../../src/store/catalogue/open-database.js';
import { Random } from '../dedupe/random-text.js';
import { scratchFolder } from './fixtures.js';

const BEFORE = MIGRATIONS.slice(0, MIGRATIONS.indexOf(KEEP_COUNTS));
const UP_TO = MIGRATIONS.slice(0, MIGRATIONS.indexOf(KEEP_COUNTS) + 1);
const DAY = 86_400;

/** Rows as any writer may change them, at random. */
function changeAtRandom(database: Database, random: Random, rounds: number): void {
  const topics = ['', 'armenia', 'azerbaijan', 'armenia azerbaijan'];
  const put =
    database.prepare(`INSERT INTO articles (key, month, folder, edition, content_hash, bands, published_at, topics,
      revisions, renditions, journal_whole) VALUES (?, 202405, 'articles', ?, x'00', x'', ?, ?, ?, ?, 1)
    ON CONFLICT (key) DO UPDATE SET published_at = excluded.published_at, topics = excluded.topics, edition = excluded.edition,
      revisions = excluded.revisions, renditions = excluded.renditions`);
  const link = database.prepare('UPDATE articles SET duplicate_of = ?, duplicate_kind = ?, folder = ? WHERE key = ?');
  const mark = database.prepare('UPDATE articles SET gone_at = ?, edited_at = ? WHERE key = ?');
  const page = database.prepare(`INSERT INTO pages (article_id, edition, url, day) VALUES (?, ?, '/x', ?)
    ON CONFLICT (article_id, edition) DO UPDATE SET day = excluded.day`);
  const state = database.prepare('UPDATE pages SET end_state = ? WHERE article_id = ?');
  database.exec('BEGIN');
  for (let round = 0; round < rounds; round += 1) {
    const key = `a/${random.below(30)}`;
    const at = random.below(5) === 0 ? null : random.below(6) * DAY + random.below(DAY);
    put.run(key, 1 + random.below(2), at, random.pick(topics), random.below(3), random.below(2));
    const kind = random.pick([null, 'near', 'exact']);
    link.run(kind === null ? null : 1, kind, kind === 'exact' ? 'duplicates' : 'articles', key);
    mark.run(random.pick([null, 5]), random.pick([null, 7]), key);
    page.run(String(random.below(20)), 1 + random.below(2), 20240501 + random.below(3));
    state.run(random.pick(['pending', 'stored', 'gone']), String(random.below(20)));
  }
  database.exec('COMMIT');
}

function rowsOf(database: Database, text: string): unknown {
  return database.prepare(text).all();
}

/** The counts that are kept, but for what has come down to nothing. */
const KEPT = [
  'SELECT * FROM article_counts WHERE articles <> 0 ORDER BY day, edition, topics',
  'SELECT * FROM page_counts WHERE pages <> 0 ORDER BY edition, day, state',
];

describe('the kept counts', () => {
  it('are what counting gives, whatever was written before and after they began', () => {
    const path = join(scratchFolder(), 'catalogue.db');
    const random = new Random(7);
    let { database } = openForWriting(path, BEFORE);
    database.exec("INSERT INTO editions (id, name, family) VALUES (1, 'a', 'a'), (2, 'b', 'a')");
    changeAtRandom(database, random, 300);
    database.close();
    ({ database } = openForWriting(path, UP_TO));
    changeAtRandom(database, random, 600);
    const kept = KEPT.map((text) => rowsOf(database, text));
    database.exec('DELETE FROM article_counts; DELETE FROM page_counts');
    for (const fill of KEEP_COUNTS.match(/INSERT INTO (?:article|page)_counts\s+SELECT[^;]+GROUP BY[^;]+;/g) ?? [])
      database.exec(fill);
    expect(KEPT.map((text) => rowsOf(database, text))).toEqual(kept);
    expect((kept[0] as unknown[]).length).toBeGreaterThan(20);
    database.close();
  });

  it('tell how many articles a list is of, as the rows themselves do', () => {
    const { database } = openForWriting(join(scratchFolder(), 'catalogue.db'));
    database.exec("INSERT INTO editions (id, name, family) VALUES (1, 'a', 'a'), (2, 'b', 'a')");
    changeAtRandom(database, new Random(3), 400);
    const asked: ArticleFilters[] = DUPLICATE_FILTERS.flatMap((duplicates) => [
      { duplicates },
      { duplicates, topic: 'armenia', since: '1970-01-02T00:00:00Z', until: '1970-01-05T00:00:00Z' },
      { duplicates, edition: 'a' },
      { duplicates, editions: ['a', 'b'], topic: 'azerbaijan' },
    ]);
    for (const filters of asked) {
      // Whether an article was edited is no condition, but has every row looked at.
      const [edited, others] = [true, false].map((is) => countArticles(database, { ...filters, edited: is }));
      expect([filters, countArticles(database, filters)]).toEqual([filters, edited! + others!]);
    }
    database.close();
  });
});
