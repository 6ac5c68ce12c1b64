import type { ArticleKey } from '../../domain/page.js';
import { DAY_SECONDS } from '../../domain/units.js';
import { withoutDashes } from '../../sputnik/urls/calendar-days.js';
import { allOf, query, readRows, toSeconds, when, type Condition, type Database } from './database.js';
import { ALL_DAYS } from './kept-counts.js';

export interface ArticleFilters {
  readonly topic?: string;
  /** The edition whose text is on top of the record. */
  readonly edition?: string;
  /** UTC instants of publication; `since` included, `until` not. Articles without a date are in no window. */
  readonly since?: string;
  readonly until?: string;
  /** Several editions, at least one. */
  readonly editions?: readonly string[];
  /** Only those that were edited after they were first seen. */
  readonly edited?: boolean;
  /** Only those that the agency has withdrawn. */
  readonly gone?: boolean;
  /** Which repetitions are let in; default all. `only…`: nothing but those. */
  readonly duplicates?: DuplicateFilter;
}

export const DUPLICATE_FILTERS = ['none', 'near', 'all', 'onlyExact', 'onlyNear'] as const;
export type DuplicateFilter = (typeof DUPLICATE_FILTERS)[number];

const DUPLICATE_CONDITIONS: Readonly<Record<DuplicateFilter, string>> = {
  none: 'duplicate_of IS NULL',
  near: "folder = 'articles'",
  all: 'true',
  onlyExact: "folder = 'duplicates'",
  onlyNear: "duplicate_kind = 'near'",
};

/** Where an article stands in the order of publication. */
export interface ArticlePosition {
  /** Seconds since 1970; null: without a date, which is before all others. */
  readonly publishedAt: number | null;
  readonly key: ArticleKey;
}

export type ArticleOrder = 'oldest' | 'newest';

/**
 * @param after  The last one of the page before; null: begin.
 * @returns      The next positions in the order, at most `limit`. Cost: that of the page, by the index of publication.
 */
export function readArticlePositions(
  database: Database,
  filters: ArticleFilters,
  order: ArticleOrder,
  after: ArticlePosition | null,
  limit: number,
): ArticlePosition[] {
  const phases = order === 'oldest' ? (['undated', 'dated'] as const) : (['dated', 'undated'] as const);
  const first = after === null ? 0 : phases.indexOf(after.publishedAt === null ? 'undated' : 'dated');
  const found: ArticlePosition[] = [];
  for (const [index, phase] of phases.entries()) {
    if (index < first || found.length >= limit) continue;
    const from = index === first ? after : null;
    found.push(...readPhase(database, { filters, order, phase, after: from, limit: limit - found.length }));
  }
  return found;
}

interface Phase {
  readonly filters: ArticleFilters;
  readonly order: ArticleOrder;
  readonly phase: 'dated' | 'undated';
  readonly after: ArticlePosition | null;
  readonly limit: number;
}

function readPhase(database: Database, { filters, order, phase, after, limit }: Phase): ArticlePosition[] {
  const { since, until } = filters;
  if (phase === 'undated' && (since !== undefined || until !== undefined)) return [];
  const [sign, direction] = order === 'oldest' ? ['>', 'ASC'] : ['<', 'DESC'];
  const { text, values } = allOf([
    phase === 'dated' ? ['published_at IS NOT NULL'] : ['published_at IS NULL'],
    ...conditionsOf(filters),
    ...when(after ?? undefined, ({ publishedAt, key }) =>
      publishedAt === null ? [`key ${sign} ?`, key] : [`(published_at, key) ${sign} (?, ?)`, publishedAt, key],
    ),
  ]);
  return readRows<ArticlePosition>(
    database,
    `SELECT key, published_at AS publishedAt FROM articles ${indexOf(filters)} WHERE ${text}
     ORDER BY published_at ${direction}, key ${direction} LIMIT ?`,
    ...values,
    limit,
  );
}

/** The edited and the withdrawn are few: each has an index of its own along the time, whose entries tell all that is asked. */
function indexOf({ edited, gone }: ArticleFilters): string {
  if (gone === true) return 'INDEXED BY articles_withdrawn';
  return edited === true ? 'INDEXED BY articles_edited' : '';
}

function conditionsOf(filters: ArticleFilters): Condition[] {
  const { topic, edition, editions, since, until, edited, gone, duplicates = 'all' } = filters;
  return [
    ...when(topic, (id) => [`' ' || topics || ' ' LIKE '% ' || ? || ' %'`, id]),
    ...when(edition, (id) => ['edition = (SELECT id FROM editions WHERE name = ?)', id]),
    ...when(editions, (ids) => [
      '+edition IN (SELECT id FROM editions WHERE name IN (SELECT value FROM json_each(?)))',
      JSON.stringify(ids),
    ]),
    ...when(since, (instant) => ['published_at >= ?', toSeconds(instant)]),
    ...when(until, (instant) => ['published_at < ?', toSeconds(instant)]),
    ...when(edited, (is) => [is ? 'edited_at IS NOT NULL' : 'edited_at IS NULL']),
    ...when(gone, (is) => [is ? 'gone_at IS NOT NULL' : 'gone_at IS NULL']),
    ...when(duplicates === 'all' ? undefined : duplicates, (kind) => [DUPLICATE_CONDITIONS[kind]]),
  ];
}

