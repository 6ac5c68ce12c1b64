import { escapeHtml } from '../render/escape-html.js';
import type { ModeAction, ModeContext } from './mode-table.js';

/** One made-up entry of a list, written in the list's own syntax. */
export interface ForgedEntry {
  /** As it goes into the link, escaped for the syntax but otherwise as it is. */
  readonly href: string;
  readonly title: string;
}

function itemFor(contentType: string, body: string, { href, title }: ForgedEntry): string {
  const [link, text] = [escapeHtml(href), escapeHtml(title)];
  if (body.includes('<urlset')) return `<url><loc>${link}</loc><lastmod>2026-07-29T00:00:00+00:00</lastmod></url>`;
  if (body.includes('<sitemapindex')) return `<sitemap><loc>${link}</loc></sitemap>`;
  if (contentType.includes('xml')) {
    return `<item><title>${text}</title><link>${link}</link><guid>${link}</guid><pubDate>Wed, 29 Jul 2026 08:00:00 +0800</pubDate></item>`;
  }
  return `<div class="list__item"><a href="${link}" class="list__title">${text}</a><div class="list__date" data-unixtime="1785283200"></div></div>`;
}

const LIST_STARTS = ['<urlset', '<sitemapindex', '<lastBuildDate', '<div class="list '];

/** Puts entries before the first true one of a feed, a sitemap or an HTML list. */
function withEntries({ answer }: ModeContext, entries: readonly ForgedEntry[]): string {
  const body = answer.body();
  const contentType = answer.headers['content-type'] ?? '';
  const start = LIST_STARTS.map((mark) => body.indexOf(mark)).find((found) => found >= 0) ?? -1;
  const items = entries.map((entry) => itemFor(contentType, body, entry)).join('\n');
  if (start < 0) return body + items;
  const mark = body.startsWith('<lastBuildDate', start) ? '</lastBuildDate>' : '>';
  const at = body.indexOf(mark, start) + mark.length;
  return body.slice(0, at) + items + body.slice(at);
}

/** The usual list with these entries before the true ones. */
export function forgedEntries(entries: (edition: string) => readonly ForgedEntry[]): ModeAction {
  return (context) => {
    context.response.writeHead(200, { 'content-type': context.answer.headers['content-type'] ?? 'text/html' });
    context.response.end(withEntries(context, entries(context.edition)));
  };
}

const named = (hrefs: readonly string[]): ForgedEntry[] =>
  hrefs.map((href) => ({ href, title: `Entry ${href.slice(0, 60)}` }));

/** URLs that try to leave the site or the data directory. */
export const traversalEntries: ModeAction = forgedEntries((edition) =>
  named([
    `https://${edition}/../../../../etc/passwd`,
    `https://${edition}/20260729/..%2f..%2f..%2fetc%2fpasswd-1234567890.html`,
    `https://${edition}/20260729/%00-1234567891.html`,
    `https://${edition}/20260729/a\u0000b-1234567892.html`,
    `https://${edition}/20260729/....//....//1234567893.html/../../../x`,
    `https://${edition}@127.0.0.1:1/20260729/1234567894.html`,
    `https://${edition}.attacker.example/20260729/1234567895.html`,
    `https://127.0.0.1:1/20260729/1234567896.html`,
    'https://169.254.169.254/20260729/1234567897.html',
    'file:///20260729/1234567898.html',
    'javascript:alert(1)//20260729/1234567899.html',
    `//attacker.example/20260729/1234567800.html`,
    `https://${edition}:8443/20260729/1234567801.html`,
    `https://${edition}/20260729/${'x'.repeat(5000)}-1234567802.html`,
    `https://${edition}/20260729/\u202e\u0661\u0662-1234567803.html`,
  ]),
);

/** Articles whose ids are no ids, on days that do not exist. */
export const impossibleEntries: ModeAction = forgedEntries((edition) =>
  named(
    ['NaN', 'undefined', '-1', '0', '1e21', '99999999999999999999999999', '٣٤٥٦٧', '12']
      .map((id) => `https://${edition}/20260729/${id}.html`)
      .concat([
        `https://${edition}/20269999/1234567810.html`,
        `https://${edition}/00000000/1234567811.html`,
        `https://${edition}/20260231/1234567812.html`,
      ]),
  ),
);

