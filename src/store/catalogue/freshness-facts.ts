import { MISHAPS } from '../../domain/outcome.js';
import type { ListFailure, ListPageKind } from '../../domain/page-result.js';
import { instantOf, readRows, toInstantOrNull, topicsIn, type Database } from './database.js';

/** The known facts about the freshness of an edition, or of one topic in it. */
export interface FreshnessFacts {
  readonly edition: string;
  /** null: the edition as a whole. */
  readonly topic: string | null;
  /** Newest publication among its articles, those that are stored as another edition's rendition among them. */
  readonly newestPublishedAt: string | null;
  /** Newest moment at which an article was first seen. */
  readonly newestFirstSeenAt: string | null;
  /** Newest answer for any of its pages. */
  readonly lastAnsweredAt: string | null;
  /** Usual time between two publications: the 90th of 100 of the last gaps, in ms; null while there are fewer than three. */
  readonly usualGapMs: number | null;
  /** Of the whole edition: pages that were answered since its newest article, and held none. */
  readonly withoutArticle: PagesWithoutArticle;
  /** The results of its lists; for a topic without the tag pages of other topics. */
  readonly lists: readonly ListRead[];
}

/**
 * Pages of an edition that were answered since its newest article, and held none: what a login, a consent wall or a page about maintenance
 * in place of all of them looks like. Pages that were without an article before are not counted.
 */
export interface PagesWithoutArticle {
  /** Of the fifty newest answers and the fifty newest failures. */
  readonly pages: number;
  /** The first of these answers; null: there is none. */
  readonly since: string | null;
}

/** How often a list was asked for with one result. */
export interface ListRead {
  readonly url: string;
  readonly kind: ListPageKind;
  /** Null: it was read. */
  readonly failure: ListFailure | null;
  readonly firstAt: string;
  readonly lastAt: string;
}

interface EditionRow {
  readonly id: number;
  readonly name: string;
  readonly family: string;
}

/** What the newest answers for the pages of an edition say. */
type Answers = Pick<FreshnessFacts, 'lastAnsweredAt' | 'withoutArticle'>;

/** Articles that are looked at, the newest of an edition by the day of their URLs; and publications of one topic among them. */
const ARTICLES_MAX = 1_000;
const SAMPLE = 100;
const GAPS_MIN = 3;
const USUAL = 0.9;

/** Articles that are on the same topics. */
interface DatedArticles {
  readonly topics: readonly string[];
  /** Instants of the catalogue. */
  readonly published: readonly number[];
  readonly newestFirstSeen: number | null;
}

/**
 * @returns each edition with known facts, followed by its topics by id. Cost: that of its {@link ARTICLES_MAX} newest
 * articles.
 */
export function readFreshnessFacts(database: Database): FreshnessFacts[] {
  const editions = readRows<EditionRow>(
    database,
    `SELECT e.id, e.name, e.family FROM editions e WHERE EXISTS (SELECT 1 FROM pages p WHERE p.edition = e.id)
       OR EXISTS (SELECT 1 FROM list_visits v WHERE v.edition = e.id) ORDER BY e.name`,
  );
  return editions.flatMap((edition) => {
    const lists = readLists(database, edition.id);
    const answers = readAnswers(database, edition.id);
    const tagPaths = readRows<TagPathRow>(database, 'SELECT topic, path FROM tag_pages WHERE edition = ?', edition.id);
    const articles = readArticles(database, edition);
    const topics = [...new Set(articles.flatMap((article) => article.topics))].sort();
    return [
      factsOf(edition, null, articles, lists, answers),
      ...topics.map((topic) => {
        const onTopic = articles.filter((article) => article.topics.includes(topic));
        return factsOf(edition, topic, onTopic, listsOnTopic(lists, tagPaths, topic), answers);
      }),
    ];
  });
}

/** Pages with the newest answers, and as many with the newest failures, that are looked at. */
const ANSWERED_MAX = 50;
/** Another article is one. */
const WITHOUT_ARTICLE = [...MISHAPS].filter((reason) => reason !== 'otherArticle');

