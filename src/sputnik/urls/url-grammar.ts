/**
 * How the sites write URLs: which URLs are accepted, the paths of articles, the paths of tag pages. Everything here is
 * pure.
 */
import { isCalendarDate } from './calendar-days.js';

/** Longest URL that is looked at, in UTF-16 units, before and after it was normalised. */
export const URL_LENGTH_MAX = 2048;

/** Characters that a written URL may not contain: controls, backslashes, and halves of surrogate pairs. */
const FORBIDDEN_RAW =
  /[\u0000-\u001f\u007f-\u009f\\]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
/** The same once percent-encoded, and an encoded slash, which servers and file systems read differently. */
const FORBIDDEN_ENCODED = /%(?:[01][0-9A-F]|7F|2F|5C)/;
/** `//20221031/1045130805.html` in a link: a path with a slash too many, and no host. */
const PATH_OF_SLASHES = /^\/{2,}(?=(?:amp\/+)?\d{8}\/)/;
const BETWEEN_ASCII_SPACE = /[^\t\n\f\r ](?:[^]*[^\t\n\f\r ])?/;

/** `https://web.archive.org/web/20240401000000im_/https://…`, also from the root: how the Internet Archive rewrites the URLs of what it keeps. */
const ARCHIVED = /^(?:(?:https?:)?\/\/web\.archive\.org)?\/web\/\d{4,14}(?:[a-z]{2}_)?\/(?=https?:\/\/)/i;

/** @returns the URL that a copy of the Internet Archive stands for; any other as it is. */
function withoutArchive(href: string): string {
  return href.includes('/web/') ? href.replace(ARCHIVED, '') : href;
}

/**
 * Reads a URL in a page as a browser does, but refuses forms that the sites never write.
 *
 * @param href  Absolute or (with `base`) relative URL, white space around it allowed, at most 2048 units.
 * @param base  Absolute URL of the page on which it was found.
 * @returns     http(s) URL with lower-case host without trailing dot, default port, no credentials, path with
 *              normalised percent-encoding; or null for anything else: other schemes, other ports, credentials,
 *              controls, backslashes, encoded slashes, longer URLs.
 *
 * Pure and idempotent. Dot segments are resolved (WHATWG URL), so the path never leads above the root.
 */
export function readSiteUrl(href: string, base?: string): URL | null {
  if (href.length > URL_LENGTH_MAX) return null;
  const trimmed = withoutArchive(BETWEEN_ASCII_SPACE.exec(href)?.[0] ?? '').replace(PATH_OF_SLASHES, '/');
  if (trimmed === '' || FORBIDDEN_RAW.test(trimmed)) return null;
  const url = parseUrl(trimmed, base);
  if (url === null) return null;
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  if (url.username !== '' || url.password !== '') return null;
  // Each assignment makes the URL be read again.
  if (url.hostname.endsWith('.')) url.hostname = url.hostname.slice(0, -1);
  const path = normalisePath(url.pathname);
  if (path !== url.pathname) url.pathname = path;
  if (FORBIDDEN_ENCODED.test(url.pathname) || url.href.length > URL_LENGTH_MAX) return null;
  return url;
}