/** Titles with markup, formulas and control characters, on URLs that answer 404. */
export const evilTitleEntries: ModeAction = forgedEntries((edition) =>
  [
    '<script>alert(1)</script>',
    '=HYPERLINK("http://attacker.example","x")',
    '\u0007\u001b[2J bell',
    'a'.repeat(1_000_000),
  ].map((title, index) => ({ href: `https://${edition}/20260729/123456782${index}.html`, title })),
);

const DEFAULT_SECONDS = Date.UTC(2026, 6, 29) / 1_000;

/** Every fragment or list page names another, and other articles that do not exist: a list without an end. */
export const endlessList: ModeAction = ({ response, edition, target, answer }) => {
  const step = Number(/[?&]id=(\d+)/.exec(target)?.[1] ?? '1000') + 20;
  const slug = /^\/services\/([^/]+)\//.exec(target)?.[1] ?? 'endless';
  const seconds = newestSeconds(target, answer.body());
  const day = new Date(seconds * 1_000).toISOString().slice(0, 10).replaceAll('-', '');
  const more = `/services/${slug}/more.html?id=${step}&amp;date=${day}T000000`;
  const items = Array.from({ length: 20 }, (_, index) => {
    const id = 7_000_000_000 + step * 100 + index;
    return `<div class="list__item"><a href="/${day}/${id}.html" class="list__title">Entry ${id} of ${edition}</a><div class="list__date" data-unixtime="${seconds}"></div></div>`;
  });
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  response.end(`<div class="list__items-loaded" data-next-url="${more}" data-url="${more}">${items.join('')}</div>`);
};

/** The endless list stays at the day of the newest entry, so that no window of time ends it. */
function newestSeconds(target: string, list: string): number {
  const [, year, month, day] = /[?&]date=(\d{4})(\d\d)(\d\d)/.exec(target) ?? [];
  if (year !== undefined) return Date.UTC(Number(year), Number(month) - 1, Number(day)) / 1_000;
  return Number(/data-unixtime="(\d+)"/.exec(list)?.[1] ?? DEFAULT_SECONDS);
}

/** A sitemap index that names 30,000 children, a hundred times as many as there are months. */
export const endlessSitemapIndex: ModeAction = ({ response, edition }) => {
  const children = Array.from(
    { length: 30_000 },
    (_, index) =>
      `<sitemap><loc>https://${edition}/sitemap_article.xml?date_start=19000101&amp;date_end=2${String(index).padStart(7, '0')}</loc></sitemap>`,
  );
  response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' });
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${children.join('')}</sitemapindex>`,
  );
};

/** A list with nothing in it where there should be something: the zero that must not pass for silence. */
export const emptiedList: ModeAction = ({ response, answer }) => {
  const body = answer
    .body()
    .replace(/<item>[\s\S]*?<\/item>/g, '')
    .replace(/<url>[\s\S]*?<\/url>/g, '')
    .replace(/<div class="list__item"[\s\S]*$/, '</div></body></html>');
  response.writeHead(200, { 'content-type': answer.headers['content-type'] ?? 'text/html' });
  response.end(body);
};

/** As much as a list may have, of what takes longest to read: links that are never closed, or entries without number. */
const LONG_LIST_BYTES = 4_900_000;

function repeated(start: string, piece: string): ModeAction {
  return ({ response, answer }) => {
    response.writeHead(200, { 'content-type': answer.headers['content-type'] ?? 'text/html; charset=utf-8' });
    response.end(start + piece.repeat(Math.floor((LONG_LIST_BYTES - start.length) / piece.length)));
  };
}

/** A page of links within links. */
export const unclosedLinks: ModeAction = repeated('<html><body>', '<a href="/20260729/1234567890.html">');

/** Five megabytes of entries, all of articles that another edition's lists would announce. */
export const crowdedList: ModeAction = (context) => {
  const other = context.edition === 'sputniknews.cn' ? 'sputnikglobe.com' : 'sputniknews.cn';
  const entries = Array.from({ length: 40_000 }, (_, index) => ({
    href: `https://${other}/20260729/${8_000_000_000 + index}.html`,
    title: 'Entry',
  }));
  context.response.writeHead(200, { 'content-type': context.answer.headers['content-type'] ?? 'text/html' });
  context.response.end(withEntries(context, entries).slice(0, LONG_LIST_BYTES));
};
