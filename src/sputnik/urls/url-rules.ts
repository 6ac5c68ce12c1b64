import type { Edition } from '../../domain/edition.js';
import { UsageError } from '../../domain/errors.js';
import { splitKey, type ArticleKey, type ArticleUrl, type PageId } from '../../domain/page.js';
import { parseArticlePath, parseTagPath, readSiteUrl, type TagPath, URL_LENGTH_MAX } from './url-grammar.js';

/** Knows every host of every edition, past and present, and reduces any article's URL to one identity. */
export interface UrlRules {
  readonly editions: readonly Edition[];
  /**
   * Reduces an article's URL to the one spelling that is stored and compared.
   *
   * @param href  As found: absolute, or relative to `base`; at most 2048 UTF-16 units.
   * @param base  Real URL of the page it stood on.
   * @returns     The URL, or null where it is no article of a known edition.
   *
   * `url` is https without query, fragment, `/amp` and `-print`, slug kept; it stands on the edition's own host,
   * save that a URL of an old form on an earlier host keeps that host (the page was read there).
   * Pure and idempotent: parsing `url` gives the same URL. Errs towards keeping URLs apart.
   * Source: site facts, §3; contract, §5.
   */
  parse(href: string, base?: string): ArticleUrl | null;
  /**
   * The edition that the host serves today or served earlier (`www.`, `m.` and the like before it allowed), or null.
   */
  editionOfHost(host: string): Edition | null;
  /** The edition with this id, or null. */
  editionById(id: string): Edition | null;
}

/**
 * @param editions  Every edition that is configured, enabled or not: links to a disabled one are still recognised.
 * @throws {UsageError} `config.invalid` where two editions claim one host.
 */
export function createUrlRules(editions: readonly Edition[]): UrlRules {
  const byHost = indexHosts(editions);
  const byId = new Map(editions.map((edition) => [edition.id, edition]));
  const editionOfHost = (host: string): Edition | null => byHost.get(plainHost(host)) ?? null;

  function parse(href: string, base?: string): ArticleUrl | null {
    const url = readSiteUrl(href, base);
    if (url === null) return null;
    const edition = url.port === '' ? editionOfHost(url.hostname) : null;
    return articleUrlAt(url, edition ?? editionReplayedAt(url, base));
  }

  /** A mirror (`fetchFrom`) may write its own origin into its links; the page's own edition tells whose it is. */
  function editionReplayedAt(url: URL, base: string | undefined): Edition | null {
    if (base === undefined || !URL.canParse(base)) return null;
    const edition = editionOfHost(new URL(base).hostname);
    const fetchFrom = edition?.fetchFrom ?? null;
    return fetchFrom !== null && new URL(fetchFrom).origin === url.origin ? edition : null;
  }

  return { editions, parse, editionOfHost, editionById: (id) => byId.get(id) ?? null };
}

/**
 * Reads the link of a tag on an article page.
 *
 * @param href  As found; relative to `base`.
 * @param base  Real URL of the article.
 * @returns     The tag, its real https URL on the edition's own host, and the edition's id; null where the
 *              link is no tag's or leads to a host that is none of ours.
 *
 * Pure.
 */
export function parseTagLink(
  rules: UrlRules,
  href: string,
  base: string,
): (TagPath & { readonly edition: string; readonly url: string }) | null {
  const url = readSiteUrl(href, base);
  const edition = url?.port === '' ? rules.editionOfHost(url.hostname) : null;
  const tag = url === null ? null : parseTagPath(url.pathname);
  return edition === null || tag === null
    ? null
    : { ...tag, edition: edition.id, url: `https://${edition.id}${tag.path}` };
}

function articleUrlAt(url: URL, edition: Edition | null): ArticleUrl | null {
  const article = edition === null ? null : parseArticlePath(url.pathname);
  if (edition === null || article === null) return null;
  const host = plainHost(url.hostname);
  const keepsHost = article.form === 'old' && edition.formerHosts.includes(host);
  const canonical = `https://${keepsHost ? host : edition.id}${article.path}`;
  if (canonical.length > URL_LENGTH_MAX) return null;
  return {
    edition: edition.id,
    family: edition.family,
    articleId: article.articleId,
    pageId: `${edition.id}/${article.articleId}`,
    articleKey: `${edition.family}/${article.articleId}`,
    url: canonical,
    date: article.date,
  };
}

/**
 * @returns the key of the article that a page shows; of an edition that is not configured it is its own family. Pure.
 */
export function articleKeyOf(pageId: PageId, rules: UrlRules): ArticleKey {
  const [edition, articleId] = splitKey(pageId);
  return `${rules.editionById(edition)?.family ?? edition}/${articleId}`;
}

/** Serve what the host behind them serves. */
const MIRROR_PREFIX = /^(?:(?:www|m|mobile|amp)\.)+/;

function plainHost(host: string): string {
  return host.toLowerCase().replace(/\.$/, '').replace(MIRROR_PREFIX, '');
}

function indexHosts(editions: readonly Edition[]): Map<string, Edition> {
  const byHost = new Map<string, Edition>();
  for (const edition of editions) {
    for (const host of new Set([edition.id, ...edition.hosts, ...edition.formerHosts].map(plainHost))) {
      const other = byHost.get(host);
      if (other !== undefined) {
        throw new UsageError(`host ${host} belongs to two editions, ${other.id} and ${edition.id}`, {
          code: 'config.invalid',
          hint: 'list it in only one of them',
        });
      }
      byHost.set(host, edition);
    }
  }
  return byHost;
}
