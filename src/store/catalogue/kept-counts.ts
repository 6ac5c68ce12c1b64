import { DAY_SECONDS } from '../../domain/units.js';
/**
 * The migration that gives the catalogue stored counts, so that no page has to walk the corpus to count it.
 *
 * - `article_counts` sums records by day of publication (days since 1970; -1: undated and, for all days together,
 *   {@link ALL_DAYS}), edition and topics. `page_counts` sums known pages by edition, day of the URL ({@link ALL_DAYS}
 *   too) and end state.
 * - Triggers keep both in the transaction that changes a row, whoever changes it: they cannot differ from what they
 *   count. A row that nothing is left of stays at zero.
 * - The indexes find what was read promptly, what is gone, the articles of an edition by time, and when an edition
 *   answered last.
 */
const UNDATED = -1;
export const ALL_DAYS = -2;
/** Seconds within which an article counts as read promptly: later ones come from back-fills. */
export const PROMPT_SECONDS = 604_800;

const SUMS = ['articles', 'exact', 'near', 'gone', 'edited', 'revisions', 'renditions'];

/** Adds what one record amounts to, or takes it off again. */
function countArticle(row: 'old' | 'new', sign: '+' | '-'): string {
  return `
    INSERT INTO article_counts (day, edition, topics, ${SUMS.join(', ')})
    SELECT spans.day, ${row}.edition, ${row}.topics, ${sign}1, ${sign}(${row}.folder = 'duplicates'),
      ${sign}coalesce(${row}.duplicate_kind = 'near', 0), ${sign}(${row}.gone_at IS NOT NULL),
      ${sign}(${row}.edited_at IS NOT NULL), ${sign}${row}.revisions, ${sign}${row}.renditions
    FROM (SELECT coalesce(${row}.published_at / ${DAY_SECONDS}, ${UNDATED}) AS day UNION ALL SELECT ${ALL_DAYS}) spans WHERE true
    ON CONFLICT DO UPDATE SET ${SUMS.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')};`;
}

function countPage(row: 'old' | 'new', pages: '1' | '-1'): string {
  return `
    INSERT INTO page_counts (edition, day, state, pages)
    SELECT ${row}.edition, spans.day, ${row}.end_state, ${pages}
    FROM (SELECT ${row}.day AS day UNION ALL SELECT ${ALL_DAYS}) spans WHERE true
    ON CONFLICT DO UPDATE SET pages = pages + excluded.pages;`;
}

/** What of a record is counted. */
const COUNTED = ['published_at', 'edition', 'topics', 'folder', 'duplicate_kind', 'revisions', 'renditions'];
const IS_COUNTED_OTHERWISE = [
  ...COUNTED.map((name) => `old.${name} IS NOT new.${name}`),
  ...['gone_at', 'edited_at'].map((name) => `(old.${name} IS NULL) <> (new.${name} IS NULL)`),
].join(' OR ');

export const KEEP_COUNTS = `
  CREATE TABLE article_counts (
    day INTEGER NOT NULL, edition INTEGER NOT NULL, topics TEXT NOT NULL, ${SUMS.map((name) => `${name} INTEGER NOT NULL`).join(', ')},
    PRIMARY KEY (day, edition, topics)
  ) WITHOUT ROWID;
  INSERT INTO article_counts
    SELECT coalesce(published_at / ${DAY_SECONDS}, ${UNDATED}), edition, topics, count(*), count(*) FILTER (WHERE folder = 'duplicates'),
      count(*) FILTER (WHERE duplicate_kind = 'near'), count(gone_at), count(edited_at), sum(revisions), sum(renditions)
    FROM articles GROUP BY 1, 2, 3;
  INSERT INTO article_counts
    SELECT ${ALL_DAYS}, edition, topics, ${SUMS.map((name) => `sum(${name})`).join(', ')} FROM article_counts GROUP BY 2, 3;
  CREATE TRIGGER articles_added AFTER INSERT ON articles BEGIN ${countArticle('new', '+')} END;
  CREATE TRIGGER articles_changed AFTER UPDATE OF ${COUNTED.join(', ')}, gone_at, edited_at ON articles
    WHEN ${IS_COUNTED_OTHERWISE} BEGIN ${countArticle('old', '-')} ${countArticle('new', '+')} END;

  CREATE TABLE page_counts (
    edition INTEGER NOT NULL, day INTEGER NOT NULL, state TEXT NOT NULL, pages INTEGER NOT NULL,
    PRIMARY KEY (edition, day, state)
  ) WITHOUT ROWID;
  INSERT INTO page_counts SELECT edition, day, end_state, count(*) FROM pages GROUP BY 1, 2, 3;
  INSERT INTO page_counts SELECT edition, ${ALL_DAYS}, state, sum(pages) FROM page_counts GROUP BY 1, 3;
  CREATE TRIGGER pages_added AFTER INSERT ON pages BEGIN ${countPage('new', '1')} END;
  CREATE TRIGGER pages_changed AFTER UPDATE OF end_state, day ON pages
    WHEN old.end_state IS NOT new.end_state OR old.day IS NOT new.day BEGIN ${countPage('old', '-1')} ${countPage('new', '1')} END;

  CREATE INDEX articles_read_promptly ON articles (first_seen_at, published_at)
    WHERE first_seen_at - published_at BETWEEN 0 AND ${PROMPT_SECONDS};
  CREATE INDEX articles_by_edition ON articles (edition, published_at, key);
  CREATE INDEX articles_by_loss ON articles (gone_at) WHERE gone_at IS NOT NULL;
  CREATE INDEX pages_by_answer ON pages (edition, last_fetched_at);
`;

