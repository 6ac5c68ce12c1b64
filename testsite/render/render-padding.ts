import { seededRandom } from '../content/seeded-random.js';

const WORDS = [
  'navigation',
  'header',
  'widget',
  'share',
  'counter',
  'banner',
  'menu',
  'section',
  'theme',
  'player',
  'social',
  'search',
];

function filler(bytes: number, label: string): string {
  const random = seededRandom(label);
  const parts: string[] = [];
  let size = 0;
  while (size < bytes) {
    const id = Math.floor(random.next() * 0xffffffff).toString(16);
    const line = random.chance(0.5)
      ? `<li class="${random.pick(WORDS)}__item m-${id}"><a href="/docs/${random.pick(WORDS)}/" data-id="${id}">${random.pick(WORDS)} ${random.whole(1, 999)}</a></li>\n`
      : `<script>window.${random.pick(WORDS)}_${id}=function(a,b){return a<b?"${random.pick(WORDS)}":${random.whole(1, 99999)};};</script>\n`;
    parts.push(line);
    size += line.length;
  }
  return parts.join('');
}

/**
 * @param pageBytes  Size that a page should have, 0: no padding.
 * @returns          Navigation before the article and scripts after it, the same on every page of the site, as on the real one.
 */
export function renderPadding(pageBytes: number): { readonly before: string; readonly after: string } {
  const bytes = Math.max(0, pageBytes - 14_000);
  if (bytes === 0) return { before: '', after: '' };
  return {
    before: `<nav class="nav"><ul>${filler(bytes * 0.45, 'padding/before')}</ul></nav>`,
    after: `<footer class="footer"><ul>${filler(bytes * 0.55, 'padding/after')}</ul></footer>`,
  };
}
