import { DAY_SECONDS } from '../../domain/units.js';
import { PROMPT_SECONDS } from './kept-counts.js';

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

const COUNTED = ['published_at', 'first_seen_at', 'edition', 'topics'];

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
  CREATE TRIGGER articles_changed_in_spans AFTER UPDATE OF ${COUNTED.join(', ')} ON articles
    WHEN ${COUNTED.map((name) => `old.${name} IS NOT new.${name}`).join(' OR ')}
    BEGIN ${countSpans('old', '-1')} ${countSpans('new', '1')} END;
`;
