import { escapeMarkup as escaped } from './safe-markup.js';
import type { Tally } from './tally-articles.js';

const ROW_HEIGHT = 20;
const NAME_WIDTH = 220;
const BAR_WIDTH = 520;
const WIDTH = NAME_WIDTH + BAR_WIDTH + 80;
const ROWS_MAX = 1_000;
const NAME_CHARACTERS_MAX = 30;

/** @returns a bar for each row as a whole SVG file; rows beyond a thousand are left out. Pure; holds no script and loads nothing. */
export function drawTally({ rows, by, articles }: Tally): string {
  const shown = rows.slice(0, ROWS_MAX);
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