/**
 * The step that gives the catalogue its counts of long times, so that a drawing of all years costs what one of a month does.
 *
 * - `article_spans` sums dated records by the {@link SPAN_DAYS} days of their publication (counted from 1970), edition and topics.
 * - `delay_spans` sums those that were read promptly by the days on which they were first seen and by the seconds from publication to that,
 *   rounded to what people tell apart: to the minute from 90 s on, to a quarter of an hour from 90 minutes on, to two hours from 36 hours on.
 *   A greater delay is never rounded to a lesser one than a smaller delay is, so of sorted delays any stays in its place.
 * - Triggers keep both, as they keep `article_counts`.
 */
export const SPAN_DAYS = 28;
const SPAN_SECONDS = SPAN_DAYS * DAY_SECONDS;

/** Whether spans tell of a row of such steps. */
export function isOfSpans(firstDay: number, stepDays: number): boolean {
  return stepDays % SPAN_DAYS === 0 && firstDay % SPAN_DAYS === 0;
}

/** The delay of a row, rounded. */
function roundedDelay(delay: string): string {
  const step = `CASE WHEN ${delay} < 90 THEN 1 WHEN ${delay} < 5400 THEN 60 WHEN ${delay} < 129600 THEN 900 ELSE 7200 END`;
  return `(${delay} + ${step} / 2) / ${step} * ${step}`;
}

const isPrompt = (row: string): string => `${row}first_seen_at - ${row}published_at BETWEEN 0 AND ${PROMPT_SECONDS}`;

function countSpans(row: 'old' | 'new', articles: '1' | '-1'): string {
  return `
    INSERT INTO article_spans (span, edition, topics, articles)
    SELECT ${row}.published_at / ${SPAN_SECONDS}, ${row}.edition, ${row}.topics, ${articles} WHERE ${row}.published_at IS NOT NULL
    ON CONFLICT DO UPDATE SET articles = articles + excluded.articles;
    INSERT INTO delay_spans (span, delay, articles)
    SELECT ${row}.first_seen_at / ${SPAN_SECONDS}, ${roundedDelay(`(${row}.first_seen_at - ${row}.published_at)`)}, ${articles}
    WHERE ${isPrompt(`${row}.`)}
    ON CONFLICT DO UPDATE SET articles = articles + excluded.articles;`;
}

const SPANNED = ['published_at', 'first_seen_at', 'edition', 'topics'];

export const KEEP_SPANS = `
  CREATE TABLE article_spans (
    span INTEGER NOT NULL, edition INTEGER NOT NULL, topics TEXT NOT NULL, articles INTEGER NOT NULL, PRIMARY KEY (span, edition, topics)
  ) WITHOUT ROWID;
  CREATE TABLE delay_spans (
    span INTEGER NOT NULL, delay INTEGER NOT NULL, articles INTEGER NOT NULL, PRIMARY KEY (span, delay)
  ) WITHOUT ROWID;
  INSERT INTO article_spans
    SELECT published_at / ${SPAN_SECONDS}, edition, topics, count(*) FROM articles WHERE published_at IS NOT NULL GROUP BY 1, 2, 3;
  INSERT INTO delay_spans
    SELECT first_seen_at / ${SPAN_SECONDS}, ${roundedDelay('(first_seen_at - published_at)')}, count(*)
    FROM articles WHERE ${isPrompt('')} GROUP BY 1, 2;
  CREATE TRIGGER articles_added_to_spans AFTER INSERT ON articles BEGIN ${countSpans('new', '1')} END;
  CREATE TRIGGER articles_changed_in_spans AFTER UPDATE OF ${SPANNED.join(', ')} ON articles
    WHEN ${SPANNED.map((name) => `old.${name} IS NOT new.${name}`).join(' OR ')}
    BEGIN ${countSpans('old', '-1')} ${countSpans('new', '1')} END;
`;