/** What of a kept count is let in by which repetitions. */
const COUNTED_DUPLICATES: Readonly<Record<DuplicateFilter, string>> = {
  none: 'articles - exact - near',
  near: 'articles - exact',
  all: 'articles',
  onlyExact: 'exact',
  onlyNear: 'near',
};

/**
 * @param filters  `since` and `until` at midnight, UTC.
 * @returns        How many articles the filters let through. From kept counts; the edited and the withdrawn are counted themselves, along their indexes.
 */
export function countArticles(database: Database, filters: ArticleFilters): number {
  const { topic, edition, editions, since, until, edited, gone, duplicates = 'all' } = filters;
  for (const name of ['edited', 'gone'] as const) {
    if (filters[name] !== false) continue;
    const any: ArticleFilters = Object.fromEntries(Object.entries(filters).filter(([key]) => key !== name));
    return countArticles(database, any) - countArticles(database, { ...filters, [name]: true });
  }
  if (edited === true || gone === true) {
    const { text, values } = allOf(conditionsOf(filters));
    const sql = `SELECT count(*) AS count FROM articles ${indexOf(filters)} WHERE ${text}`;
    return query<{ count: number }>(database, sql).one(...values).count;
  }
  const isOfTime = since !== undefined || until !== undefined;
  const { text, values } = allOf([
    [isOfTime ? 'day >= 0' : `day = ${ALL_DAYS}`],
    ...when(since, (instant) => ['day >= ?', toSeconds(instant) / DAY_SECONDS]),
    ...when(until, (instant) => ['day < ?', toSeconds(instant) / DAY_SECONDS]),
    ...conditionsOf({
      ...(topic === undefined ? {} : { topic }),
      ...(edition === undefined ? {} : { edition }),
      ...(editions === undefined ? {} : { editions }),
    }),
  ]);
  return query<{ count: number }>(
    database,
    `SELECT coalesce(sum(${COUNTED_DUPLICATES[duplicates]}), 0) AS count FROM article_counts WHERE ${text}`,
  ).one(...values).count;
}

const KEYS_PER_READ = 1_000;

/**
 * Walks the articles that were edited after they were first seen, in any edition, by the time of the newest edit; those without edits are
 * not read.
 *
 * @param since  UTC instant: only articles whose newest edit was first seen then or later; null: all.
 */
export function* editedKeys(database: Database, since: string | null): Generator<ArticleKey> {
  const page = query<{ key: ArticleKey; at: number }>(
    database,
    `SELECT key, edited_at AS at FROM articles WHERE edited_at >= ?1 AND (edited_at, key) > (?1, ?2)
     ORDER BY edited_at, key LIMIT ${KEYS_PER_READ}`,
  );
  let last: { readonly key: string; readonly at: number } = { key: '', at: since === null ? 0 : toSeconds(since) };
  for (;;) {
    const rows = page.all(last.at, last.key);
    for (const { key } of rows) yield key;
    const end = rows.at(-1);
    if (!end || rows.length < KEYS_PER_READ) return;
    last = end;
  }
}

export interface ReadKeysQuery {
  /** Articles that have a page in one of these editions; null: in any. */
  readonly editions: readonly string[] | null;
  readonly families: readonly string[] | null;
  /** Days in the URL, `YYYY-MM-DD`, both included; null: open. */
  readonly since: string | null;
  readonly until: string | null;
}

/** @returns keys of all articles with a captured answer that was read, or with a record, sorted; the whole list, some 30 bytes each. */
export function readReadKeys(database: Database, { editions, families, since, until }: ReadKeysQuery): ArticleKey[] {
  const listOf = (names: readonly string[] | null): string | null => names && JSON.stringify(names);
  const dayOf = (day: string | null): number | null => (day === null ? null : Number(withoutDashes(day)));
  return readRows<{ key: ArticleKey }>(
    database,
    `SELECT DISTINCT e.family || '/' || p.article_id AS key FROM pages p JOIN editions e ON e.id = p.edition
     WHERE (?1 IS NULL OR e.name IN (SELECT value FROM json_each(?1)))
       AND (?2 IS NULL OR e.family IN (SELECT value FROM json_each(?2)))
       AND (?3 IS NULL OR p.day >= ?3) AND (?4 IS NULL OR p.day <= ?4)
       AND (EXISTS (SELECT 1 FROM captures c WHERE c.page = p.id AND c.kind NOT IN ('notModified', 'unreachable'))
         OR EXISTS (SELECT 1 FROM articles a WHERE a.key = e.family || '/' || p.article_id))
     ORDER BY key`,
    listOf(editions),
    listOf(families),
    dayOf(since),
    dayOf(until),
  ).map(({ key }) => key);
}
