import { parsePage, type PageTree } from '../html/page-tree.js';
import type { ParsedPage } from './page-view.js';

const START_TAG_LENGTH_MAX = 2_000;
const CANDIDATES_MAX = 16;
/** Cutting looks back from each candidate; a page this big gains nothing by it. */
const HTML_LENGTH_MAX = 2_000_000;

/**
 * Parses only what an article of the current engine needs: the head, and the `.article` whose id the address names.
 * That is a quarter of a page, and the limit of the whole program is parsing.
 *
 * @returns  Head and article, or null where the cut is not plainly safe: the caller then parses the whole page.
 *
 * Pure. Errs towards null: a comment or script around the place, several articles that do not tell their ids.
 */
export function parseArticlePart(html: string, url: string, articleId: string | null): ParsedPage | null {
  if (html.length > HTML_LENGTH_MAX) return null;
  const headEnd = html.indexOf('</head>');
  if (headEnd < 0) return null;
  const start = findArticle(html, headEnd, articleId);
  if (start === null) return null;
  const head = parsePage(html.slice(0, headEnd));
  const tree = parsePage(html.slice(start), { firstElementOnly: true });
  return { head, tree, isWhole: false, url, articleId };
}

/** Parses the whole page. Pure. */
export function parseWholePage(html: string, url: string, articleId: string | null): ParsedPage {
  const tree: PageTree = parsePage(html);
  return { head: tree, tree, isWhole: true, url, articleId };
}

function findArticle(html: string, from: number, articleId: string | null): number | null {
  const starts: number[] = [];
  const pattern = /class=["']article(?=[\s"'])/g;
  pattern.lastIndex = from;
  for (let match = pattern.exec(html); match !== null; match = pattern.exec(html)) {
    const start = html.lastIndexOf('<', match.index);
    const tag = html.slice(start, match.index);
    if (match.index - start > START_TAG_LENGTH_MAX || tag.includes('>') || !/^<[a-z]/i.test(tag)) return null;
    if (isInside(html, start, '<!--', '-->') || isInside(html, start, '<script', '</script')) return null;
    starts.push(start);
    if (starts.length > CANDIDATES_MAX) return null;
  }
  const [only] = starts;
  if (only === undefined || starts.length === 1) return only ?? null;
  return starts.find((start) => articleId !== null && tagAt(html, start).includes(`"${articleId}"`)) ?? null;
}

function tagAt(html: string, start: number): string {
  const end = html.indexOf('>', start);
  return html.slice(start, Math.min(end < 0 ? html.length : end, start + START_TAG_LENGTH_MAX));
}

function isInside(html: string, at: number, open: string, close: string): boolean {
  const opened = html.lastIndexOf(open, at);
  return opened >= 0 && html.lastIndexOf(close, at) < opened;
}