function readAnswers(database: Database, edition: number): Answers {
  type Row = { readonly lastAnsweredAt: string | null; readonly pages: number; readonly since: string | null };
  const [row] = readRows<Row>(
    database,
    `WITH answered AS (
       SELECT id, last_fetched_at AS at FROM pages WHERE edition = ?1 AND last_fetched_at IS NOT NULL ORDER BY at DESC LIMIT ${ANSWERED_MAX}
     ), failed AS (
       SELECT id FROM pages WHERE edition = ?1 AND failed_at IS NOT NULL ORDER BY failed_at DESC LIMIT ${ANSWERED_MAX}
     ), near AS (
       SELECT id, touched_at, end_state FROM pages WHERE id IN (SELECT id FROM answered UNION SELECT id FROM failed)
     ), good AS (
       SELECT max(coalesce(max(n.touched_at), 0), coalesce((
         SELECT max(c.fetched_at) FROM near m JOIN captures c ON c.page = m.id WHERE c.kind = 'article'), 0)) AS at FROM near n
     ), bare AS (
       SELECT n.id, n.end_state, c.fetched_at AS at FROM near n JOIN captures c ON c.page = n.id
       WHERE c.kind IN ('notArticle', 'unreachable') AND c.reason IN (SELECT value FROM json_each(?2))
     ), counted AS (
       SELECT id, min(at) AS at FROM bare b WHERE at > (SELECT at FROM good) AND (end_state <> 'notArticle'
         OR NOT EXISTS (SELECT 1 FROM bare o WHERE o.id = b.id AND o.at <= (SELECT at FROM good))) GROUP BY id
     )
     SELECT (SELECT ${instantOf('max(at)')} FROM answered) AS lastAnsweredAt, count(*) AS pages, ${instantOf('min(at)')} AS since FROM counted`,
    edition,
    JSON.stringify(WITHOUT_ARTICLE),
  );
  const { lastAnsweredAt = null, pages = 0, since = null } = row ?? {};
  return { lastAnsweredAt, withoutArticle: { pages, since } };
}

function readLists(database: Database, edition: number): ListRead[] {
  return readRows<ListRead>(
    database,
    `SELECT l.url, v.kind, nullif(v.failure, '') AS failure, ${instantOf('min(v.first_at)')} AS firstAt,
       ${instantOf('max(v.last_at)')} AS lastAt
     FROM list_visits v JOIN lists l ON l.id = v.list WHERE v.edition = ? GROUP BY v.list, v.kind, v.failure`,
    edition,
  );
}

interface TagPathRow {
  readonly topic: string;
  readonly path: string;
}

function listsOnTopic(lists: readonly ListRead[], tagPaths: readonly TagPathRow[], topic: string): ListRead[] {
  const paths = new Set(tagPaths.flatMap((row) => (row.topic === topic ? [row.path] : [])));
  return lists.filter(({ kind, url }) => kind !== 'tag' || paths.has(new URL(url).pathname));
}

/** Of the edition's own pages, so that an edition whose texts are renditions of another one's is told of too. Few topics stand together in many rows. */
function readArticles(database: Database, { id, family }: EditionRow): DatedArticles[] {
  type Row = { readonly topics: string; readonly published: string; readonly newestFirstSeen: number | null };
  const rows = readRows<Row>(
    database,
    `SELECT topics, json_group_array(published) AS published, max(firstSeen) AS newestFirstSeen FROM (
       SELECT coalesce(p.published_at, a.published_at) AS published, a.first_seen_at AS firstSeen, a.topics
       FROM pages p JOIN articles a ON a.key = ?2 || '/' || p.article_id
       WHERE p.edition = ?1 ORDER BY p.day DESC LIMIT ${ARTICLES_MAX}) GROUP BY topics`,
    id,
    family,
  );
  return rows.map(({ topics, published, newestFirstSeen }) => ({
    topics: topicsIn(topics),
    published: (JSON.parse(published) as (number | null)[]).filter((at) => at !== null),
    newestFirstSeen,
  }));
}

function factsOf(
  { name }: EditionRow,
  topic: string | null,
  articles: readonly DatedArticles[],
  lists: readonly ListRead[],
  answers: Answers,
): FreshnessFacts {
  const published = articles.flatMap((article) => article.published).sort((a, b) => b - a);
  const firstSeen = articles.map(({ newestFirstSeen }) => newestFirstSeen).filter((at) => at !== null);
  return {
    edition: name,
    topic,
    newestPublishedAt: toInstantOrNull(published[0] ?? null),
    newestFirstSeenAt: toInstantOrNull(firstSeen.length === 0 ? null : Math.max(...firstSeen)),
    ...answers,
    usualGapMs: usualGapMs(published.slice(0, SAMPLE)),
    lists,
  };
}

function usualGapMs(descending: readonly number[]): number | null {
  const gaps = descending.slice(1).map((at, index) => (descending[index] ?? at) - at);
  if (gaps.length < GAPS_MIN) return null;
  gaps.sort((a, b) => a - b);
  return (gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * USUAL))] ?? 0) * 1000;
}
