/**
 * The grammar of article paths, of every engine from 2011 to today (site facts, §3).
 *
 *     current   /YYYYMMDD/<id>.html                     /YYYYMMDD/<slug>-<id>.html
 *     old       /<section>/YYYYMMDD<id>[-<slug>]/       2017-21
 *               /<section>/YYYYMMDD/<id>/<slug>.html    to 2016, SNG sites to 2020
 *               /<section>/YYYYMMDD/<id>.html           RIA and en.rian.ru before that
 *
 * Each may stand behind `/amp`, and may end in `-print.html`.
 */
export interface ArticlePath {
  /** `YYYYMMDD`, a day that exists. */
  readonly date: string;
  /** 4 to 19 decimal digits, no leading zero. */
  readonly articleId: string;
  /** The path without `/amp` and `-print`, the slug kept as it was. */
  readonly path: string;
  readonly form: 'current' | 'old';
}

const YEAR_MIN = 1990;
const YEAR_MAX = 2099;

const ID = '([1-9]\\d{3,18})';
const DATE = '(\\d{8})';
const SECTION = '((?:/[A-Za-z0-9_-]+){1,3})';
const CURRENT = new RegExp(`^/${DATE}/(?:([^/]+)-)?${ID}(?:-print)?\\.html$`);
const OLD_JOINED = new RegExp(`^${SECTION}/${DATE}${ID}(-[^/]+)?/?$`);
const OLD_FOLDER = new RegExp(`^${SECTION}/${DATE}/${ID}/([^/]+?)(?:-print)?\\.html$`);
const OLD_FILE = new RegExp(`^${SECTION}/${DATE}/${ID}(?:-print)?\\.html$`);

/** First folders that never are a section of articles. */
const NO_SECTION = new Set([
  'amp',
  'cms',
  'css',
  'docs',
  'export',
  'i',
  'id',
  'images',
  'img',
  'min',
  'search',
  'services',
]);

/**
 * @param path  Path of an address, percent-encoding already normalised (`normalisePath`).
 * @returns     What the path says, or null where it is of no known form, its date does not exist or lies
 *              outside 1990-2099, or its id is no number of 4 to 19 digits.
 *
 * Pure; `parseArticlePath(p).path` parses to itself. Errs towards refusing.
 */
export function parseArticlePath(path: string): ArticlePath | null {
  const plain = path.startsWith('/amp/') ? path.slice('/amp'.length) : path;
  const found = parseCurrent(plain) ?? parseOld(plain);
  return found !== null && isCalendarDate(found.date) ? found : null;
}

/**
 * @param date  Any text.
 * @returns     Whether it is `YYYYMMDD` and names a day that exists, 1990 to 2099.
 */
export function isCalendarDate(date: string): boolean {
  const match = /^(\d{4})(\d{2})(\d{2})$/.exec(date);
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || day < 1) return false;
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function parseCurrent(path: string): ArticlePath | null {
  const match = CURRENT.exec(path);
  if (match === null) return null;
  const [, date = '', slug, articleId = ''] = match;
  const name = slug === undefined ? articleId : `${slug}-${articleId}`;
  return { date, articleId, path: `/${date}/${name}.html`, form: 'current' };
}

function parseOld(path: string): ArticlePath | null {
  return parseOldJoined(path) ?? parseOldFile(path);
}

function parseOldJoined(path: string): ArticlePath | null {
  const match = OLD_JOINED.exec(path);
  if (match === null || !isSection(match[1])) return null;
  const [, section = '', date = '', articleId = '', slug = ''] = match;
  return { date, articleId, path: `${section}/${date}${articleId}${slug}/`, form: 'old' };
}

function parseOldFile(path: string): ArticlePath | null {
  const match = OLD_FOLDER.exec(path) ?? OLD_FILE.exec(path);
  if (match === null || !isSection(match[1])) return null;
  const [, section = '', date = '', articleId = '', slug] = match;
  const file = slug === undefined ? articleId : `${articleId}/${slug}`;
  return { date, articleId, path: `${section}/${date}/${file}.html`, form: 'old' };
}

function isSection(section = ''): boolean {
  const folders = section.slice(1).split('/');
  return !NO_SECTION.has(folders[0] ?? '') && folders.every((folder) => /[A-Za-z]/.test(folder));
}