function parseUrl(text: string, base: string | undefined): URL | null {
  try {
    return new URL(text, base);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/**
 * One spelling of a path's percent-encoding (RFC 3986, §6.2.2): upper-case hex, unreserved characters plain,
 * a percent sign that begins no escape written `%25`, several slashes as the one that servers take them for.
 */
function normalisePath(path: string): string {
  if (!/%|\/\//.test(path)) return path;
  return path.replace(/\/{2,}/g, '/').replace(/%([0-9A-Fa-f]{2})|%/g, (escape, hex: string | undefined) => {
    if (hex === undefined) return '%25';
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : escape.toUpperCase();
  });
}

/**
 * @param href  As a page writes it, perhaps relative.
 * @param base  Absolute URL of the page.
 * @returns     Absolute http(s) URL without fragment, at most 2048 units; null where it is none (`javascript:`, `data:`).
 */
export function resolveUrl(href: string, base: string): URL | null {
  const text = withoutArchive(href.trim());
  if (text === '' || text.length > URL_LENGTH_MAX) return null;
  const url = parseUrl(text, base);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null;
  // Each assignment makes the URL be read again.
  if (url.href.includes('#')) url.hash = '';
  return url.href.length > URL_LENGTH_MAX ? null : url;
}

/** An absolute URL on a host of the web, a path from the root, or the name of a picture's file. */
const PICTURE_URL =
  /^(?:(?:https?:)?\/\/[^\s/?#][^\s/?#.]*\.[^\s/?#]{2,}(?:[/?#]\S*)?|\/[^\s/]\S*|[^\s:?#]+\.(?:jpe?g|png|webp|gif|avif|svg|bmp|heic|jfif)(?:[?#]\S*)?)$/i;

/**
 * @returns  Whether the text can be the URL of a picture. Sizes, flags and captions stand where such URLs are looked
 *           for, and each of them could be read as a relative URL.
 */
export function isPictureUrl(text: string): boolean {
  const url = text.trim();
  return url.length <= URL_LENGTH_MAX && PICTURE_URL.test(url);
}

/**
 * The grammar of article paths, of every engine from 2011 to today (site facts, §3).
 *
 *     current   /YYYYMMDD/<id>.html                     /YYYYMMDD/<slug>-<id>.html
 *     old       /<section>/YYYYMMDD<id>[-<slug>]/       2017-21
 *               /<section>/YYYYMMDD/<id>/<slug>.html    to 2016, SNG sites to 2020
 *               /<section>/YYYYMMDD/<id>.html           RIA and en.rian.ru before that
 *
 * Each may stand behind `/amp`, and may end in `-print.html`, or in a slash too many.
 */
interface ArticlePath {
  /** `YYYYMMDD`, a day that exists. */
  readonly date: string;
  /** 4 to 19 decimal digits, no leading zero. */
  readonly articleId: string;
  /** The path without `/amp` and `-print`, the slug kept as it was. */
  readonly path: string;
  readonly form: 'current' | 'old';
}

const ID = '([1-9]\\d{3,18})';
const DATE = '(\\d{8})';
const SECTION = '((?:/[A-Za-z0-9_-]+){1,3})';
const CURRENT = new RegExp(`^/${DATE}/(?:([^/]+)-)?${ID}(?:-print)?\\.html/?$`);
const OLD_JOINED = new RegExp(`^${SECTION}/${DATE}${ID}(-[^/]+)?/?$`);
const OLD_FOLDER = new RegExp(`^${SECTION}/${DATE}/${ID}/([^/]+?)(?:-print)?\\.html/?$`);
const OLD_FILE = new RegExp(`^${SECTION}/${DATE}/${ID}(?:-print)?\\.html/?$`);

/** First folders that never are a section of articles. */
const NO_SECTION = new Set('amp cms css docs export i id images img min search services'.split(' '));

/**
 * @param path  Path of a URL, percent-encoding already normalised (`normalisePath`).
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

/** The page of one tag: `/geo_Vanadzor/` today, `/tags/keyword_Iran/` on the old engine. */
export interface TagPath {
  /** Prefix of the slug: `geo`, `keyword`, `category`, `location` … */
  readonly kind: string;
  /** `<type>_<name>` as it stands in the path, case kept. */
  readonly slug: string;
  /** Absolute path with one slash at its end. */
  readonly path: string;
}

const TAG_PATH = /^(\/tags)?\/(([a-z]{2,20})_[^/]{1,300})\/?$/;

/**
 * Reads a path that is known to be a tag's, for instance because a tag link of an article leads there.
 *
 * @param path  Path of a URL, without query.
 * @returns     The tag, or null where the path is not of the form `<type>_<name>`.
 *
 * Pure. Errs towards accepting: sections such as `/agency_news/` have the same form.
 */
export function parseTagPath(path: string): TagPath | null {
  const match = TAG_PATH.exec(path);
  if (match === null) return null;
  const [, folder = '', slug = '', kind = ''] = match;
  return { kind, slug, path: `${folder}/${slug}/` };
}
