import type { UrlRules } from './url-rules.js';
import { readSiteUrl } from './site-url.js';

/** The page of one tag: `/geo_Vanadzor/` today, `/tags/keyword_Iran/` on the old engine. */
export interface TagPath {
  /** Prefix of the slug: `geo`, `keyword`, `category`, `location` … */
  readonly kind: string;
  /** `<type>_<name>` as it stands in the path, case kept. */
  readonly slug: string;
  /** Absolute path with one slash at its end. */
  readonly path: string;
}

/** Kinds seen in addresses of tag pages (site facts, §3; raw pages of 2019 and 2026). */
const KINDS = new Set(['category', 'event', 'geo', 'keyword', 'location', 'organization', 'person', 'tag']);
const TAG_PATH = /^(\/tags)?\/(([a-z]{2,20})_[^/]{1,300})\/?$/;

/**
 * Reads a path that is known to be a tag's, for instance because a tag link of an article leads there.
 *
 * @param path  Path of an address, without query.
 * @returns     The tag, or null where the path is not of the form `<type>_<name>`.
 *
 * Pure. Errs towards accepting: sections such as `/agency_news/` have the same form; ask `isTagPath` where the
 * link itself does not say that it is a tag's.
 */
export function parseTagPath(path: string): TagPath | null {
  const match = TAG_PATH.exec(path);
  if (match === null) return null;
  const [, folder = '', slug = '', kind = ''] = match;
  return { kind, slug, path: `${folder}/${slug}/` };
}

/**
 * @returns Whether the path is certainly a tag page's: under `/tags/`, or of a known kind. Pure; errs towards false.
 */
export function isTagPath(path: string): boolean {
  const tag = parseTagPath(path);
  return tag !== null && (KINDS.has(tag.kind) || tag.path.startsWith('/tags/'));
}

/**
 * Reads the link of a tag on an article page.
 *
 * @param href  As found; relative to `base`.
 * @param base  Real address of the article.
 * @returns     The tag, its real https address on the edition's own host, and the edition's id; null where the
 *              link is no tag's or leads to a host that is none of ours.
 *
 * Pure.
 */
export function parseTagLink(
  book: UrlRules,
  href: string,
  base: string,
): (TagPath & { readonly edition: string; readonly url: string }) | null {
  const url = readSiteUrl(href, base);
  const edition = url?.port === '' ? book.editionOfHost(url.hostname) : null;
  const tag = url === null ? null : parseTagPath(url.pathname);
  return edition === null || tag === null
    ? null
    : { ...tag, edition: edition.id, url: `https://${edition.id}${tag.path}` };
}
