import type { Edition } from '../../domain/edition.js';
import { PermanentError } from '../../domain/errors.js';
import type { UrlRules } from './url-rules.js';
import { isCalendarDate } from './calendar-days.js';
import { readSiteUrl } from './url-grammar.js';

/*
 * Where an edition keeps what (site facts, §3). All URLs are the real https ones on the edition's own host;
 * `toFetchUrl` turns them into what is asked for.
 */

export function robotsUrl(edition: Edition): string {
  return `https://${edition.id}/robots.txt`;
}

/** About 100 newest items. */
export function feedUrl(edition: Edition): string {
  return `https://${edition.id}/export/rss2/archive/index.xml`;
}

/** Names one child for each month, newest first. */
export function sitemapIndexUrl(edition: Edition): string {
  return `https://${edition.id}/sitemap_article_index.xml`;
}

/**
 * @param from  First day, `YYYYMMDD`, in the edition's time zone.
 * @param to    Last day, the same form, not before `from`; any range is answered.
 * @throws {PermanentError} `address.invalid`
 */
export function sitemapUrl(edition: Edition, from: string, to: string): string {
  if (checkedDay(to) < checkedDay(from)) throw invalid(`a range of days from ${from} to ${to}`);
  return `https://${edition.id}/sitemap_article.xml?date_start=${from}&date_end=${to}`;
}

/**
 * @param day  `YYYYMMDD` in the edition's time zone.
 * @throws {PermanentError} `address.invalid`
 */
export function dayUrl(edition: Edition, day: string): string {
  return `https://${edition.id}/${checkedDay(day)}/`;
}

/**
 * @param path  Path of a tag page, configured or learned: `/geo_Vanadzor/`.
 * @throws {PermanentError} `address.invalid` where it leads off the edition's host.
 */
export function tagUrl(edition: Edition, path: string): string {
  const url = path.startsWith('/') ? readSiteUrl(path, `https://${edition.id}/`) : null;
  if (url?.host !== edition.id) throw invalid(`path of a tag page: ${path}`);
  return `https://${edition.id}${url.pathname}`;
}

/** Whether the path is one of the load-more services, which robots.txt closes. */
export function isMorePath(path: string): boolean {
  return path.startsWith('/services/') && (path.endsWith('/more.html') || path === '/services/tagsearch/');
}

/**
 * @param url  Real URL on any host of the edition, of today or of earlier.
 * @returns    The URL that is asked for: origin of `fetchFrom` where it is set; else https on the host itself,
 *             an earlier host being replaced by today's (only hosts of today are ever contacted). Path and query
 *             stay unchanged, the fragment goes.
 * @throws {PermanentError} `address.forbidden` where the URL is not the edition's.
 */
export function toFetchUrl(edition: Edition, url: string): string {
  const real = readSiteUrl(url);
  if (real?.port !== '' || !servedBy(edition, real.hostname)) {
    throw new PermanentError(`expected a URL on a host of ${edition.id}, found ${url.slice(0, 200)}`, {
      code: 'address.forbidden',
    });
  }
  const host = edition.hosts.includes(real.hostname) ? real.hostname : edition.id;
  const origin = edition.fetchFrom === null ? `https://${host}` : new URL(edition.fetchFrom).origin;
  return `${origin}${real.pathname}${real.search}`;
}

/**
 * The reverse of `toFetchUrl`, for the URL that answered after redirects.
 *
 * @param url  URL as it was contacted or as a redirect named it.
 * @returns    The real URL: on the edition's own host where `url` stood on `fetchFrom`, else `url` itself.
 *
 * Pure. It does not judge: whether the result may be followed is for the caller to ask (`toFetchUrl`).
 */
export function toRealUrl(edition: Edition, url: string): string {
  if (edition.fetchFrom === null || !URL.canParse(url)) return url;
  const parsed = new URL(url);
  if (parsed.origin !== new URL(edition.fetchFrom).origin) return url;
  return `https://${edition.id}${parsed.pathname}${parsed.search}`;
}

/**
 * Resolves a link of a list to another list of the same edition.
 *
 * @param href  As found: absolute or relative, also on the edition's `fetchFrom`.
 * @param base  Real URL of the page it stood on.
 * @returns     The real https URL on the edition's own host, query kept; null where the link leads elsewhere.
 *
 * Pure.
 */
export function resolveOnEdition(rules: UrlRules, href: string, base: string): string | null {
  const edition = URL.canParse(base) ? rules.editionOfHost(new URL(base).hostname) : null;
  const url = readSiteUrl(href, base);
  if (edition === null || url === null) return null;
  const isOwn = url.port === '' && servedBy(edition, url.hostname);
  const real = isOwn ? `https://${edition.id}${url.pathname}${url.search}` : toRealUrl(edition, url.href);
  return isOwn || real !== url.href ? real : null;
}

function servedBy(edition: Edition, host: string): boolean {
  return edition.id === host || edition.hosts.includes(host) || edition.formerHosts.includes(host);
}

function checkedDay(day: string): string {
  if (!isCalendarDate(day)) throw invalid(`day YYYYMMDD: ${day}`);
  return day;
}

function invalid(what: string): PermanentError {
  return new PermanentError(`not a valid ${what.slice(0, 200)}`, { code: 'address.invalid' });
}
