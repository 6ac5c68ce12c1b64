import type { Article } from '../domain/article.js';
import { DAY_MS } from '../domain/units.js';
import { escapeMarkup as escaped } from './safe-markup.js';

/** By what articles are counted. */
export const DIMENSIONS = ['day', 'week', 'month', 'edition', 'topic', 'tag', 'language', 'hour', 'format'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

interface TallyRow {
  readonly value: string;
  readonly articles: number;
}

export interface Tally {
  readonly articles: number;
  /** On more than one topic. */
  readonly onSeveralTopics: number;
  readonly edited: number;
  readonly withdrawn: number;
  readonly repeating: number;
  /** Seconds from publication to the first sight, the middle one of those that have both; null: none has. */
  readonly medianDelayS: number | null;
  readonly by: Dimension;
  /** Spans of time in their order, others by number, the largest first. */
  readonly rows: readonly TallyRow[];
}

/** Rows beyond are counted together. */
const ROWS_MAX = 100_000;
const REST = '…';

/**
 * Counts articles in one walk. Times are UTC; a week is named by its Monday. Articles without a date are counted in no
 * period. Memory grows with the rows, plus one number per article.
 */
export function tallyArticles(articles: Iterable<Article>, by: Dimension): Tally {
  const rows = new Map<string, number>();
  const delays: number[] = [];
  const sums = { articles: 0, onSeveralTopics: 0, edited: 0, withdrawn: 0, repeating: 0 };
  for (const article of articles) {
    const { topics, revisions, goneAt, duplicateOf, publishedAt, firstSeenAt } = article;
    sums.articles += 1;
    sums.onSeveralTopics += Number(topics.length > 1);
    sums.edited += Number(revisions.length > 0);
    sums.withdrawn += Number(goneAt !== null);
    sums.repeating += Number(duplicateOf !== null);
    if (publishedAt !== null && firstSeenAt !== null) {
      delays.push(Math.max(0, (Date.parse(firstSeenAt) - Date.parse(publishedAt)) / 1_000));
    }
    for (const value of new Set(valuesOf(article, by))) {
      const name = rows.has(value) || rows.size < ROWS_MAX ? value : REST;
      rows.set(name, (rows.get(name) ?? 0) + 1);
    }
  }
  return { ...sums, medianDelayS: median(delays), by, rows: sorted(rows, by) };
}

function valuesOf(article: Article, by: Dimension): readonly string[] {
  const { publishedAt } = article;
  switch (by) {
    case 'edition':
      return [article.edition];
    case 'topic':
      return article.topics;
    case 'tag':
      return article.tags.map(({ name }) => name);
    case 'language':
      return [article.language];
    case 'format':
      return [article.format];
    default:
      return publishedAt === null ? [] : [spanOf(publishedAt, by)];
  }
}

function spanOf(instant: string, by: 'day' | 'week' | 'month' | 'hour'): string {
  if (by === 'hour') return instant.slice(11, 13);
  if (by === 'month') return instant.slice(0, 7);
  const day = instant.slice(0, 10);
  if (by === 'day') return day;
  const time = Date.parse(day);
  return new Date(time - ((new Date(time).getUTCDay() + 6) % 7) * DAY_MS).toISOString().slice(0, 10);
}

function sorted(rows: ReadonlyMap<string, number>, by: Dimension): TallyRow[] {
  const list = [...rows].map(([value, articles]) => ({ value, articles }));
  const isTime = by === 'day' || by === 'week' || by === 'month' || by === 'hour';
  const byValue = (a: TallyRow, b: TallyRow): number => (a.value < b.value ? -1 : Number(a.value > b.value));
  return list.sort((a, b) => (isTime ? byValue(a, b) : b.articles - a.articles || byValue(a, b)));
}

function median(numbers: readonly number[]): number | null {
  const ordered = [...numbers].sort((a, b) => a - b);
  return ordered[Math.floor((ordered.length - 1) / 2)] ?? null;
}

const ROW_HEIGHT = 20;
const NAME_WIDTH = 220;
const BAR_WIDTH = 520;
const WIDTH = NAME_WIDTH + BAR_WIDTH + 80;
const ROWS_DRAWN_MAX = 1_000;
const NAME_CHARACTERS_MAX = 30;

/** @returns a bar for each row as a whole SVG file; rows beyond a thousand are left out. Pure; holds no script and loads nothing. */
export function drawTally({ rows, by, articles }: Tally): string {
  const shown = rows.slice(0, ROWS_DRAWN_MAX);
  const most = Math.max(1, ...shown.map((row) => row.articles));
  const bars = shown.map(({ value, articles: count }, at) => {
    const y = (at + 2) * ROW_HEIGHT;
    const name = Array.from(value).slice(0, NAME_CHARACTERS_MAX).join('');
    const width = Math.round((count / most) * BAR_WIDTH);
    return (
      `<text x="${NAME_WIDTH - 8}" y="${y}" text-anchor="end">${escaped(name)}</text>` +
      `<rect x="${NAME_WIDTH}" y="${y - 12}" width="${width}" height="14" fill="#2b6cb0"/>` +
      `<text x="${NAME_WIDTH + width + 6}" y="${y}">${count}</text>`
    );
  });
  const height = (shown.length + 3) * ROW_HEIGHT;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${articles} articles by ${by}</title>`,
    `<text x="8" y="${ROW_HEIGHT}" font-weight="bold">${articles} articles by ${by}</text>`,
    ...bars,
    '</svg>\n',
  ].join('\n');
}
